import { effect, useComputed } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Health } from "../parts/health.tsx";
import { channel, connection, subscribe } from "./events.ts";
import type { Page } from "./page.ts";
import { PAGES } from "./pages.ts";
import { navigate, route } from "./router.ts";
import { shortcuts, useShortcut } from "./shortcuts.ts";
import { THEMES, theme } from "./theme.ts";
import { TITLE } from "./title.ts";

const shell = channel("shell");

// A restarted runner numbers lines and traces from the start, and its console may be a newer one.
let boot: string | undefined;
effect(() => {
  if (boot !== undefined && shell.value !== undefined && shell.value.boot !== boot) {
    location.reload();
  }
  boot ??= shell.value?.boot;
});

/** Navigation, connection state, and theme around every page. */
export function ConsoleShell() {
  const page = useComputed(() => pageAt(route.value.path)).value;
  const main = useRef<HTMLElement>(null);
  const firstPage = useRef(true);
  useEffect(() => {
    document.title = `${page?.title ?? "Page not found"} · ${TITLE} console`;
    subscribe(["shell", ...(page?.channels ?? [])]);
    if (!firstPage.current) {
      main.current?.focus();
    }
    firstPage.current = false;
  }, [page]);

  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to content
      </a>
      <nav aria-label="Console">
        <p class="brand">
          <img src="/favicon.svg" alt="" />
          <span>{TITLE}</span>
        </p>
        <ul class="pages">
          {PAGES.map((each) => (
            <PageLink key={each.path} page={each} current={each === page} />
          ))}
        </ul>
        <Footer />
      </nav>
      <main id="main" tabIndex={-1} ref={main}>
        {connection.value === "lost" && (
          <p class="problem">The runner does not respond, so this page is out of date. It reconnects on its own.</p>
        )}
        {page ? <page.Content key={page.path} /> : <NotFound />}
      </main>
    </div>
  );
}

function pageAt(path: string): Page | undefined {
  return path === "/" ? PAGES[0] : PAGES.find((page) => page.path === path);
}

function PageLink({ page, current }: { readonly page: Page; readonly current: boolean }) {
  const firing = page === PAGES[0] ? (shell.value?.firing ?? 0) : 0;
  const link = useRef<HTMLAnchorElement>(null);
  useShortcut(`g ${page.key}`, page.title, () => navigate(page.path));
  // In a narrow window the links are a strip that scrolls sideways.
  useEffect(() => {
    if (current) {
      link.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }, [current]);
  return (
    <li>
      <a href={page.path} ref={link} aria-current={current ? "page" : undefined}>
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
          {page.icon}
        </svg>
        {page.title}
        {firing > 0 && (
          <span class="count">
            {firing}
            <span class="visually-hidden"> {firing === 1 ? "alarm is firing" : "alarms are firing"}</span>
          </span>
        )}
      </a>
    </li>
  );
}

function Footer() {
  const site = shell.value?.site;
  return (
    <div class="around">
      {site && (
        <a class="site" href={site} target="_blank" rel="noreferrer">
          Open the site
        </a>
      )}
      <Connection />
      <div class="themes" role="group" aria-label="Theme">
        {THEMES.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={theme.value === name}
            onClick={() => {
              theme.value = name;
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <Shortcuts />
    </div>
  );
}

const CONNECTIONS = {
  connecting: { health: "idle", words: "Connecting…" },
  live: { health: "healthy", words: "Live" },
  lost: { health: "failing", words: "Disconnected" },
} as const;

function Connection() {
  const { health, words } = CONNECTIONS[connection.value];
  return (
    <p class="connection" role="status">
      <Health state={health} /> {words}
    </p>
  );
}

function Shortcuts() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [listed, setListed] = useState(shortcuts);
  const open = () => {
    setListed(shortcuts());
    dialog.current?.showModal();
  };
  useShortcut("?", "List the keyboard shortcuts", open);
  return (
    <>
      <button type="button" class="keys" onClick={open}>
        <span>Shortcuts</span> <kbd>?</kbd>
      </button>
      <dialog class="help" ref={dialog} aria-labelledby="keys-title">
        <h2 id="keys-title">Keyboard shortcuts</h2>
        <dl>
          {listed.map(({ keys, action }) => (
            <Fragment key={keys}>
              <dt>
                {keys.split(" ").map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{action}</dd>
            </Fragment>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  );
}

function NotFound() {
  return (
    <>
      <header class="page-head">
        <h1>Page not found</h1>
      </header>
      <p>
        The console has no page at this address. <a href="/">Go to Overview</a>.
      </p>
    </>
  );
}

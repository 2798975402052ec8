import { effect, useComputed } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { connection, topic, want } from "./live.ts";
import type { Page } from "./page.ts";
import { PAGES } from "./pages.ts";
import { Health } from "./parts/health.tsx";
import { go, place } from "./route.ts";
import { shortcuts, useShortcut } from "./shortcuts.ts";
import { THEMES, theme } from "./theme.ts";

const shell = topic("shell");

// Another start of the runner counts and numbers anew, and its console may be another one.
let boot: string | undefined;
effect(() => {
  if (boot !== undefined && shell.value !== undefined && shell.value.boot !== boot) {
    location.reload();
  }
  boot ??= shell.value?.boot;
});

/** What stands around every page: the way to the others, how things are connected, and the theme. */
export function ConsoleShell() {
  const page = useComputed(() => pageAt(place.value.path)).value;
  const main = useRef<HTMLElement>(null);
  const firstPage = useRef(true);
  useEffect(() => {
    document.title = `${page?.title ?? "Nothing here"} · Mysfits console`;
    want(["shell", ...(page?.topics ?? [])]);
    if (!firstPage.current) {
      main.current?.focus();
    }
    firstPage.current = false;
  }, [page]);

  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <nav aria-label="Console">
        <p class="brand">
          <img src="/favicon.svg" alt="" />
          Mysfits console
        </p>
        <ul class="pages">
          {PAGES.map((each) => (
            <PageLink key={each.path} page={each} current={each === page} />
          ))}
        </ul>
        <Around />
      </nav>
      <main id="main" tabIndex={-1} ref={main}>
        {connection.value === "lost" && (
          <p class="problem">
            The runner is gone: what stands here is from before. When it is back, the page goes on by itself.
          </p>
        )}
        {page ? <page.Content key={page.path} /> : <Nowhere />}
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
  useShortcut(`g ${page.key}`, page.title, () => go(page.path));
  // On a narrow window the links are a strip that is wider than the window.
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
            <span class="visually-hidden"> {firing === 1 ? "alarm fires" : "alarms fire"}</span>
          </span>
        )}
      </a>
    </li>
  );
}

function Around() {
  const site = shell.value?.site;
  return (
    <div class="around">
      {site && (
        <a class="site" href={site} target="_blank" rel="noreferrer">
          Open the site
        </a>
      )}
      <Connection />
      <div class="themes" role="group" aria-label="Colours">
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
      <Keys />
    </div>
  );
}

const CONNECTIONS = {
  connecting: { health: "idle", words: "Connecting…" },
  live: { health: "well", words: "Live" },
  lost: { health: "ill", words: "Runner gone" },
} as const;

function Connection() {
  const { health, words } = CONNECTIONS[connection.value];
  return (
    <p class="connection" role="status">
      <Health state={health} /> {words}
    </p>
  );
}

function Keys() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [listed, setListed] = useState(shortcuts);
  const open = () => {
    setListed(shortcuts());
    dialog.current?.showModal();
  };
  useShortcut("?", "What the keys do", open);
  return (
    <>
      <button type="button" class="keys" onClick={open}>
        Keys <kbd>?</kbd>
      </button>
      <dialog class="help" ref={dialog} aria-labelledby="keys-title">
        <h2 id="keys-title">Keys</h2>
        <dl>
          {listed.map(({ keys, does }) => (
            <Fragment key={keys}>
              <dt>
                {keys.split(" ").map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
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

function Nowhere() {
  return (
    <>
      <header class="page-head">
        <h1>Nothing here</h1>
      </header>
      <p>
        The console has no page at this address. <a href="/">Go to the first one</a>.
      </p>
    </>
  );
}

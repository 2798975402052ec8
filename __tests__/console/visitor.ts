import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type Console, startConsole } from "../../local/console/console.ts";
import { isObserved, type ObservedSystem } from "../../local/console/page.ts";
import { type SystemOptions, startSystem } from "../../local/system.ts";
import type { Settings } from "../../settings/schema.ts";
import { LIKE_PATH } from "../../specs/services.ts";
import { launchChromium } from "../chromium.ts";
import { dataFolder, EVANGELINE, ignore } from "../local/running-system.ts";

const ARTIFACTS = join(import.meta.dirname, "../../artifacts/console");
const DOCS = join(import.meta.dirname, "../../docs/pictures");

/** Whether the pictures are taken for docs/, as `npm run pictures` does. */
export const FOR_DOCS = process.argv.includes("pictures");

/** A running system, its console, and a browser to look at it with. */
export interface Visit {
  readonly system: ObservedSystem;
  readonly webConsole: Console;
  readonly address: string;
  /** Opens a page of the console in a tab whose complaints are collected. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** What the tabs' consoles have complained of. */
  readonly complaints: readonly string[];
}

export interface VisitOptions extends Partial<Omit<SystemOptions, "settings">> {
  readonly settings: Settings;
  /** Whether tasks have the sidecar: it takes time to start, and a port that others look for. */
  readonly metadataProxy?: "on" | "off";
}

/** Starts it all; the end of the test stops it all. */
export async function visit(
  t: Pick<ExecutionContext, "teardown">,
  { settings, metadataProxy = "off", ...options }: VisitOptions,
): Promise<Visit> {
  const folder = dataFolder(t);
  const system = await startSystem({
    settings: { ...settings, labs: { ...settings.labs, metadataProxy } },
    port: 0,
    folder,
    observability: true,
    print: ignore,
    ...options,
  });
  t.teardown(system.stop);
  if (!isObserved(system)) {
    throw new Error("the system is not observed");
  }
  const webConsole = await startConsole(system, 0);
  t.teardown(() => webConsole.stop());
  const browser = await launchChromium();
  t.teardown(() => browser.close());
  const complaints: string[] = [];
  return {
    system,
    webConsole,
    address: webConsole.address,
    complaints,
    open: (path, context) => open(browser, webConsole.address + path, complaints, context),
  };
}

/** One system for all tests of a file, started with the first that asks for it. */
export function sharedVisit(settings: Settings): () => Promise<Visit> {
  const teardowns: (() => unknown)[] = [];
  let visiting: Promise<Visit> | undefined;
  test.after.always(async () => {
    for (const end of teardowns.reverse()) {
      await end();
    }
  });
  return () => (visiting ??= visit({ teardown: (end) => void teardowns.push(end) }, { settings }));
}

async function open(
  browser: Browser,
  url: string,
  complaints: string[],
  context?: BrowserContextOptions,
): Promise<Page> {
  const page = await browser.newPage({ reducedMotion: "reduce", ...context });
  page.on("console", (message) => message.type() === "error" && complaints.push(`${url}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`${url}: ${error.message}`));
  await page.goto(url);
  return page;
}

/** Likes Evangeline; resolves with the answer's status. */
export async function like({ address }: ObservedSystem): Promise<number> {
  const answer = await fetch(address + LIKE_PATH.replace("*", EVANGELINE), { method: "POST" });
  await answer.body?.cancel();
  return answer.status;
}

/**
 * Likes one after the other, until it is told to stop; resolves then with how many there were, and the
 * statuses of those that failed.
 * @param rest Milliseconds between an answer and the next like.
 */
export function likeSteadily(
  system: ObservedSystem,
  rest = 10,
): { stop(): Promise<{ sent: number; failed: number[] }> } {
  let stopped = false;
  const run = async () => {
    const failed: number[] = [];
    let sent = 0;
    while (!stopped) {
      const status = await like(system);
      sent += 1;
      if (status !== 200) {
        failed.push(status);
      }
      await pause(rest);
    }
    return { sent, failed };
  };
  const running = run();
  return {
    stop() {
      stopped = true;
      return running;
    },
  };
}

/**
 * Keeps a picture among the artefacts, with all that scrolls on the page, up to a bound; or, for docs/, of what one sees at
 * first.
 */
export async function picture(page: Page, name: string): Promise<void> {
  const { width = 1440, height = 900 } = page.viewportSize() ?? {};
  if (FOR_DOCS) {
    await pause(1_000);
    await page.screenshot({ path: join(DOCS, `console-${name}.png`) });
    return;
  }
  const whole = await page.evaluate<number>("document.querySelector('main').scrollHeight");
  await page.setViewportSize({ width, height: Math.min(Math.max(height, whole + 160), 4_000) });
  await pause(300);
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
  await page.setViewportSize({ width, height });
}

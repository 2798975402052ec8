import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type Console, startConsole } from "../../../laptop/console/server/console.ts";
import { isObserved, type ObservedSystem } from "../../../laptop/console/server/page-server.ts";
import { type SystemOptions, startSystem } from "../../../laptop/system.ts";
import { LIKE_PATH } from "../../../model/services/like.ts";
import type { Settings } from "../../../settings/schema.ts";
import { launchChromium } from "../../chromium.ts";
import { dataFolder, discardOutput, EVANGELINE } from "../running-system.ts";

const ARTIFACTS = join(import.meta.dirname, "../../../artifacts/console");
const DOCS = join(import.meta.dirname, "../../../docs/pictures");

/** True while `npm run pictures` takes the pictures in docs/. */
export const FOR_DOCS = process.argv.includes("pictures");

/** A running system, its console, and a browser. */
export interface Visit {
  readonly system: ObservedSystem;
  readonly webConsole: Console;
  readonly address: string;
  /** Opens a page of the console in a new tab. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** Errors in the developer consoles of all tabs. */
  readonly complaints: readonly string[];
}

export interface VisitOptions extends Partial<Omit<SystemOptions, "settings">> {
  readonly settings: Settings;
  /** Off by default: the sidecar takes time to start, and a fixed port. */
  readonly metadataProxy?: boolean;
}

/** Starts everything, and stops it at the end of the test. */
export async function visit(
  t: Pick<ExecutionContext, "teardown">,
  { settings, metadataProxy = false, ...options }: VisitOptions,
): Promise<Visit> {
  const folder = dataFolder(t);
  const system = await startSystem({
    settings: { ...settings, labs: { ...settings.labs, metadataProxy } },
    port: 0,
    folder,
    observability: true,
    print: discardOutput,
    ...options,
  });
  t.teardown(system.stop);
  if (!isObserved(system)) {
    throw new Error("the system is not observed");
  }
  // `scalingMinute` starts scaling, which the labs count as switched on.
  system.scaler?.stop();
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

/** One system for all tests of a file, started on first use. */
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

/** Likes Evangeline and resolves with the status of the response. */
export async function like({ address }: ObservedSystem): Promise<number> {
  const answer = await fetch(address + LIKE_PATH.replace("*", EVANGELINE), { method: "POST" });
  await answer.body?.cancel();
  return answer.status;
}

/**
 * Sends likes one after the other. `answered` counts the responses so far; `stop` resolves with the failed statuses.
 * @param rest milliseconds between a response and the next like
 */
export function likeSteadily(
  system: ObservedSystem,
  rest = 10,
): { readonly answered: number; stop(): Promise<{ failed: number[] }> } {
  let stopped = false;
  let answered = 0;
  const run = async () => {
    const failed: number[] = [];
    while (!stopped) {
      const status = await like(system);
      answered += 1;
      if (status !== 200) {
        failed.push(status);
      }
      await pause(rest);
    }
    return { failed };
  };
  const running = run();
  return {
    get answered() {
      return answered;
    },
    stop() {
      stopped = true;
      return running;
    },
  };
}

/**
 * With the variable PICTURES, saves a screenshot among the artifacts, extended to the whole page up to 4,000 px; or for docs/,
 * of the window only.
 */
export async function screenshot(page: Page, name: string): Promise<void> {
  const { width = 1440, height = 900 } = page.viewportSize() ?? {};
  if (FOR_DOCS) {
    await pause(1_000);
    await page.screenshot({ path: join(DOCS, `console-${name}.png`) });
    return;
  }
  if (!process.env.PICTURES) {
    return;
  }
  const whole = await page.evaluate<number>("document.querySelector('main').scrollHeight");
  await page.setViewportSize({ width, height: Math.min(Math.max(height, whole + 160), 4_000) });
  await pause(300);
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
  await page.setViewportSize({ width, height });
}

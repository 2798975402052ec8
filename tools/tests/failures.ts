import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The part of ava's events that is used here. The types that ava exports omit most kinds of failure. */
interface RunEvent {
  readonly type: string;
  /** A path or a `file:` URL. */
  readonly testFile?: string;
  readonly title?: string;
  readonly skip?: boolean;
  readonly todo?: boolean;
  /** In a timeout: titles of the tests that have not ended, by file. Empty for a file that ran its tests and did not exit. */
  readonly pendingTests?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Events that fail a run without a failed test, with the reason to print. */
const REASONS: Readonly<Record<string, string>> = {
  "internal-error": "internal error of ava",
  "missing-ava-import": "ava is not imported",
  "process-exit": "process.exit() was called",
  "shared-worker-error": "error in a shared worker",
  "uncaught-exception": "uncaught exception",
  "unhandled-rejection": "unhandled rejection",
  "worker-failed": "exited with an error",
};

/** Appends the failures of a run to a file, one per line, as they happen. */
export async function recordFailures(events: AsyncIterable<RunEvent>, file: string): Promise<void> {
  for await (const failure of failuresIn(events)) {
    appendFileSync(file, `${failure}\n`);
  }
}

async function* failuresIn(events: AsyncIterable<RunEvent>): AsyncGenerator<string> {
  const pending = new Set<string>();
  for await (const event of events) {
    const name = nameOf(event);
    switch (event.type) {
      case "selected-test":
        if (!event.skip && !event.todo) {
          pending.add(name);
        }
        break;
      case "test-passed":
        pending.delete(name);
        break;
      case "test-failed":
      case "hook-failed":
        pending.delete(name);
        yield name;
        break;
      case "timeout":
        yield* stuckFiles(event).map((file) => `${file}: did not exit`);
        break;
      case "end":
        yield* [...pending].map((test) => `${test}: no result`);
        break;
      default:
        if (event.type in REASONS) {
          yield `${name}: ${REASONS[event.type]}`;
        }
    }
  }
}

function nameOf({ testFile = "ava", title }: RunEvent): string {
  return title === undefined ? shorten(testFile) : `${shorten(testFile)}: ${title}`;
}

function stuckFiles({ pendingTests = new Map() }: RunEvent): readonly string[] {
  return [...pendingTests].filter(([, tests]) => tests.size === 0).map(([file]) => shorten(file));
}

/** Path relative to the project. */
function shorten(file: string): string {
  return file === "ava" ? file : relative(process.cwd(), file.startsWith("file:") ? fileURLToPath(file) : file);
}

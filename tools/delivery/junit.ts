import { type EventLog, type FinalResults, Parser } from "tap-parser";
import { stringify } from "yaml";

export interface TestRun {
  /** Standard output of the run. */
  readonly tap: string;
  /** Exit code of the run; null if a signal ended it. */
  readonly code: number | null;
}

/**
 * Converts the TAP output of a test run to JUnit XML for CodeBuild's test reports. A run that did not end properly gets a
 * failure of its own with the reason, because its tests alone could look like a success.
 */
export function toJUnit({ tap, code }: TestRun): string {
  const events = Parser.parse(tap);
  const results = events.flatMap(([event, result]) => (event === "assert" ? [result] : []));
  const cases = results.map(({ ok, id, name, skip, todo, diag }, index) => {
    const title = (name || `test ${id || index + 1}`).split(" › ");
    const test = title.pop();
    const outcome = skip || todo ? SKIPPED : ok ? "" : failure(diag ? stringify(diag) : "no details");
    return { classname: title.join("."), name: test, outcome };
  });
  const isFailing = results.some(({ ok, skip, todo }) => !ok && !skip && !todo);
  const reason =
    faultOf(events, tap) ?? (code !== 0 && !isFailing ? `the test run ended with ${ending(code)}` : undefined);
  if (reason !== undefined) {
    cases.push({ classname: "", name: "test run", outcome: failure(reason) });
  } else if (cases.length === 0) {
    cases.push({ classname: "", name: "test run", outcome: SKIPPED });
  }
  const count = (kind: string) => cases.filter(({ outcome }) => outcome.startsWith(kind)).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="npm test" tests="${cases.length}" failures="${count("<failure>")}" skipped="${count(SKIPPED)}">`,
    ...cases.map(
      ({ classname, name, outcome }) =>
        `<testcase classname="${escaped(classname)}" name="${escaped(name)}">${outcome}</testcase>`,
    ),
    "</testsuite>",
    "",
  ].join("\n");
}

const SKIPPED = "<skipped/>";

/** The plan of a run that skips all its tests. The parser makes one up for an empty stream. Source: "Plan" in TAP 14. */
const SKIPS_ALL = /^1\.\.0\s*(?:#|$)/m;

/** A result, which the parser takes for other output after a plan of no tests. */
const RESULT = /^(?:(?:not )?ok\b|Bail out!)/;

function failure(text: string): string {
  return `<failure>${escaped(text)}</failure>`;
}

/**
 * Returns the reason why a TAP stream is incomplete or contradicts itself, or undefined if it is sound. ava writes its plan last, so a run that
 * is killed or fails internally leaves none.
 */
function faultOf(events: EventLog, tap: string): string | undefined {
  const [end]: readonly FinalResults[] = events.flatMap(([event, result]) => (event === "complete" ? [result] : []));
  if (end?.bailout) {
    return `the test run bailed out: ${end.bailout === true ? "no reason given" : end.bailout}`;
  }
  if (end === undefined || (end.count === 0 && !SKIPS_ALL.test(tap))) {
    return "the test run ended before its first test";
  }
  const [ignored] = events.flatMap(([event, line]) => (event === "extra" && RESULT.test(line) ? [line.trim()] : []));
  if (end.count === 0 && ignored !== undefined) {
    return `the output of the test run is not valid TAP: "${ignored}" after a plan of no tests`;
  }
  const { count, plan } = end;
  const planned = plan.start === null || plan.end === null ? undefined : plan.end - plan.start + 1;
  if (planned === undefined || count < planned) {
    return `the test run ended early: ${count} of ${planned ?? "an unknown number of"} tests`;
  }
  // For example, a test beyond the plan, or a second one with the same number.
  const fault = end.failures.find(({ tapError }) => tapError)?.tapError ?? undefined;
  return fault && `the output of the test run is not valid TAP: ${fault}`;
}

function ending(code: number | null): string {
  return code === null ? "a signal" : `exit code ${code}`;
}

/** Escapes XML, and replaces the characters that XML 1.0 forbids even as references (section 2.2) by U+FFFD. */
function escaped(text = ""): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the forbidden ones.
      .replaceAll(/[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g, "\uFFFD")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}

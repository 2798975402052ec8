import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { RESULTS, type Result } from "../../tools/bench/benchmark.ts";

const ROOT = join(import.meta.dirname, "../..");
const results = JSON.parse(readFileSync(RESULTS, "utf8")) as Readonly<Record<string, Result>>;
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

interface Quote {
  readonly file: string;
  readonly bench: string;
  /** Text of the page, with the names of figures in braces. */
  readonly text: string;
}

/** Every figure in the docs and READMEs that comes from a benchmark. */
const QUOTES: readonly Quote[] = [
  {
    file: "docs/decisions/cdktf.md",
    bench: "bench:synth",
    text: "takes {project.seconds} s and {project.megabytes} MB; the default setup takes {ratio.seconds} times as long and {ratio.megabytes} times the memory",
  },
  { file: "docs/plan.md", bench: "bench:plan", text: "| `npm run plan` | {plan.seconds} |" },
  { file: "docs/plan.md", bench: "bench:plan", text: "| `cdktf diff`, one stack after the other | {diff.seconds} |" },
  { file: "docs/plan.md", bench: "bench:plan", text: "| ratio | {ratio} |" },
  { file: "docs/plan.md", bench: "bench:plan", text: "together used at most {plan.MiB} MiB" },
  {
    file: "docs/review.md",
    bench: "bench:review",
    text: "| 10,000 resources, 100 change | {10000 resources, 100 changing: review CPU seconds} s, {10000 resources, 100 changing: review MB} MB | {10000 resources, 100 changing: JSON.parse CPU seconds} s, {10000 resources, 100 changing: JSON.parse MB} MB |",
  },
  {
    file: "docs/review.md",
    bench: "bench:review",
    text: "| 10,000 resources, all change | {10000 resources, 10000 changing: review CPU seconds} s, {10000 resources, 10000 changing: review MB} MB | {10000 resources, 10000 changing: JSON.parse CPU seconds} s, {10000 resources, 10000 changing: JSON.parse MB} MB |",
  },
  {
    file: "docs/review.md",
    bench: "bench:review",
    text: "| 100,000 resources, all change | {100000 resources, 100000 changing: review CPU seconds} s, {100000 resources, 100000 changing: review MB} MB | {100000 resources, 100000 changing: JSON.parse CPU seconds} s, {100000 resources, 100000 changing: JSON.parse MB} MB |",
  },
  {
    file: "docs/services.md",
    bench: "bench:original",
    text: "a list takes {list.milliseconds} ms of CPU time instead of {Flask list.milliseconds} ms, and a like {like.milliseconds} ms instead of {Flask like.milliseconds} ms",
  },
  {
    file: "docs/services.md",
    bench: "bench:tracing",
    text: "{path ratio} of the likes per second on the whole path and {service ratio} at the like service alone",
  },
  {
    file: "docs/simulator.md",
    bench: "bench:scaling",
    text: "p50 is {laptop.p50 ms} / {simulator.p50 ms} ms, p99 is {laptop.p99 ms} / {simulator.p99 ms} ms",
  },
  {
    file: "lambda/log-shipper/README.md",
    bench: "bench:log-search",
    text: "wrote {shipper lines.perSecond} lines per second, {ratio} times as many as the plain requests, and used {shipper CPU seconds per 100,000 lines} s of CPU time per 100,000 lines",
  },
  {
    file: "laptop/console/README.md",
    bench: "bench:console",
    text: "{ratio of open to closed} of the likes per second with the console closed",
  },
];

for (const { file, bench, text } of QUOTES) {
  test(`${file} quotes ${bench}: ${text}`, (t) => {
    const page = readFileSync(join(ROOT, file), "utf8").replace(/\s+/g, " ");
    t.true(page.includes(`npm run ${bench}`), `${file} does not name ${bench}`);
    const expected = text.replace(/\{(.+?)\}/g, (_, name: string) => {
      const value = results[bench]?.figures[name];
      t.true(Number.isFinite(value), `docs/benchmarks.json has no ${bench} ${name}`);
      return Number(value).toLocaleString("en-US");
    });
    t.true(page.includes(expected), `${file} lacks "${expected}"`);
  });
}

test("a page that names a benchmark quotes its results", (t) => {
  const pages = globSync(["*.md", "{docs,laptop,lambda,service,tools}/**/*.md"], { cwd: ROOT });
  const named = pages.flatMap((file) => {
    const benches = readFileSync(join(ROOT, file), "utf8").match(/bench:[a-z-]+[a-z]/g) ?? [];
    return benches.map((bench) => ({ file, bench }));
  });
  const unquoted = named.filter(
    ({ file, bench }) => results[bench] && !QUOTES.some((quote) => quote.file === file && quote.bench === bench),
  );
  t.deepEqual(unquoted, []);
});

test("every stored result belongs to a benchmark", (t) => {
  t.deepEqual(
    Object.keys(results).filter((bench) => scripts[bench] === undefined),
    [],
  );
});

for (const [bench, { figures, date, machine }] of Object.entries(results)) {
  test(`${bench} has the date and machine of its run`, (t) => {
    t.true(Object.values(figures).length > 0 && Object.values(figures).every(Number.isFinite));
    t.regex(date, /^\d{4}-\d{2}-\d{2}$/);
    t.regex(machine, /^\d+ x \S/);
  });
}

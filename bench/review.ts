// npm run bench:review: time and peak memory of a review, for plans of up to 10,000 resources, next to a program that does no
// more than JSON.parse. Plans are made of real resources, from a plan that the tests keep, under other addresses.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const SOURCE = join(ROOT, "__tests__", "review", "plans", "table-replaced.json");
const PARSE = "JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'))";
const ROUNDS = 3;

interface Change {
  readonly address: string;
  readonly change: { readonly actions: readonly string[]; readonly before: unknown; readonly after: unknown };
}

/** Resources of a plan, and how many of them change. */
const CASES = [
  { resources: 100, changing: 100 },
  { resources: 1_000, changing: 100 },
  { resources: 10_000, changing: 100 },
  { resources: 10_000, changing: 10_000 },
];

const folder = mkdtempSync(join(tmpdir(), "bench-review-"));
const measuring = join(folder, "report.cjs");
writeFileSync(
  measuring,
  "process.on('exit', () => require('node:fs').writeFileSync(process.env.REPORT, String(process.resourceUsage().maxRSS)));",
);
try {
  console.log("resources  changing      MB |  review s  peak MB | JSON.parse s  peak MB");
  for (const { resources, changing } of CASES) {
    const plan = writePlan(resources, changing);
    const ours = median(() =>
      run([join(ROOT, "review", "main.ts"), plan, "--markdown", `${plan}.md`, "--json", `${plan}.out`]),
    );
    const parse = median(() => run(["-e", PARSE, plan]));
    const cells = [
      String(resources).padStart(9),
      String(changing).padStart(9),
      (statSync(plan).size / 1e6).toFixed(1).padStart(7),
    ].join(" ");
    console.log(`${cells} | ${figures(ours, 9)} | ${figures(parse, 12)}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** The four places in which a plan tells of every resource are all written, as Terraform does. */
function writePlan(resources: number, changing: number): string {
  const { resource_changes: real, ...rest } = JSON.parse(readFileSync(SOURCE, "utf8")) as {
    resource_changes: Change[];
  };
  const changes = Array.from({ length: resources }, (_, index) => {
    const one = real[index % real.length] as Change;
    const address = `${one.address}_${index}`;
    const { before } = one.change;
    const stays = { ...one.change, actions: ["no-op"], after: before, after_unknown: {}, replace_paths: undefined };
    return { ...one, address, change: index < changing ? one.change : stays };
  });
  const values = changes.map(({ address, change: { before } }) => ({ address, values: before }));
  const file = join(folder, `${resources}-${changing}.json`);
  const write = (name: string, value: unknown, end = ",") =>
    appendFileSync(file, `"${name}":${JSON.stringify(value)}${end}`);
  writeFileSync(file, `{"format_version":"1.2",`);
  write("planned_values", { root_module: { resources: values } });
  write("resource_changes", changes);
  write("prior_state", { values: { root_module: { resources: values } } });
  write("configuration", {
    root_module: {
      resources: changes.map(({ address }) => ({ address, expressions: { name: { constant_value: "a" } } })),
    },
  });
  write("variables", rest);
  appendFileSync(file, `"applyable":true,"errored":false}`);
  return file;
}

interface Run {
  readonly seconds: number;
  readonly megabytes: number;
}

function run(args: readonly string[]): Run {
  const report = join(folder, "report");
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--require", measuring, ...args], {
    encoding: "utf8",
    env: { ...process.env, REPORT: report },
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) {
    throw new Error(stderr);
  }
  return { seconds, megabytes: Number(readFileSync(report, "utf8")) / 1024 };
}

function median(measure: () => Run): Run {
  const runs = Array.from({ length: ROUNDS }, measure).sort((one, other) => one.seconds - other.seconds);
  return runs[Math.floor(ROUNDS / 2)] as Run;
}

function figures({ seconds, megabytes }: Run, width: number): string {
  return `${seconds.toFixed(2).padStart(width)} ${megabytes.toFixed(0).padStart(8)}`;
}

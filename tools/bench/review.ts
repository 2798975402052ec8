// Measures CPU time and peak memory of a review, and of a program that only parses the same file with JSON.parse. The plans
// consist of real resources from a test plan under other addresses, in the sections that Terraform writes.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchmark } from "./benchmark.ts";

const ROOT = join(import.meta.dirname, "../..");
const SOURCE = join(ROOT, "__tests__", "tools", "review", "plans", "table-replaced.json");
const PARSE = "JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'))";
const { smoke, args, report } = benchmark(
  "bench:review",
  "Measures CPU time and peak memory of reviews of long plans; a folder as argument adds the review of another checkout.",
);
const ROUNDS = smoke ? 1 : 3;

/** The arguments with which `npm run review` of a checkout calls Node.js. */
function reviewCommand(root: string): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: { review: string } };
  const [, ...args] = scripts.review.split(" ");
  return args.map((arg) => (arg.startsWith("-") ? arg : join(root, arg)));
}

/** Longest string of V8, in bytes of ASCII; JSON.parse cannot read a longer file. */
const LONGEST_STRING = 2 ** 29 - 24;

interface Change {
  readonly address: string;
  readonly type: string;
  readonly change: { readonly actions: readonly string[]; readonly before: unknown; readonly after: unknown };
}

/** Resources of a plan, and the number of them that change. */
const ALL = [
  { resources: 100, changing: 100 },
  { resources: 10_000, changing: 100 },
  { resources: 10_000, changing: 10_000 },
  { resources: 100_000, changing: 100_000 },
];
const CASES = smoke ? ALL.slice(0, 1) : ALL;

interface Run {
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

const folder = mkdtempSync(join(tmpdir(), "bench-review-"));
const measuring = join(folder, "report.cjs");
writeFileSync(
  measuring,
  `process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    require("node:fs").writeFileSync(process.env.REPORT, JSON.stringify([(userCPUTime + systemCPUTime) / 1e6, maxRSS / 1024]));
  });`,
);

const [other] = args;
const reviewOf = (root: string, plan: string) => () =>
  run([...reviewCommand(root), plan, "--markdown", `${plan}.md`, "--json", `${plan}.out`]);

const figures: Record<string, number> = {};
try {
  for (const { resources, changing } of CASES) {
    const plan = writePlan(resources, changing);
    const size = statSync(plan).size;
    const programs = {
      review: reviewOf(ROOT, plan),
      ...(size < LONGEST_STRING && { "JSON.parse": () => run(["-e", PARSE, plan]) }),
      ...(other !== undefined && { other: reviewOf(other, plan) }),
    };
    const name = `${resources} resources, ${changing} changing`;
    const rounds = Array.from({ length: ROUNDS }, (_, round) => {
      console.log(`${name}: round ${round + 1} of ${ROUNDS}`);
      return Object.values(programs).map((program) => program());
    });
    figures[`${name}: plan MB`] = size / 1e6;
    for (const [index, program] of Object.keys(programs).entries()) {
      const { cpuSeconds, megabytes } = medianOf(rounds.map((round) => round[index] as Run));
      figures[`${name}: ${program} CPU seconds`] = cpuSeconds;
      figures[`${name}: ${program} MB`] = megabytes;
    }
    rmSync(plan);
    rmSync(`${plan}.out`);
  }
  report(figures);
} finally {
  rmSync(folder, { recursive: true });
}

/** Writes the four sections in which Terraform repeats every resource, piece by piece. */
function writePlan(resources: number, changing: number): string {
  const { resource_changes: real } = JSON.parse(readFileSync(SOURCE, "utf8")) as { resource_changes: Change[] };
  const changeAt = (index: number) => {
    const one = real[index % real.length] as Change;
    const { before } = one.change;
    const stays = { ...one.change, actions: ["no-op"], after: before, after_unknown: {}, replace_paths: undefined };
    return { ...one, address: `${one.address}_${index}`, change: index < changing ? one.change : stays };
  };
  const valuesAt = (index: number) => {
    const { address, type, change } = changeAt(index);
    return {
      address,
      mode: "managed",
      type,
      name: address.slice(type.length + 1),
      provider_name: "registry.terraform.io/hashicorp/aws",
      schema_version: 0,
      values: change.before,
      sensitive_values: {},
    };
  };
  const path = join(folder, `${resources}-${changing}.json`);
  const file = openSync(path, "w");
  const list = (elementAt: (index: number) => unknown) => {
    for (let start = 0; start < resources; start += 100) {
      const count = Math.min(100, resources - start);
      const elements = Array.from({ length: count }, (_, index) => JSON.stringify(elementAt(start + index)));
      writeSync(file, (start === 0 ? "" : ",") + elements.join(","));
    }
  };
  writeSync(
    file,
    '{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"resources":[',
  );
  list(valuesAt);
  writeSync(file, ']}},"resource_changes":[');
  list(changeAt);
  writeSync(
    file,
    '],"prior_state":{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{"resources":[',
  );
  list(valuesAt);
  writeSync(file, ']}}},"configuration":{"root_module":{"resources":[');
  list((index) => ({
    address: changeAt(index).address,
    mode: "managed",
    expressions: { name: { constant_value: "a" } },
  }));
  writeSync(file, ']}},"timestamp":"2026-11-28T12:00:00Z","applyable":true,"complete":true,"errored":false}');
  closeSync(file);
  return path;
}

function run(args: readonly string[]): Run {
  const reportFile = join(folder, "report");
  const { status, stderr } = spawnSync(process.execPath, ["--require", measuring, ...args], {
    encoding: "utf8",
    env: { ...process.env, REPORT: reportFile },
  });
  if (status !== 0) {
    throw new Error(stderr);
  }
  const [cpuSeconds = 0, megabytes = 0] = JSON.parse(readFileSync(reportFile, "utf8")) as number[];
  return { cpuSeconds, megabytes };
}

function medianOf(runs: readonly Run[]): Run {
  return runs.toSorted((one, other) => one.cpuSeconds - other.cpuSeconds)[Math.floor(runs.length / 2)] as Run;
}

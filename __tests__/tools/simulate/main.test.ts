import { execFile } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import test from "ava";

const ROOT = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "mysfits-simulate-"));
test.after.always(() => rmSync(folder, { recursive: true }));

const { MYSFITS_ENV: _, MYSFITS_SET: __, ...environment } = process.env;

function simulate(...args: string[]) {
  return promisify(execFile)(process.execPath, ["tools/simulate/main.ts", ...args], { cwd: ROOT, env: environment });
}

const scenarios = globSync("tools/simulate/scenarios/*.yaml", { cwd: ROOT });

test("scenarios exist", (t) => {
  t.true(scenarios.length >= 5);
});

for (const scenario of scenarios) {
  test.serial(`${scenario} runs and writes a table and a chart`, async (t) => {
    const chart = join(folder, `${basename(scenario)}.svg`);
    const { stdout, stderr } = await simulate("--scenario", scenario, "--chart", chart);
    t.is(stderr, "");
    t.regex(stdout, /until +req\/s +capacity +alarm +desired +running +CPU +waiting +p50 +p99 +failed +cost/);
    t.regex(stdout, /scaling by +requests +failed/);
    t.true(readFileSync(chart, "utf8").startsWith("<svg "));
  });
}

test.serial("--compare adds the other kinds of scaling", async (t) => {
  const args = [
    "--scenario",
    "tools/simulate/scenarios/lab-load-test.yaml",
    "--compare",
    "--chart",
    join(folder, "compared.svg"),
  ];
  const { stdout } = await simulate(...args, "--set", "services.like.scaling=cpu", "--set", "services.like.maxTasks=7");
  const summary = stdout.slice(stdout.indexOf("scaling by"));
  t.deepEqual(
    summary
      .split("\n")
      .slice(1, 4)
      .map((line) => line.split(/ {2,}/)[0]),
    ["CPU, target 50", "Steps", "Requests per task, target 500"],
  );
  t.regex(stdout, /, 7 tasks is the maximum$/m);
});

test.serial("the picture in docs/ is up to date; npm run pictures updates it", async (t) => {
  const chart = join(folder, "launch-day.svg");
  await simulate("--scenario", "tools/simulate/scenarios/launch-day.yaml", "--compare", "--chart", chart);
  const [kept = "", drawn] = [join(ROOT, "docs/pictures/launch-day.svg"), chart].map((file) =>
    readFileSync(file, "utf8"),
  );
  t.true(kept === drawn, "launch-day.svg is out of date");
});

test.serial("a region without prices is simulated without cost", async (t) => {
  const args = ["--scenario", "tools/simulate/scenarios/lab-load-test.yaml", "--chart", join(folder, "unpriced.svg")];
  const { stdout, stderr } = await simulate(
    ...args,
    "--set",
    "region=eu-central-1",
    "--set",
    "zones=[eu-central-1a, eu-central-1b]",
  );
  t.regex(stderr, /^No cost: tools\/review\/prices\/eu-central-1\.yaml is missing: expected prices of one of /);
  t.regex(stdout, /cost\n.* -\n/);
});

for (const [what, args, message] of [
  ["scenario", ["--scenario", "README.md"], /^README\.md: /],
  ["folder", ["--scenario", "docs"], /^--scenario is docs: expected a scenario file, found a folder$/m],
  [
    "setting",
    ["--scenario", scenarios[0] as string, "--set", "services.like.scaling=magic"],
    /^services\.like\.scaling is "magic": expected /,
  ],
  [
    "place for the chart",
    ["--scenario", "tools/simulate/scenarios/lab-load-test.yaml", "--chart", "README.md/chart.svg"],
    /^--chart is README\.md\/chart\.svg: expected a file that can be written, but a part of its path is a file$/m,
  ],
] as const) {
  test.serial(`an invalid ${what} exits with a one-line message`, async (t) => {
    const { code, stderr } = (await t.throwsAsync(simulate(...args))) as unknown as { code: number; stderr: string };
    t.is(code, 1);
    t.regex(stderr, message);
    t.notRegex(stderr, /\n +at /);
  });
}

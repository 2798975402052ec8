import { execFile } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import test from "ava";

const ROOT = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "mysfits-simulate-"));
test.after.always(() => rmSync(folder, { recursive: true }));

const { MYSFITS_ENV: _, MYSFITS_SET: __, ...environment } = process.env;

function simulate(...args: string[]) {
  return promisify(execFile)(process.execPath, ["simulate/main.ts", ...args], { cwd: ROOT, env: environment });
}

const scenarios = globSync("simulate/scenarios/*.yaml", { cwd: ROOT });

test("there are scenarios to begin with", (t) => {
  t.true(scenarios.length >= 5);
});

for (const scenario of scenarios) {
  test.serial(`${scenario} runs, and leaves a table and a chart`, async (t) => {
    const chart = join(folder, `${basename(scenario)}.svg`);
    const { stdout, stderr } = await simulate("--scenario", scenario, "--chart", chart);
    t.is(stderr, "");
    t.regex(stdout, /until +req\/s +could be +alarm +desired +running +CPU +waiting +p50 +p99 +failed +cost/);
    t.regex(stdout, /scaling by +requests +failed/);
    t.true(readFileSync(chart, "utf8").startsWith("<svg "));
  });
}

test.serial("the other ways of scaling stand beside it where asked for", async (t) => {
  const args = [
    "--scenario",
    "simulate/scenarios/lab-attack.yaml",
    "--compare",
    "--chart",
    join(folder, "compared.svg"),
  ];
  const { stdout } = await simulate(...args, "--set", "services.like.scaling=cpu", "services.like.maxTasks=7");
  const summary = stdout.slice(stdout.indexOf("scaling by"));
  t.deepEqual(
    summary
      .split("\n")
      .slice(1, 4)
      .map((line) => line.split(/ {2,}/)[0]),
    ["CPU, target 50", "Steps", "Requests per task, target 500"],
  );
  t.regex(stdout, /, 7 is the most there may be$/m);
});

test.serial("the picture in docs/ is what is drawn now; npm run pictures draws it anew", async (t) => {
  const chart = join(folder, "launch-day.svg");
  await simulate("--scenario", "simulate/scenarios/launch-day.yaml", "--compare", "--chart", chart);
  const [kept = "", drawn] = [join(ROOT, "docs/pictures/launch-day.svg"), chart].map((file) =>
    readFileSync(file, "utf8"),
  );
  t.true(kept === drawn, "launch-day.svg is not what is drawn now");
});

test.serial("a region without prices is simulated without its cost", async (t) => {
  const args = ["--scenario", "simulate/scenarios/lab-attack.yaml", "--chart", join(folder, "unpriced.svg")];
  const { stdout, stderr } = await simulate(
    ...args,
    "--set",
    "region=eu-central-1",
    "zones=[eu-central-1a, eu-central-1b]",
  );
  t.regex(stderr, /^No cost: prices\/eu-central-1\.yaml is missing: expected prices of one of /);
  t.regex(stdout, /cost\n.* -\n/);
});

for (const [what, args, message] of [
  ["scenario", ["--scenario", "README.md"], /^README\.md: /],
  [
    "setting",
    ["--scenario", scenarios[0] as string, "--set", "services.like.scaling=magic"],
    /^services\.like\.scaling is "magic": expected /,
  ],
  [
    "place for the chart",
    ["--scenario", "simulate/scenarios/lab-attack.yaml", "--chart", "README.md/chart.svg"],
    /^--chart is \S+README\.md\/chart\.svg: expected a file that can be written: /,
  ],
] as const) {
  test.serial(`a wrong ${what} ends in a line that says so`, async (t) => {
    const { code, stderr } = (await t.throwsAsync(simulate(...args))) as unknown as { code: number; stderr: string };
    t.is(code, 1);
    t.regex(stderr, message);
    t.notRegex(stderr, /\n +at /);
  });
}

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { loadSettings } from "../../../settings/load.ts";
import { planWorkshop } from "../../../tools/workshop/plan.ts";
import { report } from "../../../tools/workshop/report.ts";
import { networkPlaceholder, participantChanges } from "../../../tools/workshop/variants.ts";

const ROOT = join(import.meta.dirname, "../../..");

const outdir = mkdtempSync(join(tmpdir(), "workshop-"));
process.env.CDKTF_OUTDIR = outdir;
test.after.always(() => rmSync(outdir, { recursive: true }));

/** Thirty participants with the settings of the workshop. */
const thirty = planWorkshop(loadSettings({ environment: "workshop", overrides: [] }), 30, []);

const quota = (name: string) => thirty.quotas.find((use) => use.name === name);

test("participants share the network and the account-wide resources of the base", (t) => {
  for (const [name, standard] of [
    ["VPCs per region", 5],
    ["Elastic IP addresses per region", 5],
    ["CloudWatch Logs resource policies per region", 10],
    ["CloudFront response headers policies", 20],
  ] as const) {
    t.like(quota(name), { standard, base: 1, each: 0, total: 1, fits: 30 }, name);
  }
  t.like(quota("load balancers per region"), { standard: 50, base: 1, each: 1, total: 31, fits: 30 });
});

test("quotas that are too small say how many participants fit", (t) => {
  t.like(quota("X-Ray sampling rules per region"), { standard: 25, base: 3, each: 3, total: 93, fits: 7 });
  t.like(quota("X-Ray groups per region"), { standard: 25, base: 1, each: 1, total: 31, fits: 24 });
  t.like(quota("Fargate vCPUs at the highest task count"), { standard: 6, base: 26, each: 26, total: 806, fits: 0 });
  const text = report(thirty);
  t.regex(text, /^ {2}X-Ray groups per region +25 +1 +1 +31 {2}too small: 24 participants fit$/m);
  t.regex(text, /^ {2}VPCs per region +5 +1 +0 +1$/m);
  t.regex(text, /--service-code fargate --quota-code L-3032A538 --desired-value 806$/m);
  t.regex(text, /^ {2}X-Ray sampling rules per region: 93 from AWS Support, or spread the participants/m);
  t.regex(text, /^Shared from workshop: VPCs, Elastic IP addresses, /m);
});

test("the base costs as much as calculated by hand, and a participant costs that amount less the network", (t) => {
  const page = readFileSync(join(ROOT, "docs/cost.md"), "utf8");
  const dollars = (row: RegExp) => Number(row.exec(page)?.[1]);
  const month = dollars(/^\| \*\*total\*\* \|.*\*\*\$([\d.]+)\*\* \|$/m);
  const vpc = dollars(/^\| VPC \|.*\| \$([\d.]+) \|$/m);
  t.true(month > 100 && vpc > 30);
  const { base, each } = thirty.cost as { base: number; each: number };
  t.true(Math.abs((base * 730) / 24 - month) < 0.01, String(base));
  t.true(Math.abs(((base - each) * 730) / 24 - vpc) < 0.01, String(each));
  t.true(report(thirty).includes(`Cost per day: $${base.toFixed(2)} for the base, $${each.toFixed(2)} for each`));
});

test("without prices of the region, the report says so", (t) => {
  const text = report({ ...thirty, cost: { unknown: "there is no price file" } });
  t.regex(text, /^Cost: unknown, because there is no price file$/m);
});

test("if the default quotas are large enough, no increase is requested", (t) => {
  const text = report({ ...thirty, quotas: thirty.quotas.filter(({ total, standard }) => total <= standard) });
  t.regex(text, /^Every default quota is large enough\.$/m);
  t.notRegex(text, /Request before/);
});

test("a base that uses an existing VPC passes it on", (t) => {
  const existing =
    "{vpcId: vpc-0123456789abcdef0, publicSubnetIds: [subnet-00000001, subnet-00000002], privateSubnetIds: [subnet-00000003, subnet-00000004], natAddresses: [203.0.113.7]}";
  const settings = loadSettings({
    environment: "workshop",
    overrides: [`network.existing=${existing}`],
  });
  t.deepEqual([...participantChanges(settings), ...networkPlaceholder(settings)], [["sharedFrom", "workshop"]]);
});

for (const participants of ["0", "100", "-3", "2.5", "many"]) {
  test(`${participants} participants are rejected`, (t) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, "tools/workshop/main.ts"), "plan", `--participants=${participants}`],
      { encoding: "utf8" },
    );
    t.is(status, 1);
    t.regex(stderr, /expected a number from 1 to 99/);
  });
}

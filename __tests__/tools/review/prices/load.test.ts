import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { loadSettings } from "../../../../settings/load.ts";
import { loadPrices, PricesError, pricedRegions } from "../../../../tools/review/prices/load.ts";
import { pricesIn } from "../../../../tools/review/prices/schema.ts";

const PRICES = join(import.meta.dirname, "../../../../tools/review/prices");

test("the regions of all environments have prices, each with its stated unit and source", (t) => {
  for (const environment of ["workshop", "production", "emulator"]) {
    const { region } = loadSettings({ environment, overrides: [] });
    const list = loadPrices(region);
    t.is(list.region, region);
    t.true(pricesIn(list).length > 50);
  }
});

test("every price names an existing source, and every source is named by a price", (t) => {
  for (const region of pricedRegions()) {
    const list = loadPrices(region);
    t.deepEqual(
      [...new Set(pricesIn(list).map(({ price }) => price.from))].sort(),
      Object.keys(list.sources).sort(),
      `sources of ${region}`,
    );
  }
});

for (const region of pricedRegions()) {
  test(`Spot in ${region} is the on-demand price less the discount that its source states`, (t) => {
    const { arm, armSpot, x86, x86Spot } = loadPrices(region).fargate;
    t.is(armSpot.vcpu?.usd, round(0.3 * (arm.vcpu?.usd ?? 0)));
    t.is(armSpot.memory?.usd, round(0.3 * (arm.memory?.usd ?? 0)));
    t.is(x86Spot.vcpu?.usd, round(0.3 * (x86.vcpu?.usd ?? 0)));
    t.is(x86Spot.memory?.usd, round(0.3 * (x86.memory?.usd ?? 0)));
  });
}

test("the error for a region without a price file lists the regions that have one", (t) => {
  t.throws(() => loadPrices("eu-central-1"), {
    instanceOf: PricesError,
    message:
      "tools/review/prices/eu-central-1.yaml is missing: expected prices of one of ap-southeast-1, eu-west-1, us-east-1, us-east-2, us-west-2",
  });
});

const wrong: [what: string, from: string, to: string, message: RegExp][] = [
  [
    "a wrong unit",
    "per: gateway-hour",
    "per: gateway-month",
    /natGateway\.hour\.per is "[^"]+": expected "gateway-hour", the unit/,
  ],
  ["a negative price", "usd: 3.00", "usd: -3.00", /cloudwatch\.dashboard\.usd is -3: expected 0 or more/],
  ["an unknown source", "from: pipeline", "from: memory", /codepipeline\.action\.from is "memory": expected one of/],
  ["an invalid day", '"2026-11-23"', '"last week"', /checked is "last week": expected a day such as/],
  ["the region of another file", "region: us-west-2", "region: us-west-1", /region is us-west-1: expected us-west-2/],
  ["invalid YAML", "sources:", "sources: [", /prices\/us-west-2\.yaml: /],
];

for (const [what, from, to, message] of wrong) {
  test(`the error for a file names the place of ${what}`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), "prices-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    copyFileSync(join(PRICES, "us-east-1.yaml"), join(folder, "us-east-1.yaml"));
    const text = readFileSync(join(PRICES, "us-west-2.yaml"), "utf8");
    t.true(text.includes(from));
    writeFileSync(join(folder, "us-west-2.yaml"), text.replace(from, to));
    t.throws(() => loadPrices("us-west-2", folder), { instanceOf: PricesError, message });
  });
}

function round(usd: number): number {
  return Number(usd.toFixed(10));
}

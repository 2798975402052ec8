import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { loadPrices, PricesError, pricedRegions } from "../../prices/load.ts";
import { pricesIn } from "../../prices/schema.ts";
import { loadSettings } from "../../settings/load.ts";

const ROOM = join(import.meta.dirname, "../../prices");

test("the regions of all environments have prices, each with the unit and the source that it says", (t) => {
  for (const environment of ["workshop", "production", "emulator"]) {
    const { region } = loadSettings({ environment, overrides: [] });
    const list = loadPrices(region);
    t.is(list.region, region);
    t.true(pricesIn(list).length > 50);
  }
});

test("every price of a file stands under a source that is used, and every source under a price", (t) => {
  for (const region of pricedRegions()) {
    const list = loadPrices(region);
    t.deepEqual(
      [...new Set(pricesIn(list).map(({ price }) => price.from))].sort(),
      Object.keys(list.sources).sort(),
      `sources of ${region}`,
    );
  }
});

test("Spot is the on-demand price less the discount that its source states", (t) => {
  const { arm, armSpot, x86, x86Spot } = loadPrices("us-west-2").fargate;
  t.is(armSpot.vcpu?.usd, round(0.3 * (arm.vcpu?.usd ?? 0)));
  t.is(armSpot.memory?.usd, round(0.3 * (arm.memory?.usd ?? 0)));
  t.is(x86Spot.vcpu?.usd, round(0.3 * (x86.vcpu?.usd ?? 0)));
  t.is(x86Spot.memory?.usd, round(0.3 * (x86.memory?.usd ?? 0)));
});

test("a region without a file is told which regions have one", (t) => {
  t.throws(() => loadPrices("eu-west-1"), {
    instanceOf: PricesError,
    message: "prices/eu-west-1.yaml is missing: expected prices of one of us-east-1, us-west-2",
  });
});

const wrong: [what: string, from: string, to: string, message: RegExp][] = [
  [
    "a wrong unit",
    "per: gateway-hour",
    "per: gateway-month",
    /natGateway\.hour\.per: expected "gateway-hour", the unit/,
  ],
  ["a negative price", "usd: 3.00", "usd: -3.00", /cloudwatch\.dashboard\.usd: expected 0 or more/],
  ["a source that it does not have", "from: pipeline", "from: memory", /codepipeline\.action\.from: expected one of/],
  ["a day that is none", '"2026-11-23"', '"last week"', /checked: expected a day such as/],
  ["a region that is not its own", "region: us-west-2", "region: us-west-1", /region is us-west-1: expected us-west-2/],
  ["what is no YAML", "sources:", "sources: [", /prices\/us-west-2\.yaml: /],
];

for (const [what, from, to, message] of wrong) {
  test(`a file is refused with the place of ${what}`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), "prices-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    copyFileSync(join(ROOM, "us-east-1.yaml"), join(folder, "us-east-1.yaml"));
    const text = readFileSync(join(ROOM, "us-west-2.yaml"), "utf8");
    t.true(text.includes(from));
    writeFileSync(join(folder, "us-west-2.yaml"), text.replace(from, to));
    t.throws(() => loadPrices("us-west-2", folder), { instanceOf: PricesError, message });
  });
}

function round(usd: number): number {
  return Number(usd.toFixed(10));
}

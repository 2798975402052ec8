import test from "ava";
import { type Dice, rollDice } from "../../service/like/chaos.ts";
import pi from "../../service/like/pi.ts";
import { type LogLine, startLike, startMonolith, startTable } from "./start-services.ts";

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";
const WARN = 40;

const post = { method: "POST" };

/** Dice that always draw this number, and the smallest number of digits for a burn. */
function loaded(number: number): Dice {
  return (least, most) => (most === 100 ? number : least);
}

function warnings(lines: readonly LogLine[]): LogLine[] {
  return lines.filter(({ level }) => level === WARN);
}

for (const number of [1, 64]) {
  test(`a draw of ${number} burns CPU first and then counts the like`, async (t) => {
    const table = await startTable(t);
    const { origin, lines } = await startLike(t, await startMonolith(t, table), { dice: loaded(number) });
    const response = await fetch(`${origin}/mysfits/${PAULY}/like`, post);
    t.is(await response.text(), '{"Update":"Success"}');
    t.is(await table.likes(PAULY), 1);
    t.deepEqual(
      warnings(lines).map(({ chaos, digits, msg }) => [chaos, digits, msg]),
      [["burn", 2_500, `WARN: chaos drew ${number}: computes 2500 digits of pi first`]],
    );
  });
}

for (const number of [65, 89]) {
  test(`a draw of ${number} gets a 404, and no like is counted`, async (t) => {
    const table = await startTable(t);
    const { origin, lines } = await startLike(t, await startMonolith(t, table), { dice: loaded(number) });
    const response = await fetch(`${origin}/mysfits/${PAULY}/like`, post);
    t.is(response.status, 404);
    t.is(await response.text(), `{"error":"no mysfit has the id \\"${PAULY}\\""}`);
    t.is(await table.likes(PAULY), 0);
    t.deepEqual(
      warnings(lines).map(({ chaos, msg }) => [chaos, msg]),
      [["deny", `WARN: chaos drew ${number}: responds that the mysfit does not exist`]],
    );
  });
}

for (const number of [90, 100]) {
  test(`a draw of ${number} passes the like unchanged`, async (t) => {
    const table = await startTable(t);
    const { origin, lines } = await startLike(t, await startMonolith(t, table), { dice: loaded(number) });
    t.is((await fetch(`${origin}/mysfits/${PAULY}/like`, post)).status, 200);
    t.is(await table.likes(PAULY), 1);
    t.deepEqual(
      warnings(lines).map(({ chaos, msg }) => [chaos, msg]),
      [["none", `WARN: chaos drew ${number}: the like passes unchanged`]],
    );
  });
}

test("chaos is off by default", async (t) => {
  const { origin, lines } = await startLike(t, await startMonolith(t, await startTable(t)));
  for (let like = 0; like < 20; like += 1) {
    t.is((await fetch(`${origin}/mysfits/${PAULY}/like`, post)).status, 200);
  }
  t.deepEqual(warnings(lines), []);
});

test("at LOGLEVEL=ERROR chaos logs nothing", async (t) => {
  const monolith = await startMonolith(t, await startTable(t));
  for (const number of [1, 65, 90]) {
    const { origin, lines } = await startLike(t, monolith, { dice: loaded(number), logLevel: "ERROR" });
    await fetch(`${origin}/mysfits/${PAULY}/like`, post);
    t.deepEqual(lines, []);
  }
});

test("health checks respond during burns, and likes pass unchanged while too many burns are pending", async (t) => {
  const table = await startTable(t);
  const { origin, lines } = await startLike(t, await startMonolith(t, table), {
    dice: (_least, most) => (most === 100 ? 1 : most),
  });
  let burning = true;
  const likes = Promise.all(
    Array.from({ length: 8 }, async () => (await fetch(`${origin}/mysfits/${PAULY}/like`, post)).status),
  ).finally(() => {
    burning = false;
  });
  for (let check = 0; check < 20; check += 1) {
    t.is((await fetch(origin)).status, 200);
  }
  t.true(burning, "twenty health checks get responses before the burns end");
  t.deepEqual(await likes, Array(8).fill(200));
  t.is(await table.likes(PAULY), 8);
  const effects = warnings(lines).map(({ chaos }) => chaos);
  t.deepEqual(
    [effects.filter((effect) => effect === "burn").length, effects.filter((effect) => effect === "busy").length],
    [4, 4],
  );
  t.true(warnings(lines).every(({ msg }) => msg.startsWith("WARN: ")));
});

test("the dice are fair", (t) => {
  const throws = Array.from({ length: 100_000 }, () => rollDice(1, 100));
  t.is(Math.min(...throws), 1);
  t.is(Math.max(...throws), 100);
  // Eight standard deviations to either side.
  const share = (from: number, to: number) =>
    throws.filter((number) => number >= from && number <= to).length / 100_000;
  t.true(Math.abs(share(1, 64) - 0.64) < 0.0122);
  t.true(Math.abs(share(65, 89) - 0.25) < 0.011);
  t.true(Math.abs(share(90, 100) - 0.11) < 0.008);
});

test("pi is pi", (t) => {
  for (const digits of [1, 13, 14, 15, 100, 2_500, 3_500]) {
    t.is(pi(digits), machin(digits), `${digits} digits`);
  }
});

/** Pi by Machin's formula, 16 arctan(1/5) - 4 arctan(1/239), as an independent result. */
function machin(digits: number): string {
  const one = 10n ** BigInt(digits + 10);
  const arctan = (inverse: bigint) => {
    let power = one / inverse;
    let sum = power;
    for (let n = 3n; power !== 0n; n += 2n) {
      power /= -(inverse * inverse);
      sum += power / n;
    }
    return sum;
  };
  const text = String((16n * arctan(5n) - 4n * arctan(239n)) / 10n ** 10n);
  return `3.${text.slice(1)}`;
}

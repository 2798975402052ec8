import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";

const BENCH = join(import.meta.dirname, "../../bench/like.ts");

test("compares the like service with a bare hop", async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [BENCH, "--seconds", "12"]);
  for (const name of ["like service", "bare Koa hop"]) {
    const [, perSecond, p50, p99] = new RegExp(`^${name} +(\\d+) +(\\d+) +(\\d+)$`, "m").exec(stdout) ?? [];
    t.true(Number(perSecond) > 0, stdout);
    t.true(Number(p50) <= Number(p99), stdout);
  }
  t.regex(stdout, /^ratio +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d$/m);
});

test("refuses a time too short to measure in", async (t) => {
  const error = await t.throwsAsync(promisify(execFile)(process.execPath, [BENCH, "--seconds", "soon"]));
  t.regex(error.message, /argument 'soon' is invalid\. expected 12 to 600/);
});

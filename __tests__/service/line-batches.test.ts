import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Writable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import test from "ava";
import { LineBatches } from "../../service/shared/line-batches.ts";

const LINE_BATCHES = join(import.meta.dirname, "../../service/shared/line-batches.ts");

test("the lines of one turn of the event loop are written together, in their order", async (t) => {
  const { output, written } = record();
  const batches = new LineBatches(output);
  batches.write("first\n");
  await Promise.resolve();
  batches.write("second\n");
  t.deepEqual(written, []);
  await nextTurn();
  t.deepEqual(written, ["first\nsecond\n"]);
  batches.write("third\n");
  await nextTurn();
  t.deepEqual(written, ["first\nsecond\n", "third\n"]);
});

test("a flush writes the lines at once, and only once", async (t) => {
  const { output, written } = record();
  const batches = new LineBatches(output);
  batches.write("last\n");
  await batches.flush();
  await nextTurn();
  t.is(written.join(""), "last\n");
});

test("a process that waits for its flush before it exits loses no line to a full pipe", (t) => {
  const program = `
    import { LineBatches } from ${JSON.stringify(LINE_BATCHES)};
    const batches = new LineBatches(process.stdout);
    for (let line = 1; line <= 50_000; line += 1) {
      batches.write("line " + line + "\\n");
    }
    await batches.flush();
    process.exit(0);`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
  const lines = stdout.trimEnd().split("\n");
  t.is(lines.length, 50_000);
  t.is(lines.at(-1), "line 50000");
});

function record() {
  const written: string[] = [];
  const output = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      written.push(text);
      done();
    },
  });
  return { output, written };
}

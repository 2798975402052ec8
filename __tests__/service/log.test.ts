import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import test from "ava";
import { createLog } from "../../service/shared/log.ts";

test("an error is logged with the stacks of its causes", async (t) => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:4567"), { code: "ECONNREFUSED" });
  const failed = new TypeError("the table did not answer", { cause: refused });
  t.like(await logged(failed), {
    name: "TypeError",
    message: "the table did not answer",
    stack: `${failed.stack}\nCaused by: ${refused.stack}`,
  });
});

test("an error without a cause is logged with its own stack and code", async (t) => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:4567"), { code: "ECONNREFUSED" });
  t.like(await logged(refused), {
    name: "Error",
    message: refused.message,
    stack: refused.stack,
    code: "ECONNREFUSED",
  });
});

test("a cycle of causes ends", async (t) => {
  const first = new Error("first");
  first.cause = new Error("second", { cause: first });
  const { stack } = await logged(first);
  t.deepEqual(stack.match(/Error: (first|second)/g), ["Error: first", "Error: second", "Error: first"]);
});

test("a thrown value that is not an error is logged as it is", async (t) => {
  t.is(await logged("no route"), "no route");
});

async function logged(err: unknown) {
  const output = new PassThrough();
  createLog("like", "INFO", output).error({ err }, "failed");
  output.end();
  return JSON.parse(await text(output)).err;
}

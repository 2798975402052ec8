import { once } from "node:events";
import { createServer } from "node:net";
import test, { type ExecutionContext } from "ava";
import { startSidecar } from "../../../../laptop/system/ecs/sidecar.ts";
import { freePort } from "../../../../laptop/system/processes/free-port.ts";
import { Program } from "../../../../laptop/system/processes/program.ts";

const NEVER = new AbortController().signal;

test("a sidecar whose port is taken before it listens gets another", async (t) => {
  const preferred = await freePort();
  const thief = createServer();
  t.teardown(() => thief.close());
  const programs: Program[] = [];
  const create = (port: number) => {
    if (programs.length === 0) {
      thief.listen(port, "127.0.0.1");
    }
    const program = programOf(t, "service/metadata-proxy/main.ts", port);
    programs.push(program);
    return program;
  };
  const sidecar = await startSidecar(create, preferred, NEVER);
  t.deepEqual(
    programs.map(({ pid }) => pid === undefined),
    [true, false],
  );
  t.is(programs[0]?.port, preferred);
  t.is((await fetch(`${sidecar.origin}/no/such/thing`)).status, 404);
});

test("a sidecar that cannot start delays nothing and is retried", async (t) => {
  const create = (port: number) => programOf(t, "__tests__/laptop/programs/fails-to-start.ts", port);
  const sidecar = await startSidecar(create, await freePort(), NEVER);
  await once(sidecar, "up");
  t.pass();
});

test("no sidecar starts while everything is stopping", async (t) => {
  const start = startSidecar(() => t.fail(), 0, AbortSignal.abort());
  await t.throwsAsync(start, { name: "AbortError" });
});

function programOf(t: ExecutionContext, file: string, port: number): Program {
  const program = new Program({ name: "sidecar", file, port, drainSeconds: 5, environment: {} });
  t.teardown(() => program.stop());
  return program;
}

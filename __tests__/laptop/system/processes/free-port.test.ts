import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import test, { type ExecutionContext } from "ava";
import { freePort } from "../../../../laptop/system/processes/free-port.ts";
import { testNeeding } from "../../../needs.ts";

const SOCKETS = "/proc/net/tcp";
const TIME_WAIT = "06";

test("a free port can be bound by one program after another", async (t) => {
  const port = await freePort();
  for (const _program of ["first", "second"]) {
    const server = await listenOn(t, port);
    t.is((server.address() as AddressInfo).port, port);
    server.close();
    await once(server, "close");
  }
});

test("returns the preferred port, or another if it is in use", async (t) => {
  const preferred = await freePort();
  t.is(await freePort(preferred), preferred);
  await listenOn(t, preferred);
  t.not(await freePort(preferred), preferred);
});

const testWithSockets = testNeeding(existsSync(SOCKETS) ? undefined : `no ${SOCKETS}`);

testWithSockets("is not assigned to programs that bind to port 0", async (t) => {
  const port = await freePort();
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const [state] = readFileSync(SOCKETS, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, local, , state]) => (local === address ? [state] : []));
  t.is(state, TIME_WAIT);
});

async function listenOn(t: ExecutionContext, port: number) {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  return server;
}

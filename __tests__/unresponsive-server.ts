import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { ExecutionContext } from "ava";

/** A server in a separate process that responds to everything with 200, until `freeze()`. */
const SERVER = `require("http").createServer((_request, response) => response.end("ok"))
  .listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () { console.log(this.address().port); });`;

export interface UnresponsiveServer {
  readonly port: number;
  /** Stops accepting connections: suspends the process and fills its backlog, so that further connections time out. */
  freeze(): Promise<void>;
}

export async function startUnresponsiveServer(t: ExecutionContext): Promise<UnresponsiveServer> {
  const server = spawn(process.execPath, ["--eval", SERVER], { stdio: ["ignore", "pipe", "inherit"] });
  const sockets: Socket[] = [];
  t.teardown(() => {
    server.kill("SIGKILL");
    for (const socket of sockets) {
      socket.destroy();
    }
  });
  const [line] = await once(server.stdout, "data");
  const port = Number(line);
  return {
    port,
    async freeze() {
      server.kill("SIGSTOP");
      for (let connected = true; connected; ) {
        const socket = connect(port, "127.0.0.1").on("error", () => {});
        sockets.push(socket);
        connected = await Promise.race([once(socket, "connect").then(() => true), pause(300, false)]);
      }
    },
  };
}

import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

/**
 * A port on 127.0.0.1 that nobody listens on: the preferred one if it can be had. For the next minute the operating system
 * gives it to nobody who asks for any port, only to who asks for this one: without that, another program may listen there
 * before the one that it is meant for has started.
 */
export async function freePort(preferred = 0): Promise<number> {
  // Of a connection, the end that closes first waits in TIME_WAIT: its port is taken, but not for who wants it by number.
  const server = createServer((socket) => socket.resume().end()).listen(preferred, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if (preferred === 0) {
      throw error;
    }
    return freePort();
  }
  const { port } = server.address() as AddressInfo;
  await once(connect(port, "127.0.0.1").resume(), "close");
  server.close();
  await once(server, "close");
  return port;
}

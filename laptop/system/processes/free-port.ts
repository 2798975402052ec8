import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

/**
 * Finds a free port on 127.0.0.1, the preferred one if possible. For the next minute, the operating system does not assign it
 * to programs that bind to port 0, so that it is still free when the program that it is meant for starts.
 */
export async function freePort(preferred = 0): Promise<number> {
  // The end of a connection that closes first stays in TIME_WAIT: only programs that bind to the port by number can use it.
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

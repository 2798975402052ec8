import { BlockList, isIP } from "node:net";

/** Thrown for a target that must not receive load; the message says why and what to do. */
export class TargetError extends Error {
  override readonly name = "TargetError";
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/**
 * Returns the origin of a load test's target, which must be on this machine unless `allowAnotherMachine` is true.
 * @throws {TargetError}
 */
export function targetOf(address: string, allowAnotherMachine: boolean): string {
  const url = URL.parse(address);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new TargetError(`--url is ${JSON.stringify(address)}: expected an address such as http://127.0.0.1:8080`);
  }
  if (!allowAnotherMachine && !isLoopback(url.hostname)) {
    throw new TargetError(
      `--url is on another machine, ${url.hostname}: expected 127.0.0.1, or --allow-another-machine if that machine is yours`,
    );
  }
  return url.origin;
}

/** Names other than localhost are not resolved: their address may change between the check and the requests. */
function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  return family === 0 ? host === "localhost" : LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}

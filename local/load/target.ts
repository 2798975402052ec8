import { BlockList, isIP } from "node:net";

/** Thrown for a target that is not to be attacked; the message says why and what to do. */
export class TargetError extends Error {
  override readonly name = "TargetError";
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/**
 * Origin of an address that may be attacked: one of this machine, unless any is allowed.
 * @throws {TargetError}
 */
export function targetOf(address: string, anyMachine: boolean): string {
  const url = URL.parse(address);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new TargetError(`--url is ${JSON.stringify(address)}: expected an address such as http://127.0.0.1:8080`);
  }
  if (!anyMachine && !isLoopback(url.hostname)) {
    throw new TargetError(
      `--url is on another machine, ${url.hostname}: expected 127.0.0.1, or --attack-another-machine if that machine is yours`,
    );
  }
  return url.origin;
}

/** Names are not looked up: whatever they stand for now, they may stand for something else in a moment. */
function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  return family === 0 ? host === "localhost" : LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}

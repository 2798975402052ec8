import { BlockList, isIP } from "node:net";

/** True for an IP address of one of these versions (4, 6). */
export function isAddress(text: string, versions: readonly number[]): boolean {
  return versions.includes(isIP(text));
}

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((subnet) => subnetTest(subnet, [4]));

/** True for an address in a private range of RFC 1918. */
export function isPrivate(address: string): boolean {
  return PRIVATE.some((contains) => contains?.(address));
}

/** Returns a test for addresses within a subnet; undefined for anything but CIDR notation in one of these IP versions. */
export function subnetTest(subnet: string, versions: readonly number[]): ((address: string) => boolean) | undefined {
  const [, network = "", digits = ""] = /^([^%/]+)\/(\d{1,3})$/.exec(subnet) ?? [];
  const version = isIP(network);
  const prefix = Number(digits);
  if (!versions.includes(version) || prefix > (version === 4 ? 32 : 128)) {
    return undefined;
  }
  const family = version === 4 ? "ipv4" : "ipv6";
  const addresses = new BlockList();
  addresses.addSubnet(network, prefix, family);
  return (address) => isIP(address) === version && !address.includes("%") && addresses.check(address, family);
}

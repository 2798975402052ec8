import { BlockList, isIP } from "node:net";

/** True when `outer` contains every address of `inner`. Ranges are written as `10.0.0.0/16` or `2001:db8::/32`. */
export function covers(outer: string, inner: string): boolean {
  if (outer === inner) {
    return true;
  }
  const [whole, part] = [parse(outer), parse(inner)];
  if (whole === undefined || part === undefined || whole.family !== part.family || whole.prefix > part.prefix) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(whole.address, whole.prefix, whole.family);
  return list.check(part.address, whole.family);
}

/** True for 0.0.0.0/0, ::/0 and any other public range too large to have a single owner. */
export function isVast(range: string): boolean {
  const { family, prefix } = parse(range) ?? { family: "ipv4", prefix: 32 };
  return prefix < (family === "ipv4" ? 8 : 16) && !covers(UNIQUE_LOCAL, range);
}

/** Private addresses of IPv6: RFC 4193. */
const UNIQUE_LOCAL = "fc00::/7";

/** More than a usual VPC, which has at most a /16 (Amazon VPC user guide, "VPC CIDR blocks"). */
export function isWide(range: string): boolean {
  const prefix = Number(range.split("/")[1]);
  return prefix < (range.includes(":") ? 56 : 16);
}

/** Both halves of an IPv4 range, such as `10.0.0.0/9` and `10.128.0.0/9`, or of `::/0`; none for other ranges and single addresses. */
export function halvesOf(range: string): readonly string[] {
  const { address = "", prefix = 32, family } = parse(range) ?? {};
  if (family !== "ipv4" || prefix === 32) {
    return family === "ipv6" && prefix === 0 ? ["::/1", "8000::/1"] : [];
  }
  const size = 2 ** (31 - prefix);
  const first = Math.floor(addressNumber(address) / (2 * size)) * 2 * size;
  return [first, first + size].map((half) => `${written(half)}/${prefix + 1}`);
}

/** An IPv4 address as a number. */
export function addressNumber(address: string): number {
  return address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

function written(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}

type Family = "ipv4" | "ipv6";

function parse(range: string): { address: string; prefix: number; family: Family } | undefined {
  const [address = "", length = ""] = range.split("/");
  const version = isIP(address);
  const prefix = Number(length);
  if (version === 0 || !/^\d{1,3}$/.test(length) || prefix > (version === 4 ? 32 : 128)) {
    return undefined;
  }
  return { address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}

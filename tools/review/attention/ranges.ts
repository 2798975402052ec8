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

/** True for 0.0.0.0/0, ::/0 and any other range too large to have a single owner. */
export function isVast(range: string): boolean {
  const { family, prefix } = parse(range) ?? { family: "ipv4", prefix: 32 };
  return prefix < (family === "ipv4" ? 8 : 16);
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

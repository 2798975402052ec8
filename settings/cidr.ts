const OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const RANGE = new RegExp(`^${OCTET}(\\.${OCTET}){3}/(3[0-2]|[12]?\\d)$`);

export function isRange(text: string): boolean {
  return RANGE.test(text);
}

export function prefixLength(range: string): number {
  return Number(range.split("/")[1]);
}

/** True if no bit after the prefix is set: 10.0.0.0/16, but not 10.0.1.0/16. */
export function startsAtItsNetwork(range: string): boolean {
  return addressOf(range) % 2 ** (32 - prefixLength(range)) === 0;
}

/** True if the outer range contains every address of the inner range. */
export function contains(outer: string, inner: string): boolean {
  const size = 2 ** (32 - prefixLength(outer));
  return (
    prefixLength(inner) >= prefixLength(outer) &&
    Math.floor(addressOf(inner) / size) === Math.floor(addressOf(outer) / size)
  );
}

/** True if the ranges have an address in common. */
export function overlap(a: string, b: string): boolean {
  return contains(a, b) || contains(b, a);
}

/**
 * Returns one of the equal subranges with a prefix that is `extraBits` longer, counted from 0:
 * `subrange("10.0.0.0/16", 4, 2)` is `10.0.32.0/20`.
 */
export function subrange(range: string, extraBits: number, index: number): string {
  const length = prefixLength(range) + extraBits;
  if (length > 32 || index < 0 || index >= 2 ** extraBits) {
    throw new RangeError(`${range} has no part ${index} at /${length}`);
  }
  return `${textOf(addressOf(range) + index * 2 ** (32 - length))}/${length}`;
}

function addressOf(range: string): number {
  const [address = ""] = range.split("/");
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

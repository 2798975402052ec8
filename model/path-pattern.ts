/** True if a path can match both patterns, such as `/a/*` and `/a/b/*`: only one of their listener rules would get it. */
export function overlap(one: string, other: string): boolean {
  return begins(one, other) || begins(other, one);
}

/** True if every path of a pattern begins with another pattern, segment by segment. */
function begins(path: string, other: string): boolean {
  return `${path.replace(/\/\*$/, "")}/`.startsWith(`${other.replace(/\/\*$/, "")}/`);
}

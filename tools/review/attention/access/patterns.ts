/**
 * True when a pattern with `*` and `?` matches every string that another one matches. Takes at most the product of both lengths in
 * steps.
 */
export function matches(outer: string, inner: string): boolean {
  let [position, star, resume] = [0, -1, 0];
  for (let index = 0; index < inner.length; ) {
    if (outer[position] === "*") {
      star = position++;
      resume = index;
    } else if (outer[position] === inner[index] || (outer[position] === "?" && inner[index] !== "*")) {
      position++;
      index++;
    } else if (star >= 0) {
      position = star + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  return /^\**$/.test(outer.slice(position));
}

export function hasWildcard(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

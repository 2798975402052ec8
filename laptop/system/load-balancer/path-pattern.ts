/**
 * Compiles a path pattern as the load balancer and CloudFront match it: `*` matches any number of characters, including `/`;
 * `?` matches exactly one; matching is case-sensitive; the query is not part of the path.
 */
export function pathPattern(pattern: string): (path: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`, "s");
  return (path) => expression.test(path);
}

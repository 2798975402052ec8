/**
 * A path pattern as the load balancer and CloudFront read it: `*` stands for any characters, `/` among them, or for none;
 * `?` for exactly one; upper and lower case differ; the query is no part of the path.
 */
export function pathPattern(pattern: string): (path: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`, "s");
  return (path) => expression.test(path);
}

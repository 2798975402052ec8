import test from "ava";
import { pathPattern } from "../../../../laptop/system/load-balancer/path-pattern.ts";

const LIKE = "/mysfits/*/like";

for (const [pattern, path, fits] of [
  [LIKE, "/mysfits/4e53920c/like", true],
  [LIKE, "/mysfits/a/b/like", true],
  [LIKE, "/mysfits//like", true],
  [LIKE, "/mysfits/like", false],
  [LIKE, "/mysfits/a/like/", false],
  [LIKE, "/mysfits/a/fulfill-like", false],
  [LIKE, "/Mysfits/a/like", false],
  [LIKE, "/mysfits/a%2Flike", false],
  [LIKE, "/mysfits/a\n/like", true],
  ["/mysfits", "/mysfits", true],
  ["/mysfits", "/mysfits/", false],
  ["/mysfits/*", "/mysfits/", true],
  ["/mysfits/*", "/mysfitsx", false],
  ["/*", "/", true],
  ["/a?c", "/abc", true],
  ["/a?c", "/ac", false],
  ["/a?c", "/a/c", true],
  ["/a.c", "/abc", false],
  ["/a+(b)$", "/a+(b)$", true],
] as const) {
  test(`${pattern} ${fits ? "matches" : "does not match"} ${JSON.stringify(path)}`, (t) => {
    t.is(pathPattern(pattern)(path), fits);
  });
}

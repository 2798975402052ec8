import test from "ava";
import { findsOddLikes } from "../../../../../laptop/console/pages/labs/odd-likes.ts";
import { ODD_LIKES } from "../../../../../model/monitoring/tracing.ts";

for (const filter of [
  ODD_LIKES.filter,
  "responsetime > 1 OR error",
  'service("like service") AND (responsetime > 0.5 OR http.status = 404)',
  'annotation.chaos = "burn" OR annotation.chaos = "deny"',
]) {
  test(`accepts a filter that finds slow and failed likes: ${filter}`, (t) => {
    t.true(findsOddLikes(filter));
  });
}

for (const filter of ["", "http.status = 404", "responsetime > 1", 'http.method = "POST"', "ok", "error"]) {
  test(`rejects a filter that finds only some of them, or others too: ${filter || "no filter"}`, (t) => {
    t.false(findsOddLikes(filter));
  });
}

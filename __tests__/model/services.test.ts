import test from "ava";
import { requireDistinctPaths, SERVICES } from "../../model/services.ts";

test("two services whose paths overlap are rejected", (t) => {
  t.notThrows(() => requireDistinctPaths(SERVICES));
  t.notThrows(() =>
    requireDistinctPaths({ one: { path: "/badge/*" }, two: { path: "/badges/*" }, rest: {}, other: {} }),
  );
  for (const path of ["/badge/*", "/badge/old/*"]) {
    t.throws(() => requireDistinctPaths({ badge: { path: "/badge/*" }, second: { path } }), {
      message: `the path of the second service is "${path}": expected a pattern apart from /badge/*, which belongs to the badge service`,
    });
  }
});

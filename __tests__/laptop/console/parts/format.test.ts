import test from "ava";
import { bytes, choice, digits, duration, list, percent, rate } from "../../../../laptop/console/parts/format.ts";

for (const [what, format, cases] of [
  [
    "seconds",
    duration,
    [
      // A clock that was set back.
      [-3_600, "0 ms"],
      [0, "0 ms"],
      [0.00085, "850 µs"],
      [0.0123, "12.3 ms"],
      [1.524, "1.52 s"],
      [119, "119 s"],
      [119.7, "2 min"],
      [120, "2 min"],
      [163.2, "2 min 43 s"],
      [6_600, "110 min"],
      [12_600, "3 h 30 min"],
      [3.5 * 86_400, "3 days 12 h"],
    ],
  ],
  [
    "bytes",
    bytes,
    [
      [0, "0 B"],
      [12.34 * 1024 ** 2, "12.3 MiB"],
      [3_000 * 1024 ** 3, "3,000 GiB"],
    ],
  ],
  [
    "a rate",
    rate,
    [
      [0, "0 /s"],
      [0.05, "3 /min"],
      [12.34, "12.3 /s"],
    ],
  ],
  [
    "a share",
    percent,
    [
      [0.0424, "4.2%"],
      [0.424, "42%"],
      [0, "0%"],
      [0.0004, "< 0.1%"],
      [0.001, "0.1%"],
      [0.996, "99.6%"],
      [0.9996, "> 99.9%"],
      [1, "100%"],
    ],
  ],
  [
    "a number",
    digits,
    [
      [1234.5, "1,235"],
      [12.345, "12.3"],
      [0.12345, "0.12"],
      [0.0123, "0.012"],
      [-0.00042, "-0.00042"],
      [0, "0"],
    ],
  ],
] as const) {
  test(`${what} as people read it`, (t) => {
    t.deepEqual(
      cases.map(([number]) => format(number)),
      cases.map(([, said]) => said),
    );
  });
}

test("a list of three or more items has commas", (t) => {
  t.is(list(["like"]), "like");
  t.is(list(["like", "monolith"]), "like and monolith");
  t.is(list(["like", "monolith", "badge"]), "like, monolith, and badge");
  t.is(choice(["like", "monolith", "badge"]), "like, monolith, or badge");
});

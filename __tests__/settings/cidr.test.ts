import test from "ava";
import fc from "fast-check";
import { contains, prefixLength, startsAtItsNetwork, subrange } from "../../settings/cidr.ts";

test("a /16 has sixteen /20 subranges", (t) => {
  t.is(subrange("10.0.0.0/16", 4, 0), "10.0.0.0/20");
  t.is(subrange("10.0.0.0/16", 4, 2), "10.0.32.0/20");
  t.is(subrange("10.0.0.0/16", 4, 15), "10.0.240.0/20");
  t.throws(() => subrange("10.0.0.0/16", 4, 16), { instanceOf: RangeError });
});

test("every subrange is a separate range", (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 16, max: 22 }),
      fc.integer({ min: 0, max: 15 }),
      fc.integer({ min: 0, max: 255 }),
      (length, index, octet) => {
        const part = subrange(`${octet}.${octet}.0.0/${length}`, 4, index);
        const whole = `${octet}.${octet}.0.0/${length}`;
        return (
          prefixLength(part) === length + 4 &&
          startsAtItsNetwork(part) &&
          contains(whole, part) &&
          !contains(part, whole) &&
          !contains(subrange(whole, 4, (index + 1) % 16), part)
        );
      },
    ),
  );
  t.pass();
});

import test from "ava";
import fc from "fast-check";
import { MIN_LENGTH, SecretSearch } from "../../../../tools/review/secrets/search.ts";

const HIDDEN = "(sensitive)";

test("replaces every copy, at the beginning, inside, and at the end", (t) => {
  const search = new SecretSearch(["correct horse"]);
  t.is(search.replace("correct horse", HIDDEN), HIDDEN);
  t.is(search.replace("a correct horse, correct horsecorrect horse", HIDDEN), `a ${HIDDEN}, ${HIDDEN}${HIDDEN}`);
  t.is(search.replace("a correct house", HIDDEN), "a correct house");
});

test("of secrets with the same beginning, replaces the longest one", (t) => {
  const search = new SecretSearch(["password-1", "password-1-long", "password-1-longer"]);
  t.is(search.replace("password-1-long password-1-longer password-1-lon", HIDDEN), `${HIDDEN} ${HIDDEN} ${HIDDEN}-lon`);
});

test("keeps digits that are part of a longer number", (t) => {
  const search = new SecretSearch(["12345678", "1234567890"]);
  t.is(search.replace("12345678 x12345678y", HIDDEN), `${HIDDEN} x${HIDDEN}y`);
  t.is(search.replace("123456789 012345678 12345678901", HIDDEN), "123456789 012345678 12345678901");
});

test("without secrets, or in a shorter text, changes nothing", (t) => {
  t.is(new SecretSearch([]).replace("correct horse", HIDDEN), "correct horse");
  t.is(new SecretSearch(["correct horse"]).replace("correct", HIDDEN), "correct");
  t.is(new SecretSearch(["correct horse"]).replace("", HIDDEN), "");
});

test("finds the same copies as a regular expression with all secrets", (t) => {
  // A small alphabet, so that secrets share prefixes, overlap, and occur in the text.
  const letters = fc.constantFrom("a", "b", "1", "é", "\ud83d", ".");
  const secret = fc.string({ unit: letters, minLength: MIN_LENGTH, maxLength: MIN_LENGTH + 4 });
  const property = fc.property(
    fc.array(secret, { maxLength: 8 }).chain((secrets) => {
      const part = fc.oneof(fc.string({ unit: letters, maxLength: 4 }), fc.constantFrom("", ...secrets));
      return fc.tuple(
        fc.constant(secrets),
        fc.array(part).map((parts) => parts.join("")),
      );
    }),
    ([secrets, text]) => {
      t.is(new SecretSearch(secrets).replace(text, HIDDEN), byPattern(secrets, text));
    },
  );
  fc.assert(property, { numRuns: 2000 });
});

function byPattern(secrets: readonly string[], text: string): string {
  const patterns = secrets
    .toSorted((one, other) => other.length - one.length)
    .map((secret) => (/^\d+$/.test(secret) ? `(?<!\\d)${secret}(?!\\d)` : RegExp.escape(secret)));
  return patterns.length === 0 ? text : text.replace(new RegExp(patterns.join("|"), "g"), HIDDEN);
}

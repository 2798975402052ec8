const COMPACT = new Intl.NumberFormat("en", { notation: "compact", compactDisplay: "long", maximumFractionDigits: 1 });
const GROUPED = new Intl.NumberFormat("en");

/**
 * "2 billion years", "2,709 years", "1 year".
 *
 * @param {number} years
 */
export function ageInWords(years) {
  return `${(years < 1e6 ? GROUPED : COMPACT).format(years)} ${years === 1 ? "year" : "years"}`;
}

/**
 * "1 mysfit", "12 mysfits".
 *
 * @param {number} count
 * @param {string} thing
 */
export function counted(count, thing) {
  return `${GROUPED.format(count)} ${thing}${count === 1 ? "" : "s"}`;
}

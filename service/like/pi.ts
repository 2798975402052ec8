const DIGITS_PER_TERM = 14;
const GUARD_DIGITS = 10n;

/**
 * Pi with this many decimal places, rounded down. The Chudnovsky series is computed naively on purpose, to use CPU: every
 * factorial from scratch, every term an exact fraction, one division at the end.
 */
export default function pi(digits: number): string {
  let numerator = 0n;
  let denominator = 1n;
  for (let k = 0; k <= digits / DIGITS_PER_TERM; k += 1) {
    const above = (-1n) ** BigInt(k) * factorial(6 * k) * (545140134n * BigInt(k) + 13591409n);
    const below = factorial(3 * k) * factorial(k) ** 3n * 640320n ** BigInt(3 * k);
    numerator = numerator * below + above * denominator;
    denominator *= below;
  }
  const one = 10n ** (BigInt(digits) + GUARD_DIGITS);
  const scaled = (426880n * squareRoot(10005n * one * one) * denominator) / numerator;
  const text = String(scaled / 10n ** GUARD_DIGITS);
  return `${text.slice(0, 1)}.${text.slice(1)}`;
}

function factorial(n: number): bigint {
  let product = 1n;
  for (let factor = 2; factor <= n; factor += 1) {
    product *= BigInt(factor);
  }
  return product;
}

/** The integer square root, by Newton's method from above. */
function squareRoot(square: bigint): bigint {
  let root = 1n << BigInt(square.toString(16).length * 2);
  for (;;) {
    const next = (root + square / root) / 2n;
    if (next >= root) {
      return root;
    }
    root = next;
  }
}

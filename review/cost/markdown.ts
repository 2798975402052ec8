import { cell, words } from "../markdown/escape.ts";
import { type Cost, total } from "./estimate.ts";

/** The cost of a month by service, as it is and as the plans will leave it. */
export function costTable(cost: Cost): string {
  const families = [...new Set(cost.lines.map(({ family }) => family))];
  const assumed = total(
    cost.lines.filter((line) => line.assumed !== undefined),
    "after",
  );
  return [
    `**${money(cost.after)} a month, ${change(cost.before, cost.after) || "as before"}.** ` +
      `Of that, ${money(cost.after - assumed)} by the hour or the piece and ${money(assumed)} by assumptions. ` +
      `Prices of ${cost.region} as of ${cost.pricesOf}, before taxes and free allowances.`,
    "",
    "| service | now | then | difference |",
    "| --- | ---: | ---: | ---: |",
    ...families.map((family) => {
      const lines = cost.lines.filter((line) => line.family === family);
      return row(family, total(lines, "before"), total(lines, "after"));
    }),
    row("**together**", cost.before, cost.after),
    ...notIncluded(cost),
  ].join("\n");
}

/** Every line of the bill, and what it takes for granted. */
export function costLines({ lines }: Cost): string {
  return [
    "| what | price | now | then | assumed |",
    "| --- | ---: | ---: | ---: | --- |",
    ...lines.map(
      ({ family, what, per, usd, before, after, assumed = "" }) =>
        `| ${family}: ${words(what)} | $${usd} per ${per} | ${amount(before)} | ${amount(after)} | ${assumed} |`,
    ),
  ].join("\n");
}

/** What the sum leaves out; nothing of it is guessed. */
function notIncluded({ unpriced, unknown }: Cost): string[] {
  const strangers = Object.entries(unknown);
  return [
    ...(unpriced.length > 0
      ? ["", `Billed, but not in the sum: ${unpriced.map(({ what, why }) => `${words(what)} (${why})`).join("; ")}.`]
      : []),
    ...(strangers.length > 0
      ? [
          "",
          `Nobody has said what these cost: ${strangers.map(([type, count]) => `${cell(type)} (${count})`).join(", ")}.`,
        ]
      : []),
  ];
}

function row(name: string, before: number, after: number): string {
  return `| ${name} | ${money(before)} | ${money(after)} | ${change(before, after)} |`;
}

/** Nothing where the difference rounds to nothing. */
function change(before: number, after: number): string {
  const cents = Math.round((after - before) * 100);
  return cents === 0 ? "" : `${cents > 0 ? "+" : "-"}${money(Math.abs(cents) / 100)}`;
}

function money(usd: number): string {
  // Sums of binary fractions end a hair beside the half cents that decimal ones would hit.
  return `$${Number(usd.toFixed(6)).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function amount(quantity: number): string {
  return quantity.toLocaleString("en-US", { maximumSignificantDigits: 6 });
}

import { cell, words } from "../markdown/escape.ts";
import { type Cost, total } from "./estimate.ts";

/** The monthly cost by service before and after the change. */
export function costTable(cost: Cost): string {
  const families = [...new Set(cost.lines.map(({ family }) => family))];
  const assumed = total(
    cost.lines.filter((line) => line.assumed !== undefined),
    "after",
  );
  return [
    `**${money(cost.after)} a month, ${change(cost.before, cost.after) || unchanged(cost)}.** ` +
      `Of that, ${money(cost.after - assumed)} is known from the plans and ${money(assumed)} is based on assumptions. ` +
      `Prices of ${cost.region} as of ${cost.pricesOf}, before taxes and free allowances.`,
    "",
    "| service | before | after | difference |",
    "| --- | ---: | ---: | ---: |",
    ...families.map((family) => {
      const lines = cost.lines.filter((line) => line.family === family);
      return row(family, total(lines, "before"), total(lines, "after"));
    }),
    row("**total**", cost.before, cost.after),
    ...notIncluded(cost),
  ].join("\n");
}

/** Every line of the bill with its assumption. */
export function costLines({ lines }: Cost): string {
  return [
    "| item | price | before | after | assumption |",
    "| --- | ---: | ---: | ---: | --- |",
    ...lines.map(
      ({ family, what, per, usd, before, after, assumed = "" }) =>
        `| ${family}: ${words(what)} | $${usd} per ${per} | ${amount(before)} | ${amount(after)} | ${assumed} |`,
    ),
  ].join("\n");
}

/** The items that the sum does not include. */
function notIncluded({ unpriced, unknown }: Cost): string[] {
  const unknownTypes = Object.entries(unknown);
  return [
    ...(unpriced.length > 0
      ? ["", `Billed, but not in the sum: ${unpriced.map(({ what, why }) => `${words(what)} (${why})`).join("; ")}.`]
      : []),
    ...(unknownTypes.length > 0
      ? [
          "",
          `Types without a known cost: ${unknownTypes.map(([type, count]) => `${cell(type)} (${count})`).join(", ")}.`,
        ]
      : []),
  ];
}

function unchanged({ changesUnpriced }: Cost): string {
  return changesUnpriced ? "as before, without what has no price here" : "as before";
}

function row(name: string, before: number, after: number): string {
  return `| ${name} | ${money(before)} | ${money(after)} | ${change(before, after)} |`;
}

/** Empty if the difference rounds to zero. */
function change(before: number, after: number): string {
  const difference = money(Math.abs(after - before));
  return difference === money(0) ? "" : `${after > before ? "+" : "-"}${difference}`;
}

function money(usd: number): string {
  // Binary fractions are slightly off the half cents that decimal sums would give.
  return `$${Number(usd.toFixed(6)).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function amount(quantity: number): string {
  return quantity.toLocaleString("en-US", { maximumSignificantDigits: 6 });
}

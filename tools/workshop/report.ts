import type { WorkshopPlan } from "./plan.ts";
import type { QuotaUse } from "./quota-use.ts";

/** Formats a plan for a terminal. */
export function report(plan: WorkshopPlan): string {
  const { base, region, participants, quotas } = plan;
  const tooSmall = quotas.filter(({ total, standard }) => total > standard);
  return [
    `${participants} participants in ${region}, with the base environment ${base}: ${participants + 1} environments`,
    "",
    ...table(quotas),
    "",
    ...(tooSmall.length === 0
      ? ["Every default quota is large enough."]
      : ["Request before the workshop; an increase can take several days:", ...tooSmall.map(request)]),
    "",
    ...shared(plan),
    ...cost(plan),
    "",
    `The quotas are AWS's defaults. npm run preflight has those of the account, and what is already in use.`,
  ].join("\n");
}

function table(quotas: readonly QuotaUse[]): string[] {
  const rows = quotas.map(({ name, standard, base, each, total }) => [name, standard, base, each, total].map(String));
  return aligned([["quota", "default", "base", "each", "all"], ...rows]).map(
    (row, index) => `${row}${note(quotas[index - 1])}`,
  );
}

function note(quota: QuotaUse | undefined): string {
  return quota === undefined || quota.total <= quota.standard ? "" : `  too small: ${quota.fits} participants fit`;
}

/** Pads the columns of a table; all but the first hold numbers. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map(
    (row) =>
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart((widths[column] ?? 0) + 2))).join("")}`,
  );
}

function request({ name, total, code }: QuotaUse): string {
  return code
    ? `  ${name}: aws service-quotas request-service-quota-increase --service-code ${code[0]} --quota-code ${code[1]} --desired-value ${Math.ceil(total)}`
    : `  ${name}: ${total} from AWS Support, or spread the participants over several regions or accounts`;
}

/** Names the resources of the base that participants use instead of creating their own. */
function shared({ base, quotas }: WorkshopPlan): string[] {
  const names = quotas.filter((quota) => quota.base > 0 && quota.each === 0).map(({ name }) => name);
  return names.length === 0
    ? []
    : [`Shared from ${base}: ${names.map((name) => name.replace(/ per region$/, "")).join(", ")}`, ""];
}

function cost({ cost, participants }: WorkshopPlan): string[] {
  if ("unknown" in cost) {
    return [`Cost: unknown, because ${cost.unknown}`];
  }
  const { base, each } = cost;
  return [
    `Cost per day: ${money(base)} for the base, ${money(each)} for each participant, ${money(base + participants * each)} in total`,
    "(estimated as in docs/cost.md, without the load tests of lab 4 and the participants' traffic through the base's NAT gateway)",
  ];
}

function money(usd: number): string {
  return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

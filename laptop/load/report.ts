import type { LoadProfile } from "../../model/load-profile.ts";
import type { LoadReport } from "./load-run.ts";

/** Formats the progress of a load test in one line. */
export function progressLine({ durationSeconds }: LoadProfile, report: LoadReport): string {
  const { seconds, requests, inProgress, failed, latency } = report;
  return [
    `${seconds.toFixed(0)} of ${durationSeconds} s`,
    `${count(requests)} likes`,
    `${count(inProgress)} in progress`,
    `${count(failed)} failed`,
    ...(latency ? [`p50 ${milliseconds(latency.p50)}`, `p99 ${milliseconds(latency.p99)}`] : []),
  ].join("   ");
}

/** Formats the report of a load test. */
export function reportText(report: LoadReport): string {
  const { requests, seconds, sendingSeconds, responses, withoutResponse, failed, latency } = report;
  const line = (name: string, ...values: string[]) => `${name.padEnd(12)}${values.join("   ")}`;
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([what, number]) => `${what}: ${count(number)}`);
  const answered = Object.values(responses).reduce((sum, number) => sum + number, 0);
  const rates = [
    `${(requests / sendingSeconds || 0).toFixed(1)}/s sent`,
    `${(answered / seconds || 0).toFixed(1)}/s answered`,
  ];
  return [
    line("likes", `${count(requests)} in ${seconds.toFixed(1)} s`, ...rates),
    line("responses", ...(counted(responses).length > 0 ? counted(responses) : ["none"])),
    ...(Object.keys(withoutResponse).length > 0 ? [line("no response", ...counted(withoutResponse))] : []),
    ...(latency
      ? [line("time", ...Object.entries(latency).map(([name, value]) => `${name} ${milliseconds(value)}`))]
      : []),
    line("failed", count(failed), percent(failed, requests)),
  ].join("\n");
}

/** A share in whole percent; only none is 0%, and only all are 100%. */
function percent(part: number, whole: number): string {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  const isExact = part === 0 || part === whole || (share >= 1 && share <= 99);
  return `${isExact ? share.toFixed(0) : Math.min(Math.max(share, 0.01), 99.99).toFixed(2)}%`;
}

function count(number: number): string {
  return number.toLocaleString("en");
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

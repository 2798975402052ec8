import type { Attack } from "../../specs/attack.ts";
import type { LoadReport } from "./load-run.ts";

/** One line of how an attack goes. */
export function progressLine({ durationSeconds }: Attack, report: LoadReport): string {
  const { seconds, requests, underWay, failed, latency } = report;
  return [
    `${seconds.toFixed(0)} of ${durationSeconds} s`,
    `${count(requests)} likes`,
    `${count(underWay)} under way`,
    `${count(failed)} failed`,
    ...(latency ? [`p50 ${milliseconds(latency.p50)}`, `p99 ${milliseconds(latency.p99)}`] : []),
  ].join("   ");
}

/** What came of an attack, for a person. */
export function reportText({ requests, seconds, answers, unanswered, failed, latency }: LoadReport): string {
  const line = (name: string, ...values: string[]) => `${name.padEnd(12)}${values.join("   ")}`;
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([what, number]) => `${what}: ${count(number)}`);
  const share = requests === 0 ? 0 : (100 * failed) / requests;
  return [
    line("likes", `${count(requests)} in ${seconds.toFixed(1)} s`, `${(requests / seconds || 0).toFixed(1)}/s`),
    line("answers", ...(counted(answers).length > 0 ? counted(answers) : ["none"])),
    ...(Object.keys(unanswered).length > 0 ? [line("no answer", ...counted(unanswered))] : []),
    ...(latency
      ? [line("time", ...Object.entries(latency).map(([name, value]) => `${name} ${milliseconds(value)}`))]
      : []),
    line("failed", `${count(failed)}   ${share.toFixed(share > 0 && share < 1 ? 2 : 0)} %`),
  ].join("\n");
}

function count(number: number): string {
  return number.toLocaleString("en");
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

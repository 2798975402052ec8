import { z } from "zod";
import type { ReviewJson } from "../json-schema.ts";

const pullRequest = z.object({
  pull_request: z.object({ labels: z.array(z.object({ name: z.string() })) }),
});

/** Blocks a pull request whose review has a danger until a maintainer adds the label. */
export function gate({ counts }: ReviewJson, event: unknown, label: string): { passes: boolean; message: string } {
  const { labels } = pullRequest.parse(event).pull_request;
  const dangers = counts.danger;
  if (dangers === 0) {
    return { passes: true, message: "no danger found" };
  }
  const found = dangers === 1 ? "1 danger found" : `${dangers} dangers found`;
  return labels.some(({ name }) => name === label)
    ? { passes: true, message: `${found}, accepted by the label "${label}"` }
    : { passes: false, message: `${found}: read the review, then add the label "${label}" to accept` };
}

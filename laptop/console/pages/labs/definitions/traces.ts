import { ODD_LIKES } from "../../../../../model/monitoring/tracing.ts";
import type { Lab } from "../lab.ts";
import { LINKS } from "../links.ts";
import { findsOddLikes } from "../odd-likes.ts";

export const traces: Lab = {
  name: "traces",
  title: "The path of a like through the services",
  minutes: 45,
  goal: "See which part of a request takes the time, filter for slow and failed likes, and fix the cause.",
  steps: [
    {
      title: "Trace some likes",
      text: "Both services send a segment for each sampled request to the X-Ray daemon next to them. The trace ID in `X-Amzn-Trace-Id` connects the segments. Like a few mysfits and look for traces with segments of both services.",
      links: [
        { label: "The site", to: "site" },
        { label: "Traces", to: LINKS.traces },
      ],
      hint: "Only a sample of the requests is traced: 5 likes per second and 10% of the rest. Health checks are never traced.",
      begin: () => {
        const since = Date.now();
        return (event) => event?.kind === "trace search" && event.complete >= since;
      },
    },
    {
      title: "Filter for slow and failed likes",
      text: "Averages look good, because most requests are. Write a filter expression that matches only likes that failed or took the like service longer than a second.",
      links: [{ label: "Traces", to: LINKS.traces }],
      hint: `The complete expression: \`${ODD_LIKES.filter}\`. In X-Ray a 4xx response is an error, a 5xx response is a fault.`,
      begin: () => (event) =>
        event?.kind === "trace search" && event.filter !== "" && event.found > 0 && findsOddLikes(event.filter),
    },
    {
      title: "Open a failed like",
      text: "Follow a failed like through its segments. How far did it get? Which annotation does the segment of the like service have?",
      links: [{ label: "Traces of odd likes", to: LINKS.oddTraces }],
      hint: 'There is no call to the monolith: the like service itself rejected the like. The annotation `chaos` is `deny`. The filter `annotation.chaos = "deny"` finds all of them.',
      begin: () => (event) => event?.kind === "trace" && event.chaos.includes("deny"),
    },
    {
      title: "Open a slow like",
      text: "Now open a like that succeeded but was slow. How long is the segment of the like service, and how much of it is the call to the monolith?",
      links: [{ label: "Traces of odd likes", to: LINKS.oddTraces }],
      hint: 'The call is a short bar at the end of a long one. Before it there are no calls: the service itself uses the time. On a fast machine no like takes a second; `annotation.chaos = "burn"` finds these likes anyway.',
      begin: () => (event) => event?.kind === "trace" && event.chaos.includes("burn"),
    },
    {
      title: "Fix it",
      text: "Metrics, logs, and traces all lead to one variable. Correct it, roll out the change, and like a few mysfits.",
      links: [{ label: "Tasks", to: LINKS.tasks }],
      hint: "On **Tasks**, under like, set `CHAOSMODE` to `off` and choose **Roll out**.",
      begin: ({ environment, likes }) => {
        // Number of likes at the last check before the fix, so that a like sent right after the fix counts, even before the
        // next check.
        let before = likes().sent;
        return () => {
          const isFixed = environment("like").CHAOSMODE === "off";
          if (!isFixed) {
            before = likes().sent;
          }
          return isFixed && likes().sent > before;
        };
      },
    },
  ],
};

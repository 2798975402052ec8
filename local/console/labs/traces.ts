import { ODD_LIKES } from "../../../specs/monitoring/tracing.ts";
import type { Lab } from "./lab.ts";
import { PLACES } from "./places.ts";

export const traces: Lab = {
  name: "traces",
  title: "One like on its way through the services",
  minutes: 45,
  goal: "See where in a request the time goes, separate the odd likes from the good ones with a filter expression, and end it.",
  steps: [
    {
      title: "Get likes traced",
      text: "Both services send a segment of each sampled request to the X-Ray daemon beside them, and the same trace id in `X-Amzn-Trace-Id` ties the segments together. Like a few mysfits and look for traces in which both services have a part.",
      links: [
        { label: "The site", to: "site" },
        { label: "Traces", to: PLACES.traces },
      ],
      hint: "Not every request is traced: of the likes five in a second are, and a tenth of the rest. Health checks never are.",
      done: ({ wholeTrace }) => wholeTrace,
    },
    {
      title: "Leave only the odd likes",
      text: "On average all looks well, since most requests are. Write a filter expression that leaves the likes which failed, or took the like service longer than a second.",
      links: [{ label: "Traces", to: PLACES.traces }],
      hint: `The whole of it: \`${ODD_LIKES.filter}\`. In X-Ray an answer of 4xx is an error, one of 5xx is a fault.`,
      done: ({ filters }) => filters.some(({ found, odd }) => found > 0 && found === odd),
    },
    {
      title: "Open one that failed",
      text: "Follow a like that failed through its segments. How far did it get? What does the segment of the like service have as an annotation?",
      links: [{ label: "Traces of odd likes", to: PLACES.oddTraces }],
      hint: 'There is no call to the monolith: the like service refused by itself. The annotation `chaos` says `deny`. With `annotation.chaos = "deny"` you get all of these.',
      done: ({ openedChaos }) => openedChaos.has("deny"),
    },
    {
      title: "Open one that took its time",
      text: "Now one that worked but was slow. How long is the segment of the like service, and how much of that is the call to the monolith?",
      links: [{ label: "Traces of odd likes", to: PLACES.oddTraces }],
      hint: 'The call is a short stroke at the end of a long bar. What comes before it calls nobody: the service itself is at work. `annotation.chaos = "burn"` finds such likes also where the machine is too fast for a whole second.',
      done: ({ openedChaos }) => openedChaos.has("burn"),
    },
    {
      title: "End it",
      text: "Metrics, logs and traces lead to one variable. Set it right, roll the change out, and like a few mysfits.",
      links: [{ label: "Tasks", to: PLACES.tasks }],
      hint: "`CHAOSMODE=off`, under Tasks, like.",
      done: ({ services }) => services.like.environment.CHAOSMODE === "off",
    },
  ],
};

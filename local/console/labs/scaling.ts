import type { Lab } from "./lab.ts";
import { PLACES } from "./places.ts";

export const scaling: Lab = {
  name: "scaling",
  title: "As many tasks as the crowd needs",
  minutes: 45,
  goal: "Let the number of like tasks follow the number of likes: see it rise under load by the step that fits, and fall again when the crowd has gone.",
  steps: [
    {
      title: "Have the scaling watch",
      text: "Two alarms watch the requests to the like service in a minute, and a list of steps says how many tasks each amount adds or takes away. Read the steps before you go on.",
      links: [{ label: "Scaling", to: PLACES.scaling }],
      hint: "Scaling is off unless the runner was told otherwise; the page switches it on. Or start with `npm start -- --scaling`.",
      done: ({ scaling }) => scaling.on,
    },
    {
      title: "Bring the crowd",
      text: "Send likes, steadily and more than a thousand a minute. Which step do you expect?",
      links: [{ label: "Scaling", to: PLACES.scaling }],
      hint: "25 a second are 1,500 a minute: the step from 1,000 to 2,000. The same from a terminal: `npm run load`.",
      done: ({ scaling }) => scaling.crowded,
    },
    {
      title: "Watch tasks being added",
      text: "The alarm wants two whole periods above its threshold. Watch it on the page, with the decision and its reason, and the tasks on the dashboard.",
      links: [
        { label: "Scaling", to: PLACES.scaling },
        { label: "Dashboard", to: PLACES.dashboard },
      ],
      hint: "A task counts once it has passed its health check. Afterwards the cooldown keeps the next decision back until this one shows in the figures. On a laptop the number is capped, and the decision says so.",
      done: ({ scaling }) => scaling.changes.includes("out"),
    },
    {
      title: "Let the crowd go home",
      text: "Stop the load, or wait until it is over. The requests fall under the other threshold. Watch tasks go, and that nobody's like is lost by it.",
      links: [{ label: "Scaling", to: PLACES.scaling }],
      hint: "No requests at all is no data at all, and an alarm without data would stay as it is. This one counts a period without data as one below its threshold.",
      done: ({ scaling: { changes } }) => changes.lastIndexOf("in") > changes.indexOf("out") && changes.includes("out"),
    },
  ],
};

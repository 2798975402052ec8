import type { Lab } from "../lab.ts";
import { LINKS } from "../links.ts";

export const scaling: Lab = {
  name: "scaling",
  title: "As many tasks as the load needs",
  minutes: 45,
  goal: "Let the number of like tasks follow the number of likes: see it rise under load by the matching step, and fall again after the load.",
  steps: [
    {
      title: "Switch on auto scaling",
      text: "Two alarms watch the requests per minute to the like service. A list of steps says how many tasks to add or remove. Read the steps before you continue.",
      links: [{ label: "Scaling", to: LINKS.scaling }],
      hint: "Scaling is off by default. Switch it on here, or start with `npm start -- --scaling`.",
      begin:
        ({ scaling }) =>
        () =>
          scaling().on,
    },
    {
      title: "Send load",
      text: "Send a steady load of more than a thousand likes per minute. Which step do you expect?",
      links: [{ label: "Scaling", to: LINKS.scaling }],
      hint: "25 likes per second are 1,500 per minute: the step from 1,000 to 2,000. In a terminal: `npm run load`.",
      begin: ({ scaling }) => {
        const since = Date.now();
        return () => scaling().busy(since);
      },
    },
    {
      title: "Watch the service scale out",
      text: "The alarm needs two complete periods above its threshold. Watch it on **Scaling**, with the decision and its reason, and see the tasks on the dashboard.",
      links: [
        { label: "Scaling", to: LINKS.scaling },
        { label: "Dashboard", to: LINKS.dashboard },
      ],
      hint: "A task counts once it has passed its health check. After that, the cooldown delays the next decision until the metrics reflect this one. A laptop limits the number of tasks, and the decision says so.",
      begin: ({ scaling }) => {
        const since = Date.now();
        return () => scaling().changes(since).includes("out");
      },
    },
    {
      title: "Watch the service scale in",
      text: "Stop the load, or wait until it ends. The requests fall below the other threshold. Watch the tasks stop, without a failed like.",
      links: [{ label: "Scaling", to: LINKS.scaling }],
      hint: "Without requests there is no data, and an alarm without data would keep its state. This alarm treats a period without data as one below its threshold.",
      begin: ({ scaling }) => {
        const since = Date.now();
        return () => scaling().changes(since).includes("in");
      },
    },
  ],
};

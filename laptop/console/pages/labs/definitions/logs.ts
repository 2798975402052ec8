import type { Lab } from "../lab.ts";
import { LINKS } from "../links.ts";

export const logs: Lab = {
  name: "logs",
  title: "What the logs say and what they leave out",
  minutes: 45,
  goal: "The like service uses too much CPU. Make it log more, and find the lines that explain why.",
  steps: [
    {
      title: "Search the logs for your likes",
      text: "Like mysfits until a like fails, then search the logs of the like service for your likes. What does it log about them?",
      links: [
        { label: "The site", to: "site" },
        { label: "Logs, with POST", to: LINKS.likeLogs },
      ],
      hint: "The like service logs nothing, and that is the finding: it starts with `LOGLEVEL=ERROR`, and a request is not an error. The monolith logs each `fulfill-like`; count the likes that never arrived there.",
      begin: ({ likes }) => {
        const { failed } = likes();
        return (event) =>
          likes().failed > failed && event?.kind === "log search" && /like|post|40\d/i.test(event.query);
      },
    },
    {
      title: "Log more from the like service",
      text: "The level is an environment variable of the container, `LOGLEVEL`. A running task keeps its variables, so a change needs a new revision of the task definition and a rollout of new tasks. Set the level to `DEBUG` and roll it out. Leave the other variables unchanged for now.",
      links: [{ label: "Tasks", to: LINKS.tasks }],
      hint: "On **Tasks**, under like, choose `DEBUG` and **Roll out**. The new tasks take over once all of them are healthy, and no like is lost.",
      begin:
        ({ environment }) =>
        () =>
          environment("like").LOGLEVEL === "DEBUG",
    },
    {
      title: "Send likes to the new tasks",
      text: "Existing lines do not change. Like a few mysfits again, so that the tasks with the new level have something to log.",
      links: [{ label: "The site", to: "site" }],
      hint: "Ten likes are enough: about two in three use CPU, and one in four fails.",
      begin: ({ watchChaosLines }) => watchChaosLines(),
    },
    {
      title: "Find the lines that explain it",
      text: "Narrow the search until it shows only the lines in which the like service says what it does to a like before forwarding it.",
      links: [{ label: "Logs", to: LINKS.logs }],
      hint: "These lines begin with `WARN:`. Search for that, or run the saved query `chaos-lines` in **Logs Insights**.",
      begin: () => (event) => event?.kind === "log search" && event.found > 0 && event.found === event.chaos,
    },
  ],
};

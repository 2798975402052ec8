import type { Lab } from "./lab.ts";
import { PLACES } from "./places.ts";

export const logs: Lab = {
  name: "logs",
  title: "What the logs say, and what they keep to themselves",
  minutes: 45,
  goal: "The like service burns processor time. Make it talk, and find the lines that say why.",
  steps: [
    {
      title: "Look for the likes in the logs",
      text: "Like some more mysfits until one fails, then look for your likes in the logs of the like service. What does it write about them?",
      links: [
        { label: "The site", to: "site" },
        { label: "Logs, with POST", to: PLACES.likeLogs },
      ],
      hint: "Nothing of like, and that is the finding: the service starts with `LOGLEVEL=ERROR`, and a request is no error. The monolith tells of each `fulfill-like`; count how many likes never got there.",
      done: ({ likes, searches }) => likes.failed >= 1 && searches.length > 0,
    },
    {
      title: "Make the like service say more",
      text: "The level is a variable of the container, `LOGLEVEL`. A running task keeps the variables that it started with, so a change is a new revision of the task definition, and a roll-out brings new tasks that have it. Set the level to `DEBUG` and roll it out. Leave the other variable as it is for now.",
      links: [{ label: "Tasks", to: PLACES.tasks }],
      hint: "Under Tasks, like, choose DEBUG and Roll out. The new tasks take over when all of them are healthy, and no like is lost.",
      done: ({ services }) => services.like.environment.LOGLEVEL === "DEBUG",
    },
    {
      title: "Send likes to the new tasks",
      text: "The lines of before do not change. Like a few mysfits again, so that the tasks with the new level have something to say.",
      links: [{ label: "The site", to: "site" }],
      hint: "Ten likes are enough: about two in three burn, one in four fails.",
      done: ({ chaosLine }) => chaosLine,
    },
    {
      title: "Find the lines that give it away",
      text: "Search the logs so that nothing else is left: only the lines in which the like service says what it does to a like before it passes it on.",
      links: [{ label: "Logs", to: PLACES.logs }],
      hint: "Whoever wrote them put `WARN:` in front. Search for that, or ask the saved query What chaos mode did.",
      done: ({ searches }) => searches.some(({ found, chaos }) => found > 0 && found === chaos),
    },
  ],
};

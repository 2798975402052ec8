import type { Lab } from "./lab.ts";
import { PLACES } from "./places.ts";

export const metadata: Lab = {
  name: "metadata",
  title: "What a task knows about itself",
  minutes: 30,
  goal: "Visitors say that liking a mysfit is slow. Ask the tasks what they use, find the one that is busier than it should be, and see the same on the dashboard.",
  steps: [
    {
      title: "Feel what the visitors feel",
      text: "Open the site and like ten mysfits, one after the other. Watch how long each takes, and whether it works at all.",
      links: [{ label: "The site", to: "site" }],
      hint: "The heart under each picture is the button. Some answers come at once, some after a while, and some say that there is no such mysfit.",
      done: ({ likes }) => likes.sent >= 10,
    },
    {
      title: "Ask a task of the like service who it is",
      text: "A task can ask ECS about itself, but nobody outside can. The sidecar `metadata-proxy` passes the question on. Ask it for `/v2/metadata` and find the containers of the task: the service, the proxy, and how much memory each may use.",
      links: [{ label: "Tasks", to: PLACES.tasks }],
      hint: "On Tasks open a task of like and choose Metadata. From a terminal: `curl http://127.0.0.1:8001/v2/metadata`, with the address that the task names for its proxy.",
      done: ({ services }) => services.like.asked.has("metadata"),
    },
    {
      title: "Compare what the tasks use",
      text: "Ask for `/v2/stats` of a task of like and of one of monolith while likes come in. A like passes through both, so which of them works for it? `cpu_stats.cpu_usage.total_usage` counts nanoseconds of processor time.",
      links: [{ label: "Tasks", to: PLACES.tasks }],
      hint: "Stats of one moment say little: compare `cpu_stats` with `precpu_stats`, which is from the time before. The like service only passes likes on, and still it uses far more than the monolith, which stores them.",
      done: ({ services }) => services.like.asked.has("stats") && services.monolith.asked.has("stats"),
    },
    {
      title: "See the number of tasks follow",
      text: "On the dashboard, `Tasks that report` counts the samples of a metric instead of averaging them: every task reports its CPU once a minute, so the reports are the tasks. Start one more task of like and watch the line a minute later.",
      links: [
        { label: "Tasks", to: PLACES.tasks },
        { label: "Dashboard", to: PLACES.dashboard },
      ],
      hint: "Tasks has a button that starts a task. A minute has to be over before the dashboard shows it.",
      done: ({ services: { like } }) => like.most > like.first,
    },
  ],
};

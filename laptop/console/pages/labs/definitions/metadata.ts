import type { Lab } from "../lab.ts";
import { LINKS } from "../links.ts";

export const metadata: Lab = {
  name: "metadata",
  title: "What a task knows about itself",
  minutes: 30,
  goal: "Visitors say that likes are slow. Find the tasks that use more CPU than they should, and see the task count on the dashboard.",
  steps: [
    {
      title: "See what visitors see",
      text: "Open the site and like ten mysfits, one after the other. Watch how long each like takes, and whether it works.",
      links: [{ label: "The site", to: "site" }],
      hint: "The heart under each picture is the like button. Some likes are counted immediately, some after a while, and some fail with 404.",
      begin: ({ likes }) => {
        const { sent } = likes();
        return () => likes().sent >= sent + 10;
      },
    },
    {
      title: "Read the metadata of a like task",
      text: "ECS gives a task its metadata at an address that works only inside the task. The sidecar `metadata-proxy` makes it available outside. Request `/v2/metadata` and find the containers of the task: the service, the proxy, and the memory limit of each.",
      links: [{ label: "Tasks", to: LINKS.tasks }],
      hint: "On **Tasks**, open a like task and choose **Metadata**. In a terminal: `curl http://127.0.0.1:8001/v2/metadata`, with the address that the task shows for its proxy.",
      begin: ({ requested }) => {
        const before = requested("like", "metadata");
        return () => requested("like", "metadata") > before;
      },
    },
    {
      title: "Compare the CPU usage of the tasks",
      text: "Request `/v2/stats` of a like task and of a monolith task while likes arrive. A like passes through both services, so which one works harder? `cpu_stats.cpu_usage.total_usage` counts nanoseconds of CPU time.",
      links: [{ label: "Tasks", to: LINKS.tasks }],
      hint: "One sample says little: compare `cpu_stats` with `precpu_stats`, the previous sample. The like service only forwards likes, yet it uses far more CPU than the monolith, which stores them.",
      begin: ({ requested, likes }) => {
        const before = {
          like: requested("like", "stats"),
          monolith: requested("monolith", "stats"),
          likes: likes().sent,
        };
        return () =>
          requested("like", "stats") > before.like &&
          requested("monolith", "stats") > before.monolith &&
          likes().sent > before.likes;
      },
    },
    {
      title: "Watch the task count on the dashboard",
      text: "On the dashboard, `Reporting tasks` counts the samples of a metric instead of averaging them: every task reports its CPU once per minute, so the sample count is the task count. Start one more like task and watch the line a minute later.",
      links: [
        { label: "Tasks", to: LINKS.tasks },
        { label: "Dashboard", to: LINKS.dashboard },
      ],
      hint: "On **Tasks**, choose **Start one** for like, then open **Dashboard**. The dashboard shows a minute once it is over.",
      begin: ({ tasks }) => {
        const before = tasks("like");
        let started = false;
        return (event) => {
          started ||= tasks("like") > before;
          return started && event?.kind === "dashboard";
        };
      },
    },
  ],
};

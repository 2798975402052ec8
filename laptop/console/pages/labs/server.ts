import type { ObservedSystem, PageServer } from "../../server/page-server.ts";
import { LABS } from "./definitions.ts";
import type { Lab } from "./lab.ts";
import type { LabActivity } from "./lab-activity.ts";
import type { LabRecord } from "./lab-record.ts";
import { labSystem } from "./lab-system.ts";
import { LabTracker } from "./lab-tracker.ts";
import type { LabState } from "./messages.ts";

/** Milliseconds between two checks of the current steps. */
const INTERVAL = 250;

/** The server side of the Labs page: the labs with their progress in the running system. */
export function labs(system: ObservedSystem, activity: LabActivity, record: LabRecord): PageServer {
  const tracker = new LabTracker(LABS, labSystem(system), record);
  const timer = setInterval(() => tracker.update(), INTERVAL).unref();
  activity.on("event", (event) => {
    // Brings the state up to date first: likes before a search must count before the search does.
    tracker.update();
    tracker.update(event);
  });
  return {
    channels: [
      { name: "labs", interval: 1_000, sample: () => LABS.map((lab) => stateOf(lab, tracker, system.address)) },
    ],
    stop: () => clearInterval(timer),
  };
}

function stateOf(lab: Lab, tracker: LabTracker, site: string): LabState {
  const { steps, ...rest } = lab;
  const progress = tracker.stepsOf(lab);
  return {
    ...rest,
    steps: steps.map(({ links, begin, ...step }, index) => ({
      ...step,
      links: links.map(({ label, to }) => ({ label, to: to === "site" ? site : to })),
      ...(progress[index] ?? { current: false }),
    })),
  };
}

import { benchmark, inRounds, median, ratio } from "./benchmark.ts";
import { type Load, sendLikes } from "./likes.ts";
import { openTabs } from "./open-tabs.ts";
import { startRunner } from "./runner.ts";

const { smoke, report } = benchmark(
  "bench:console",
  "Compares likes per second with the console open in three tabs, closed, and without observability; chaos off.",
);
const rounds = smoke ? 0 : 5;
const load: Load = smoke ? { connections: 2, seconds: 1 } : { connections: 50, seconds: 3 };

const environment = { CHAOSMODE: "off" };
const withoutObservability = await startRunner(environment, ["--no-observability"]);
const observed = await startRunner(environment);
try {
  const perSecond = async (url: string) => (await sendLikes(url, load)).perSecond;
  const { open, closed, none } = await inRounds(rounds, {
    open: () => withTabs(observed.consoleUrl ?? "", () => perSecond(observed.likeUrl)),
    closed: () => perSecond(observed.likeUrl),
    none: () => perSecond(withoutObservability.likeUrl),
  });
  report({
    "open.perSecond": median(open),
    "closed.perSecond": median(closed),
    "no observability.perSecond": median(none),
    "ratio of open to closed": ratio(open, closed),
    "ratio of open to no observability": ratio(open, none),
    "ratio of closed to no observability": ratio(closed, none),
  });
} finally {
  await observed.stop();
  await withoutObservability.stop();
}

async function withTabs<Result>(consoleUrl: string, act: () => Promise<Result>): Promise<Result> {
  const tabs = openTabs(consoleUrl);
  try {
    const result = await act();
    if (tabs.events === 0) {
      throw new Error("no tab received an event, so the figures would mean nothing");
    }
    return result;
  } finally {
    tabs.close();
  }
}

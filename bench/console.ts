import autocannon from "autocannon";
import { Command, InvalidArgumentError } from "commander";
import { openTabs } from "./open-tabs.ts";
import { startRunner } from "./runner.ts";

const CONNECTIONS = 50;
const ROUNDS = 5;

const { seconds } = new Command("npm run bench:console --")
  .description(
    "What watching costs: likes a second with the console open, closed, and without observability; chaos off.",
  )
  .option("--seconds <seconds>", "how long to measure, about", parseSeconds, 60)
  .parse()
  .opts<{ seconds: number }>();

interface Way {
  readonly name: string;
  readonly measure: () => Promise<number>;
  readonly rounds: number[];
}

const environment = { CHAOSMODE: "off" };
const bare = await startRunner(environment, ["--no-observability"]);
const watched = await startRunner(environment);
try {
  const { consoleUrl = "" } = watched;
  const duration = seconds / (3 * (ROUNDS + 1));
  const ways: readonly Way[] = [
    { name: "console open", rounds: [], measure: () => withTabs(consoleUrl, () => likes(watched.likeUrl, duration)) },
    { name: "console closed", rounds: [], measure: () => likes(watched.likeUrl, duration) },
    { name: "no observability", rounds: [], measure: () => likes(bare.likeUrl, duration) },
  ];
  // One more round for warming up, which counts for nobody; each way goes first in turn.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (let turn = 0; turn < ways.length; turn += 1) {
      const way = ways[(round + turn) % ways.length] as Way;
      const measured = await way.measure();
      if (round > 0) {
        way.rounds.push(measured);
      }
    }
  }
  report(ways);
} finally {
  await watched.stop();
  await bare.stop();
}

async function withTabs<Result>(consoleUrl: string, act: () => Promise<Result>): Promise<Result> {
  const tabs = openTabs(consoleUrl);
  try {
    const result = await act();
    if (tabs.events === 0) {
      throw new Error("no tab was told anything: the figures would mean nothing");
    }
    return result;
  } finally {
    tabs.close();
  }
}

async function likes(url: string, duration: number): Promise<number> {
  const result = await autocannon({ url, method: "POST", connections: CONNECTIONS, duration });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(
      `${url}: ${result.non2xx} answers other than 2xx, ${result.errors} errors: the figures would mean nothing`,
    );
  }
  return result["2xx"] / result.duration;
}

function report(ways: readonly Way[]): void {
  const bareRounds = ways.at(-1)?.rounds ?? [];
  console.log(`${"".padEnd(18)}${"likes/s".padStart(10)}${"ratio".padStart(10)}`);
  for (const { name, rounds } of ways) {
    const ratio = median(rounds.map((perSecond, index) => perSecond / (bareRounds[index] ?? Number.NaN)));
    console.log(name.padEnd(18) + median(rounds).toFixed(0).padStart(10) + ratio.toFixed(2).padStart(10));
  }
  const [open, closed] = ways;
  const ratio = median(
    (open?.rounds ?? []).map((perSecond, index) => perSecond / (closed?.rounds[index] ?? Number.NaN)),
  );
  console.log(`open to closed: ${ratio.toFixed(2)}`);
  console.log(
    `${CONNECTIONS} connections; three tabs; medians of ${ROUNDS} rounds, each ratio taken within its round.`,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function parseSeconds(text: string): number {
  const number = Number(text);
  if (!(number >= 18 && number <= 600)) {
    throw new InvalidArgumentError("expected 18 to 600");
  }
  return number;
}

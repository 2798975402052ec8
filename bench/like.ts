import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { Command, InvalidArgumentError } from "commander";
import type { EcsTask } from "../local/ecs/ecs-task.ts";
import { TargetGroup } from "../local/load-balancer/target-group.ts";
import { freePort } from "../local/processes/free-port.ts";
import { Program } from "../local/processes/program.ts";
import { startSystem } from "../local/system.ts";
import { loadSettings } from "../settings/load.ts";
import { MYSFITS } from "../specs/mysfits.ts";

const CONNECTIONS = 50;
const ROUNDS = 5;

/** One of the two ways for a like, with what was measured in each round. */
interface Way {
  readonly name: string;
  readonly url: string;
  readonly rounds: { readonly perSecond: number; readonly p50: number; readonly p99: number }[];
}

const { seconds } = new Command("npm run bench:like --")
  .description(
    "Compares the like service with a bare Koa hop, both in front of the same monolith and table; chaos off.",
  )
  .option("--seconds <seconds>", "how long to measure, about", parseSeconds, 30)
  .parse()
  .opts<{ seconds: number }>();

// As in production, but for the traces, which have a cost of their own.
const settings = loadSettings({ environment: "production", overrides: ["labs.tracing=off"] });
const folder = mkdtempSync(join(tmpdir(), "mysfits-bench-"));
const system = await startSystem({ settings, port: 0, folder, print: () => {} });
const [task] = system.services.like.tasks as [EcsTask];
const [monolith] = system.services.monolith.tasks as [EcsTask];
const hop = await startBareHop(new URL(monolith.origin).host);
try {
  const path = `/mysfits/${MYSFITS[0]?.id}/like`;
  const like: Way = { name: "like service", url: task.origin + path, rounds: [] };
  const bare: Way = { name: "bare Koa hop", url: hop.origin + path, rounds: [] };
  // One more round for warming up, which counts for neither.
  const duration = seconds / (2 * (ROUNDS + 1));
  for (let round = 0; round <= ROUNDS; round += 1) {
    // Turn about, and each goes first in every other round, so that a busy moment of the machine hits both.
    for (const way of round % 2 === 0 ? [like, bare] : [bare, like]) {
      const measured = await measure(way.url, duration);
      if (round > 0) {
        way.rounds.push(measured);
      }
    }
  }
  report(like, bare);
} finally {
  await hop.stop();
  await system.stop();
  rmSync(folder, { recursive: true });
}

async function startBareHop(monolith: string): Promise<Program> {
  const hop = new Program({
    name: "bare-hop",
    file: "bench/bare-hop.ts",
    port: await freePort(),
    drainSeconds: 1,
    environment: { MONOLITH_URL: monolith, NODE_ENV: "production" },
  });
  const group = new TargetGroup({ path: "/", interval: 10, timeout: 5, healthyAfter: 3, unhealthyAfter: 3 });
  hop.on("up", () => group.register(hop.origin)).on("down", () => group.deregister(hop.origin));
  hop.start();
  await group.whenHealthy();
  return hop;
}

async function measure(url: string, duration: number) {
  const result = await autocannon({ url, method: "POST", connections: CONNECTIONS, duration });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(
      `${url}: ${result.non2xx} answers other than 2xx, ${result.errors} errors: the figures would mean nothing`,
    );
  }
  return { perSecond: result["2xx"] / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}

function report(like: Way, bare: Way): void {
  const line = (name: string, ...values: string[]) =>
    name.padEnd(14) + values.map((value) => value.padStart(12)).join("");
  console.log(line("", "likes/s", "p50 ms", "p99 ms"));
  for (const { name, rounds } of [like, bare]) {
    const middle = (figure: keyof Way["rounds"][number]) => median(rounds.map((round) => round[figure])).toFixed(0);
    console.log(line(name, middle("perSecond"), middle("p50"), middle("p99")));
  }
  const ratio = (figure: keyof Way["rounds"][number]) =>
    median(like.rounds.map((round, index) => round[figure] / (bare.rounds[index]?.[figure] ?? Number.NaN))).toFixed(2);
  console.log(line("ratio", ratio("perSecond"), ratio("p50"), ratio("p99")));
  console.log(`${CONNECTIONS} connections; medians of ${ROUNDS} rounds, each ratio taken within its round.`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function parseSeconds(text: string): number {
  const number = Number(text);
  if (!(number >= 12 && number <= 600)) {
    throw new InvalidArgumentError("expected 12 to 600");
  }
  return number;
}

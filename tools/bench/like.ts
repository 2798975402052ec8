import type { EcsTask } from "../../laptop/system/ecs/ecs-task.ts";
import { benchmark, inRounds, median, ratio } from "./benchmark.ts";
import { LIKE, type Likes, type Load, sendLikes } from "./likes.ts";
import { startProgram, withSystem } from "./system.ts";

const { smoke, report } = benchmark(
  "bench:like",
  "Compares the like service with a bare Koa hop, both in front of the same monolith and table; chaos off.",
);
const rounds = smoke ? 0 : 5;
const load: Load = smoke ? { connections: 2, seconds: 1 } : { connections: 50, seconds: 2.5 };

await withSystem({}, async (system) => {
  const [task] = system.services.like.tasks as [EcsTask];
  const [monolith] = system.services.monolith.tasks as [EcsTask];
  const hop = await startProgram("tools/bench/programs/bare-hop.ts", { MONOLITH_URL: new URL(monolith.origin).host });
  try {
    const { service, bare } = await inRounds(rounds, {
      service: () => sendLikes(task.origin + LIKE, load),
      bare: () => sendLikes(hop.origin + LIKE, load),
    });
    const of = (measured: readonly Likes[], figure: keyof Likes) => measured.map((likes) => likes[figure]);
    report({
      "service.perSecond": median(of(service, "perSecond")),
      "service.p50 ms": median(of(service, "p50")),
      "service.p99 ms": median(of(service, "p99")),
      "bare.perSecond": median(of(bare, "perSecond")),
      "bare.p50 ms": median(of(bare, "p50")),
      "bare.p99 ms": median(of(bare, "p99")),
      "ratio.perSecond": ratio(of(service, "perSecond"), of(bare, "perSecond")),
      "ratio.p50": ratio(of(service, "p50"), of(bare, "p50")),
      "ratio.p99": ratio(of(service, "p99"), of(bare, "p99")),
    });
  } finally {
    await hop.stop();
  }
});

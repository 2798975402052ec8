import { Domain } from "../../../lambda/log-shipper/domain.ts";
import { Shipper } from "../../../lambda/log-shipper/shipper.ts";

// The log shipper in its own process, as in Lambda. Ships the deliveries of each message, and answers with what it took.

/** Milliseconds of an invocation. */
const TIMEOUT = 60_000;

export interface Shipped {
  readonly created: number;
  readonly seconds: number;
  /** CPU time of this process. */
  readonly cpuSeconds: number;
}

const [endpoint = ""] = process.argv.slice(2);
const shipper = new Shipper({
  project: "mysfits",
  // OpenSearch without its security plugin does not check signatures.
  domain: new Domain({
    endpoint: new URL(endpoint),
    region: "us-west-2",
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  }),
  deadLetters: {
    async send(deadLetters) {
      const [first] = deadLetters;
      if (first) {
        throw new Error(`a line became a dead letter: ${first.reason}`);
      }
    },
  },
  engine: "opensearch",
  retentionDays: 14,
  warn: () => {}, // The index management plugin, which retention needs, is missing.
});

process.on("message", async (deliveries: readonly object[]) => {
  const start = performance.now();
  const cpu = process.cpuUsage();
  let created = 0;
  for (const delivery of deliveries) {
    created += (await shipper.ship(delivery, TIMEOUT)).created;
  }
  const { user, system } = process.cpuUsage(cpu);
  const shipped: Shipped = {
    created,
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
  };
  process.send?.(shipped);
});

import { z } from "zod";
import { SAMPLING_RULES } from "../../specs/monitoring/tracing.ts";

// What X-Ray answers when services ask which requests to trace: the sampling rules that the monitoring stack puts there.
// Source: GetSamplingRules and GetSamplingTargets in the X-Ray API Reference.

/** Seconds for which a share of a rule's reservoir holds; X-Ray's own. */
const INTERVAL = 10;

const statistics = z.object({
  SamplingStatisticsDocuments: z.array(z.object({ RuleName: z.string(), ClientID: z.string() })),
});

/** Shares each rule's reservoir out among those who ask for it. */
export class Sampling {
  readonly #started = Date.now() / 1000;
  /** When each client asked last about each rule, in seconds since 1970. */
  readonly #asked = new Map<string, Map<string, number>>(SAMPLING_RULES.map(({ name }) => [name, new Map()]));

  /** Undefined for what is none of the two questions. Throws for one that is malformed. */
  answer(path: string, question: unknown): object | undefined {
    switch (path) {
      case "/GetSamplingRules":
        return { SamplingRuleRecords: SAMPLING_RULES.map((rule, index) => ({ SamplingRule: recordOf(rule, index) })) };
      case "/SamplingTargets":
        return this.#targets(statistics.parse(question));
    }
  }

  #targets({ SamplingStatisticsDocuments: documents }: z.infer<typeof statistics>) {
    const now = Date.now() / 1000;
    return {
      LastRuleModification: this.#started,
      SamplingTargetDocuments: documents.flatMap(({ RuleName, ClientID }) => {
        const rule = SAMPLING_RULES.find(({ name }) => name === RuleName);
        return rule
          ? {
              RuleName,
              FixedRate: rule.rate,
              ReservoirQuota: Math.floor(rule.reservoir / this.#clients(RuleName, ClientID, now)),
              ReservoirQuotaTTL: now + INTERVAL,
              Interval: INTERVAL,
            }
          : [];
      }),
      UnprocessedStatistics: [],
    };
  }

  /** How many ask about a rule, counting this one. */
  #clients(rule: string, client: string, now: number): number {
    const asked = this.#asked.get(rule) ?? new Map<string, number>();
    asked.set(client, now);
    for (const [other, time] of asked) {
      if (now - time > 3 * INTERVAL) {
        asked.delete(other);
      }
    }
    return asked.size;
  }
}

function recordOf({ name, service, method, path, reservoir, rate }: (typeof SAMPLING_RULES)[number], index: number) {
  return {
    RuleName: name,
    Priority: index + 1,
    ReservoirSize: reservoir,
    FixedRate: rate,
    ServiceName: service,
    ServiceType: "*",
    Host: "*",
    HTTPMethod: method,
    URLPath: path,
    ResourceARN: "*",
    Attributes: {},
    Version: 1,
  };
}

import { z } from "zod";
import { SAMPLING_RULES, type SamplingRule } from "../../../model/monitoring/tracing.ts";

// X-Ray's responses to the sampling requests of services, with the rules that the monitoring stack creates.
// Source: GetSamplingRules, GetSamplingTargets, and SamplingTargetDocument in the X-Ray API Reference.

/** Seconds for which a share of a reservoir is valid, as in X-Ray. */
const INTERVAL = 10;

const statistics = z.object({
  SamplingStatisticsDocuments: z.array(z.object({ RuleName: z.string(), ClientID: z.string() })),
});

/** Divides each rule's reservoir among the clients that request it. */
export class Sampling {
  readonly #started = Date.now() / 1000;
  /** Time of the last request of each client for each rule, in seconds since 1970. */
  readonly #lastRequests = new Map<string, Map<string, number>>(SAMPLING_RULES.map(({ name }) => [name, new Map()]));

  /** Responds to the two sampling requests; undefined for any other path. Throws for a malformed request. */
  respond(path: string, request: unknown): object | undefined {
    switch (path) {
      case "/GetSamplingRules":
        return { SamplingRuleRecords: SAMPLING_RULES.map((rule, index) => ({ SamplingRule: recordOf(rule, index) })) };
      case "/SamplingTargets":
        return this.#targets(statistics.parse(request));
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
              ReservoirQuota: this.#quota(rule, ClientID, now),
              ReservoirQuotaTTL: now + INTERVAL,
              Interval: INTERVAL,
            }
          : [];
      }),
      UnprocessedStatistics: [],
    };
  }

  /** A client's share of a rule's reservoir. The first clients get one more, so that the shares add up to the reservoir. */
  #quota({ name, reservoir }: SamplingRule, client: string, now: number): number {
    const clients = this.#clients(name, client, now);
    const rest = reservoir % clients.length;
    return Math.floor(reservoir / clients.length) + (clients.indexOf(client) < rest ? 1 : 0);
  }

  /** Clients that use a rule, including this one. */
  #clients(rule: string, client: string, now: number): readonly string[] {
    const lastRequests = this.#lastRequests.get(rule) ?? new Map<string, number>();
    lastRequests.set(client, now);
    for (const [other, time] of lastRequests) {
      if (now - time > 3 * INTERVAL) {
        lastRequests.delete(other);
      }
    }
    return [...lastRequests.keys()];
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

// Internal modules of the SDK, which it neither exports nor types.

declare module "aws-xray-sdk-core/dist/lib/segment_emitter.js" {
  import type { Socket } from "node:dgram";

  const emitter: {
    /** The SDK opens one with the first segment unless there is one. */
    socket?: Socket;
    send(segment: import("aws-xray-sdk-core").SegmentLike): void;
  };
  export default emitter;
}

declare module "aws-xray-sdk-core/dist/lib/middleware/sampling/default_sampler.js" {
  interface SampleRequest {
    host: string;
    httpMethod: string;
    urlPath: string;
    serviceName: string;
  }

  const sampler: {
    /** Name of the central rule that sampled the request, `true` if a local rule did, and a falsy value if none did. */
    shouldSample(request: SampleRequest): string | boolean | undefined;
    /** Fetches the central rules when it starts and every five minutes. */
    rulePoller: { start(): void };
  };
  export default sampler;
}

declare module "aws-xray-sdk-core/dist/lib/middleware/sampling/service_connector.js" {
  import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";

  interface Rule {
    getName(): string;
    getReservoir(): { quota: number | null };
  }

  /** Target of a rule: its share of the reservoir for this task. */
  interface Target {
    quota: number;
    /** End of the quota's validity, in epoch seconds. */
    TTL: number;
  }

  type Callback<Results extends unknown[]> = (error: Error | null, ...results: Partial<Results>) => void;

  const connector: {
    httpClient: {
      request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest;
    };
    fetchSamplingRules(callback: Callback<[rules: Rule[]]>): void;
    fetchTargets(
      rules: Rule[],
      callback: Callback<[targets: Record<string, Target>, lastRuleModification: number]>,
    ): void;
  };
  export default connector;
}

// Internal modules of the SDK, which it neither exports nor types.

declare module "aws-xray-sdk-core/dist/lib/daemon_config.js" {
  /** From `AWS_XRAY_DAEMON_ADDRESS`, which makes the port a string. */
  const daemon: { readonly udp_ip: string; readonly udp_port: number | string };
  export default daemon;
}

declare module "aws-xray-sdk-core/dist/lib/logger.js" {
  type Write = (...message: unknown[]) => void;

  const logger: { setLogger(logger: Record<"debug" | "info" | "warn" | "error", Write>): void };
  export default logger;
}

declare module "aws-xray-sdk-core/dist/lib/utils.js" {
  const utils: {
    /** Matches a pattern with `*` and `?`. */
    wildcardMatch(pattern: string, text: string): boolean;
  };
  export default utils;
}

declare module "aws-xray-sdk-core/dist/lib/middleware/sampling/default_sampler.js" {
  export interface SampleRequest {
    host: string;
    httpMethod: string;
    urlPath: string;
    serviceName: string;
    serviceType: string | undefined;
  }

  const sampler: {
    /** @param rules in the format of the SDK's local rules */
    setLocalRules(rules: object): void;
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

// Parts of the SDK that it has no other way to reach, and no types for.

declare module "aws-xray-sdk-core/dist/lib/segment_emitter.js" {
  import type { Socket } from "node:dgram";

  const emitter: {
    /** Opened by the SDK at the first segment unless it is there. */
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
    /** Name of the central rule that took the request into the sample, `true` for the local rules, and anything else for none. */
    shouldSample(request: SampleRequest): string | boolean | undefined;
  };
  export default sampler;
}

declare module "aws-xray-sdk-core/dist/lib/middleware/sampling/service_connector.js" {
  import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";

  const connector: {
    /** What the SDK asks the daemon for sampling rules and targets with. */
    httpClient: {
      request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest;
    };
  };
  export default connector;
}

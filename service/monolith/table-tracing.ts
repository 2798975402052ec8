import { causeOf, flagsOf } from "../shared/segment-fields.ts";
import { inSubsegment } from "../shared/subsegments.ts";

/** DynamoDB's throttling errors, which have status 400. */
const THROTTLED = ["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"];

interface Metadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
  readonly attempts?: number;
}

interface Call {
  readonly operation: string;
  readonly region: string;
  readonly table_name: string;
}

/**
 * Records a call to DynamoDB, including its retries, as a subsegment of the current request's trace. Requests that share
 * a call each record it, with the time that they waited for it.
 */
export function traceCall<Output extends { readonly $metadata: Metadata }>(
  call: Call,
  send: () => Promise<Output>,
): Promise<Output> {
  return inSubsegment(
    "DynamoDB",
    "aws",
    async (subsegment) => {
      const output = await send();
      if (subsegment !== undefined) {
        Object.assign(subsegment, responseFields(call, output.$metadata));
      }
      return output;
    },
    (error) => failureFields(call, error as Error & { readonly $metadata?: Metadata }),
  );
}

function responseFields(call: Call, { httpStatusCode: status, requestId, attempts = 1 }: Metadata) {
  return {
    aws: { ...call, request_id: requestId, retries: attempts - 1 },
    ...(status !== undefined && { http: { response: { status } } }),
  };
}

function failureFields(call: Call, error: Error & { readonly $metadata?: Metadata }) {
  const { $metadata: metadata = {} } = error;
  // Without a status there was no response.
  const status = metadata.httpStatusCode ?? 503;
  const throttled = THROTTLED.includes(error.name);
  return {
    ...responseFields(call, metadata),
    ...flagsOf(throttled ? 429 : status),
    cause: causeOf(error, metadata.httpStatusCode !== undefined),
  };
}

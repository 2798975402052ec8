import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { causeOf, flagsOf } from "../shared/segment-fields.ts";
import { inSubsegment } from "../shared/subsegments.ts";

/** What DynamoDB says when it has been asked too much; the status is 400 all the same. */
const THROTTLED = ["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"];

interface Metadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
  readonly attempts?: number;
}

/** Makes each call of a client, its retries included, a subsegment of the request's trace. */
export function traceCalls(client: DynamoDBClient, region: string): void {
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      (args) => {
        const call = {
          operation: commandName.replace(/Command$/, ""),
          region,
          table_name: (args.input as { TableName?: string }).TableName,
        };
        return inSubsegment(
          "DynamoDB",
          "aws",
          async (subsegment) => {
            const result = await next(args);
            if (subsegment !== undefined) {
              Object.assign(subsegment, answerFields(call, result.output.$metadata));
            }
            return result;
          },
          (error) => failureFields(call, error as Error & { readonly $metadata?: Metadata }),
        );
      },
    { step: "build", name: "traceCalls" },
  );
}

function answerFields(call: object, { httpStatusCode: status, requestId, attempts = 1 }: Metadata) {
  return {
    aws: { ...call, request_id: requestId, retries: attempts - 1 },
    ...(status !== undefined && { http: { response: { status } } }),
  };
}

function failureFields(call: object, error: Error & { readonly $metadata?: Metadata }) {
  const { $metadata: metadata = {} } = error;
  // Without a status nobody has answered.
  const status = metadata.httpStatusCode ?? 503;
  const throttled = THROTTLED.includes(error.name);
  return {
    ...answerFields(call, metadata),
    ...flagsOf(throttled ? 429 : status),
    cause: causeOf(error, metadata.httpStatusCode !== undefined),
  };
}

import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";

const MAX_RETRIES = 2;

/**
 * Retries a throttled call twice, 50 to 150 ms apart, and no other failure. For writes that must not run twice: DynamoDB
 * rejects a throttled write before it runs, but after any other failure the write may have been made.
 */
export const THROTTLE_RETRIES: DynamoDBClientConfig["retryStrategy"] & object = {
  acquireInitialRetryToken: async () => retryToken(0),
  async refreshRetryTokenForRetry(token, { errorType }) {
    if (errorType !== "THROTTLING" || token.getRetryCount() === MAX_RETRIES) {
      throw new Error("not retried");
    }
    return retryToken(token.getRetryCount() + 1);
  },
  recordSuccess() {},
};

function retryToken(retries: number) {
  const delay = retries === 0 ? 0 : 50 + Math.random() * 100;
  return { getRetryCount: () => retries, getRetryDelay: () => delay };
}

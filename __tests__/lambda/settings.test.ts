import test from "ava";
import { readSettings, SettingsError } from "../../lambda/log-shipper/settings.ts";

const ENVIRONMENT = {
  AWS_LAMBDA_FUNCTION_NAME: "mysfits-workshop-log-shipper",
  SEARCH_ENDPOINT: "https://search-mysfits-abc.us-west-2.es.amazonaws.com",
  SEARCH_ENGINE: "OpenSearch_2.19",
  DEAD_LETTER_QUEUE_URL: "https://sqs.us-west-2.amazonaws.com/123456789012/dead-letters",
  RETENTION_DAYS: "14",
  AWS_REGION: "us-west-2",
  AWS_ACCESS_KEY_ID: "AKID",
  AWS_SECRET_ACCESS_KEY: "hush",
  AWS_SESSION_TOKEN: "session",
};

test("reads the environment variables that Terraform and Lambda set", (t) => {
  t.deepEqual(readSettings(ENVIRONMENT), {
    project: "mysfits",
    endpoint: new URL(ENVIRONMENT.SEARCH_ENDPOINT),
    engine: "opensearch",
    deadLetterQueueUrl: ENVIRONMENT.DEAD_LETTER_QUEUE_URL,
    retentionDays: 14,
    region: "us-west-2",
    credentials: { accessKeyId: "AKID", secretAccessKey: "hush", sessionToken: "session" },
  });
  t.is(readSettings({ ...ENVIRONMENT, SEARCH_ENGINE: "Elasticsearch_7.10" }).engine, "elasticsearch");
});

for (const [name, value, expected] of [
  ["AWS_LAMBDA_FUNCTION_NAME", "shipper", "the function's name, which begins with the project's prefix"],
  ["SEARCH_ENDPOINT", "search-mysfits", "a URL such as https://"],
  ["SEARCH_ENDPOINT", "http://search.example.com", "a URL such as https://"],
  ["SEARCH_ENGINE", "Elasticsearch_6.8", "such as OpenSearch_2.19 or Elasticsearch_7.10"],
  ["DEAD_LETTER_QUEUE_URL", "dead-letters", "the URL of an SQS queue"],
  ["RETENTION_DAYS", "0", "a number of days from 1 to 9999"],
  ["RETENTION_DAYS", "two weeks", "a number of days from 1 to 9999"],
] as const) {
  test(`${name} is ${value}`, (t) => {
    const error = t.throws(() => readSettings({ ...ENVIRONMENT, [name]: value }), { instanceOf: SettingsError });
    t.true(error.message.startsWith(`${name} is "${value}": expected `), error.message);
    t.true(error.message.includes(expected), error.message);
  });
}

test("names every missing variable", (t) => {
  const { message } = t.throws(() => readSettings({}), { instanceOf: SettingsError });
  t.deepEqual(
    message.split("\n"),
    Object.keys(ENVIRONMENT)
      .slice(0, -1)
      .map((name) => `${name} is missing`),
  );
});

test("never shows a secret", (t) => {
  const { message } = t.throws(() => readSettings({ ...ENVIRONMENT, AWS_SECRET_ACCESS_KEY: "" }), {
    instanceOf: SettingsError,
  });
  t.is(message, "AWS_SECRET_ACCESS_KEY is set, but not valid: expected the role's secret access key");
});

import { motoProblem } from "../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../needs.ts";
import { type Call, callAws } from "./aws-calls.ts";

const test = testNeeding(motoProblem);

const ACCOUNT = "123456789012";
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
const SOURCE_ACCOUNT = { StringEquals: { "aws:SourceAccount": ACCOUNT } };
const fromArn = (pattern: string) => ({ ArnLike: { "aws:SourceArn": pattern } });
const SOURCE_ARN = fromArn(arn("events", "rule/*"));
const ALARMS = "cloudwatch.amazonaws.com";

/** A policy that lets a service in, if the condition is met. */
function policy(action: string, resource: string, condition: object = {}, service = "events.amazonaws.com"): string {
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: action, Resource: resource };
  const owner = action.startsWith("kms:") ? [OWNER] : [];
  return JSON.stringify({ Version: "2012-10-17", Statement: [...owner, { ...statement, Condition: condition }] });
}

/** A key policy without this statement is rejected. */
const OWNER = {
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: "kms:*",
  Resource: "*",
};

/** Calls that send one event, or make one alarm notify a topic; the last one returns what has arrived. */
type Case = (name: string) => readonly Call[];

const queue =
  (condition?: object, service?: string): Case =>
  (name) => [
    inbox(name, policy("sqs:SendMessage", arn("sqs", name), condition, service)),
    ...send(name, arn("sqs", name)),
    receive(name),
  ];

const topic =
  (condition?: object, key?: { readonly condition?: object }): Case =>
  (name) => [
    ...topicWithQueue(name, policy("sns:Publish", arn("sns", name), condition), key && { condition: key.condition }),
    ...send(name, arn("sns", name)),
    receive(name),
  ];

/** @param Policy the topic's; without it, the topic keeps the default policy */
const alarm =
  (Policy?: (topic: string) => string, key?: KeyAccess): Case =>
  (name) => {
    const metric = { MetricName: "Errors", Namespace: "Test", Statistic: "Sum", Period: 60, EvaluationPeriods: 1 };
    const threshold = { ComparisonOperator: "GreaterThanThreshold", Threshold: 1 };
    const AlarmActions = [arn("sns", name)];
    return [
      ...topicWithQueue(name, Policy?.(arn("sns", name)), key),
      {
        service: "cloudwatch",
        operation: "PutMetricAlarm",
        params: { AlarmName: name, AlarmActions, ...metric, ...threshold },
      },
      {
        service: "cloudwatch",
        operation: "SetAlarmState",
        params: { AlarmName: name, StateValue: "ALARM", StateReason: "test" },
      },
      receive(name),
    ];
  };

const publish =
  (condition?: object, service = ALARMS) =>
  (topicArn: string) =>
    policy("sns:Publish", topicArn, condition, service);

interface KeyAccess {
  readonly condition?: object | undefined;
  readonly service?: string;
}

/** A topic and a queue that receives its messages. */
function topicWithQueue(name: string, Policy: string | undefined, key: KeyAccess | undefined): readonly Call[] {
  const Attributes = {
    ...(Policy && { Policy }),
    ...(key && { KmsMasterKeyId: { $: `key-${name}.KeyMetadata.KeyId` } }),
  };
  const subscription = { TopicArn: arn("sns", name), Protocol: "sqs", Endpoint: arn("sqs", name) };
  const keyPolicy = policy("kms:*", "*", key?.condition, key?.service);
  return [
    inbox(name, policy("sqs:SendMessage", arn("sqs", name), undefined, "sns.amazonaws.com")),
    { service: "kms", operation: "CreateKey", params: { Policy: keyPolicy }, as: `key-${name}` },
    { service: "sns", operation: "CreateTopic", params: { Name: name, Attributes } },
    { service: "sns", operation: "Subscribe", params: subscription },
  ];
}

const logGroup =
  (condition?: object): Case =>
  (name) => {
    const policyDocument = policy("logs:PutLogEvents", arn("logs", `log-group:${name}:*`), condition);
    return [
      { service: "logs", operation: "CreateLogGroup", params: { logGroupName: name } },
      { service: "logs", operation: "PutResourcePolicy", params: { policyName: name, policyDocument } },
      ...send(name, arn("logs", `log-group:${name}`)),
      { service: "logs", operation: "DescribeLogStreams", params: { logGroupName: name } },
    ];
  };

function inbox(name: string, Policy: string): Call {
  return { service: "sqs", operation: "CreateQueue", params: { QueueName: name, Attributes: { Policy } }, as: name };
}

function receive(name: string): Call {
  return { service: "sqs", operation: "ReceiveMessage", params: { QueueUrl: { $: `${name}.QueueUrl` } } };
}

function send(name: string, target: string): readonly Call[] {
  const event = { Source: name, DetailType: "test", Detail: "{}" };
  return [
    { service: "events", operation: "PutRule", params: { Name: name, EventPattern: `{"source":["${name}"]}` } },
    { service: "events", operation: "PutTargets", params: { Rule: name, Targets: [{ Id: "1", Arn: target }] } },
    { service: "events", operation: "PutEvents", params: { Entries: [event] } },
  ];
}

const CASES: readonly (readonly [title: string, arrives: boolean, calls: Case])[] = [
  ["a queue without conditions", true, queue()],
  ["a queue with a condition on the rule's ARN", true, queue(SOURCE_ARN)],
  ["a queue with a condition on another rule's ARN", false, queue(fromArn(arn("events", "rule/other")))],
  ["a queue with a condition on the account", false, queue(SOURCE_ACCOUNT)],
  ["a queue that lets in another service", false, queue(undefined, "sns.amazonaws.com")],
  ["a topic without conditions", true, topic()],
  ["a topic with a condition on the account", false, topic(SOURCE_ACCOUNT)],
  ["a topic with a condition on the rule's ARN", false, topic(SOURCE_ARN)],
  ["an encrypted topic without conditions", true, topic(undefined, {})],
  ["an encrypted topic whose key has a condition", false, topic(undefined, { condition: SOURCE_ACCOUNT })],
  ["a log group without conditions", true, logGroup()],
  ["a log group with a condition on the account", false, logGroup(SOURCE_ACCOUNT)],
  ["an alarm's topic with the default policy", true, alarm()],
  ["an alarm's topic without conditions", true, alarm(publish())],
  ["an alarm's topic with a condition on the account", true, alarm(publish(SOURCE_ACCOUNT))],
  ["an alarm's topic with a condition on the alarm's ARN", true, alarm(publish(fromArn(arn("cloudwatch", "alarm:*"))))],
  [
    "an alarm's topic for another account",
    false,
    alarm(publish({ StringEquals: { "aws:SourceAccount": "999999999999" } })),
  ],
  [
    "an alarm's topic with a condition that alarms do not meet",
    false,
    alarm(publish({ StringEquals: { "aws:SourceVpc": "vpc-1" } })),
  ],
  ["an alarm's topic that lets in EventBridge only", false, alarm(publish({}, "events.amazonaws.com"))],
  ["an alarm's encrypted topic", true, alarm(publish(), { condition: SOURCE_ACCOUNT, service: ALARMS })],
  ["an alarm's encrypted topic whose key lets in EventBridge only", false, alarm(publish(), {})],
];

test("a service delivers only if it sends every condition key in the target's policies", async (t) => {
  const calls = CASES.map(([, , make], index) => make(`case-${index}`));
  const responses = await callAws(calls.flat());
  t.deepEqual(
    responses.filter(({ result }) => result === undefined),
    [],
  );
  let end = 0;
  for (const [index, [title, arrives]] of CASES.entries()) {
    end += calls[index]?.length ?? 0;
    const { Messages = [], logStreams = Messages } = (responses[end - 1]?.result ?? {}) as Received;
    t.is(logStreams.length, arrives ? 1 : 0, title);
  }
});

interface Received {
  readonly Messages?: readonly unknown[];
  readonly logStreams?: readonly unknown[];
}

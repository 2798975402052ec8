import { motoProblem } from "../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../needs.ts";
import { type Call, callAws } from "./aws-calls.ts";

// Logs of a CloudFront distribution, delivered to a bucket or a log group by CloudWatch Logs.

const test = testNeeding(motoProblem);

const ACCOUNT = "123456789012";
const SOURCE_ARN = `arn:aws:logs:us-east-1:${ACCOUNT}:delivery-source:*`;
const DISTRIBUTION = {
  CallerReference: "once",
  Comment: "",
  Enabled: true,
  Origins: {
    Quantity: 1,
    Items: [{ Id: "site", DomainName: "bucket.s3.amazonaws.com", S3OriginConfig: { OriginAccessIdentity: "" } }],
  },
  DefaultCacheBehavior: {
    TargetOriginId: "site",
    ViewerProtocolPolicy: "allow-all",
    CachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
  },
};

/** Statement of the CloudFront developer guide, "Configure standard logging (v2)". */
function deliveryStatement(account = ACCOUNT, sourceArn = SOURCE_ARN) {
  return {
    Sid: "AWSLogsDeliveryWrite",
    Effect: "Allow",
    Principal: { Service: "delivery.logs.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: "arn:aws:s3:::bucket/AWSLogs/*",
    Condition: {
      StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account },
      ArnLike: { "aws:SourceArn": sourceArn },
    },
  };
}

const TLS_ONLY = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: "arn:aws:s3:::bucket/*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

const CASES: readonly (readonly [title: string, statements: readonly object[], added: number])[] = [
  ["without a policy", [], 1],
  ["with the documented statement", [deliveryStatement()], 0],
  ["that only requires TLS", [TLS_ONLY], 1],
  ["that lets in deliveries of another account", [deliveryStatement("999999999999")], 1],
  [
    "that lets in the distribution instead of the delivery source",
    [deliveryStatement(ACCOUNT, `arn:aws:cloudfront::${ACCOUNT}:distribution/*`)],
    1,
  ],
];

for (const [title, statements, added] of CASES) {
  test(`a delivery adds ${added} statements to a bucket ${title}`, async (t) => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    const putPolicy = { service: "s3", operation: "PutBucketPolicy", params: { Bucket: "bucket", Policy: policy } };
    const after = await deliver(
      "arn:aws:s3:::bucket",
      [
        { service: "s3", operation: "CreateBucket", params: { Bucket: "bucket" } },
        ...(statements.length > 0 ? [putPolicy] : []),
      ],
      [{ service: "s3", operation: "GetBucketPolicy", params: { Bucket: "bucket" } }],
    );
    const { Statement } = JSON.parse((after as { Policy: string }).Policy);
    t.is(Statement.length, statements.length + added);
    t.deepEqual(Statement.slice(0, statements.length), statements);
    for (const statement of Statement.slice(statements.length)) {
      t.like(statement, { Principal: { Service: "delivery.logs.amazonaws.com" }, Resource: "arn:aws:s3:::bucket/*" });
    }
  });
}

test("a delivery to a log group adds the policy that lets it in", async (t) => {
  const group = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:site`;
  const after = await deliver(
    group,
    [{ service: "logs", operation: "CreateLogGroup", params: { logGroupName: "site" } }],
    [{ service: "logs", operation: "DescribeResourcePolicies" }],
  );
  t.like(after, { resourcePolicies: [{ policyName: "AWSLogDeliveryWrite20150319" }] });
});

/** Delivers a distribution's logs to a bucket or a log group, and returns the response to the last call. */
async function deliver(target: string, before: readonly Call[], after: readonly Call[]): Promise<unknown> {
  const responses = await callAws([
    ...before,
    {
      service: "cloudfront",
      operation: "CreateDistribution",
      params: { DistributionConfig: DISTRIBUTION },
      as: "site",
    },
    {
      service: "logs",
      operation: "PutDeliverySource",
      params: { name: "site", resourceArn: { $: "site.Distribution.ARN" }, logType: "ACCESS_LOGS" },
    },
    {
      service: "logs",
      operation: "PutDeliveryDestination",
      params: { name: "logs", deliveryDestinationConfiguration: { destinationResourceArn: target } },
      as: "destination",
    },
    {
      service: "logs",
      operation: "CreateDelivery",
      params: {
        deliverySourceName: "site",
        deliveryDestinationArn: { $: "destination.deliveryDestination.arn" },
      },
    },
    ...after,
  ]);
  const failed = responses.find(({ result }) => result === undefined);
  if (failed) {
    throw new Error(`${failed.code}: ${failed.message}`);
  }
  return responses.at(-1)?.result;
}

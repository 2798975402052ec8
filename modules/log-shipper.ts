import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { CloudwatchLogSubscriptionFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-subscription-filter/index.js";
import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Construct } from "constructs";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import { functionCode } from "./function-code.ts";
import type { SearchDomain } from "./search-domain.ts";
import { ServiceRole } from "./service-role.ts";

export interface LogShipperProps {
  readonly name: string;
  readonly account: string;
  readonly domain: SearchDomain;
  /** Shippers at once, kept free for this one function; no limit and no promise when left out. */
  readonly maxShippers?: number | undefined;
  readonly logRetentionDays: number;
}

/** A log group to read from. */
export interface LogSource {
  readonly logGroupName: string;
  readonly logGroupArn: string;
}

/** MiB; a function's share of a processor grows with it. */
const MEMORY = 512;

/** Seconds for one delivery, tries again included. */
const TIMEOUT_SECONDS = 60;

/** Tries after the first, and seconds within which Lambda makes them, before a delivery goes to the dead-letter queue. */
const RETRIES = 2;
const GIVE_UP_AFTER = 6 * 60 * 60;

/** The function that writes the lines of log groups into a search domain. */
export class LogShipper extends Construct {
  readonly functionName: string;
  readonly timeoutSeconds = TIMEOUT_SECONDS;
  readonly deadLetters: DeadLetterQueue;
  /** The subscriptions so far. */
  readonly subscriptions: { readonly logGroup: string; readonly filter: string }[] = [];
  private readonly shipper: LambdaFunction;
  private readonly account: string;

  constructor(scope: Construct, id: string, props: LogShipperProps) {
    super(scope, id);
    const { name, account, domain } = props;
    this.account = account;
    this.deadLetters = new DeadLetterQueue(this, "dead-letters", { name: `${name}-dead-letters` });
    const logs = new CloudwatchLogGroup(this, "log-group", {
      // Where Lambda writes unless it is told otherwise.
      name: `/aws/lambda/${name}`,
      retentionInDays: props.logRetentionDays,
    });
    const role = new ServiceRole(this, "role", {
      name,
      service: "lambda.amazonaws.com",
      account,
      statements: [
        { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] },
        { actions: ["sqs:SendMessage"], resources: [this.deadLetters.arn] },
        ...writeTo(domain),
      ],
    });
    this.shipper = new LambdaFunction(this, "function", {
      functionName: name,
      description: "Writes log lines into the search domain",
      ...functionCode(this, "log-shipper"),
      memorySize: MEMORY,
      timeout: TIMEOUT_SECONDS,
      role: role.role.arn,
      environment: {
        variables: {
          SEARCH_ENDPOINT: domain.endpoint,
          SEARCH_ENGINE: domain.engine,
          DEAD_LETTER_QUEUE_URL: this.deadLetters.url,
          RETENTION_DAYS: String(domain.keepDays),
        },
      },
      deadLetterConfig: { targetArn: this.deadLetters.arn },
      reservedConcurrentExecutions: props.maxShippers,
      dependsOn: [logs, ...(role.policy ? [role.policy] : [])],
    });
    new LambdaFunctionEventInvokeConfig(this, "tries", {
      functionName: this.shipper.functionName,
      maximumRetryAttempts: RETRIES,
      maximumEventAgeInSeconds: GIVE_UP_AFTER,
    });
    this.functionName = this.shipper.functionName;
  }

  /** Has every line of a log group shipped from now on. A log group takes two subscriptions in all. */
  ship(id: string, { logGroupName, logGroupArn }: LogSource): void {
    const permission = new LambdaPermission(this, `from-${id}`, {
      statementId: `from-${id}`,
      action: "lambda:InvokeFunction",
      functionName: this.shipper.functionName,
      principal: "logs.amazonaws.com",
      sourceArn: `${logGroupArn}:*`,
      sourceAccount: this.account,
    });
    const filter = this.node.id;
    new CloudwatchLogSubscriptionFilter(this, `${id}-subscription`, {
      name: filter,
      logGroupName,
      filterPattern: "",
      destinationArn: this.shipper.arn,
      dependsOn: [permission],
    });
    this.subscriptions.push({ logGroup: logGroupName, filter });
  }
}

/**
 * What the shipper sends: documents, the template of their indices, and the policy that deletes them. The index of a
 * document stands in a bulk request's body, where no policy sees it.
 */
function writeTo({ arn, engine }: SearchDomain): DataAwsIamPolicyDocumentStatement[] {
  const plugin = engine.startsWith("Elasticsearch") ? "_opendistro" : "_plugins";
  const template = `${arn}/_index_template/mysfits-cwl`;
  const retention = `${arn}/${plugin}/_ism/policies/mysfits-cwl-retention`;
  return [
    { actions: ["es:ESHttpPost"], resources: [`${arn}/_bulk`] },
    { actions: ["es:ESHttpGet"], resources: [retention] },
    { actions: ["es:ESHttpPut"], resources: [template, retention] },
  ];
}

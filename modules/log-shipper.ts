import { Construct } from "constructs";
import { CloudwatchLogSubscriptionFilter } from "#aws/cloudwatch-log-subscription-filter";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import type { LambdaFunction } from "#aws/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "#aws/lambda-function-event-invoke-config";
import { LambdaPermission } from "#aws/lambda-permission";
import { namespaceOf } from "../lambda/log-shipper/metrics.ts";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import { environmentOf } from "./environment.ts";
import { nodeFunction } from "./node-function.ts";
import type { SearchDomain } from "./search-domain.ts";

export interface LogShipperProps {
  readonly name: string;
  readonly domain: SearchDomain;
  /** Log groups to subscribe to, by a short name. AWS allows two subscriptions per log group. */
  readonly sources: Readonly<Record<string, LogSource>>;
  /** Reserved concurrency of the function. Without it, the function shares the account's concurrency. */
  readonly maxShippers?: number | undefined;
  readonly logRetentionDays: number;
}

/** A log group. */
export interface LogSource {
  readonly logGroupName: string;
  readonly logGroupArn: string;
}

/** MiB */
const MEMORY = 512;

/** Seconds for one delivery, the shipper's own retries included. */
const TIMEOUT_SECONDS = 60;

/** Retries by Lambda, and the seconds within which it makes them, before a delivery goes to the dead-letter queue. */
const RETRIES = 2;
const GIVE_UP_AFTER = 6 * 60 * 60;

/** A function that writes the lines of log groups to a search domain. */
export class LogShipper extends Construct {
  readonly functionName: string;
  /** CloudWatch namespace of its own metrics. */
  readonly namespace: string;
  readonly timeoutSeconds = TIMEOUT_SECONDS;
  readonly deadLetters: DeadLetterQueue;
  readonly subscriptions: readonly { readonly logGroup: string; readonly filter: string }[];

  constructor(scope: Construct, id: string, props: LogShipperProps) {
    super(scope, id);
    const { name, domain, sources } = props;
    this.deadLetters = new DeadLetterQueue(this, "dead-letters", { name: `${name}-dead-letters` });
    const { lambda } = nodeFunction(this, {
      name,
      description: "Writes log lines into the search domain",
      program: "log-shipper",
      memory: MEMORY,
      timeoutSeconds: TIMEOUT_SECONDS,
      variables: {
        SEARCH_ENDPOINT: domain.endpoint,
        SEARCH_ENGINE: domain.engine,
        DEAD_LETTER_QUEUE_URL: this.deadLetters.url,
        RETENTION_DAYS: String(domain.keepDays),
      },
      logRetentionDays: props.logRetentionDays,
      permissions: [
        { actions: ["sqs:SendMessage"], resources: [this.deadLetters.arn] },
        ...writeTo(domain, environmentOf(this).project),
      ],
      options: {
        deadLetterConfig: { targetArn: this.deadLetters.arn },
        reservedConcurrentExecutions: props.maxShippers,
      },
    });
    new LambdaFunctionEventInvokeConfig(this, "tries", {
      functionName: lambda.functionName,
      maximumRetryAttempts: RETRIES,
      maximumEventAgeInSeconds: GIVE_UP_AFTER,
    });
    this.namespace = namespaceOf(environmentOf(this).project);
    this.functionName = lambda.functionName;
    this.subscriptions = Object.entries(sources).map(([id, source]) => this.subscribe(id, source, lambda));
  }

  private subscribe(id: string, { logGroupName, logGroupArn }: LogSource, lambda: LambdaFunction) {
    const permission = new LambdaPermission(this, `from-${id}`, {
      statementId: `from-${id}`,
      action: "lambda:InvokeFunction",
      functionName: lambda.functionName,
      principal: "logs.amazonaws.com",
      sourceArn: `${logGroupArn}:*`,
      sourceAccount: environmentOf(this).account,
    });
    const filter = this.node.id;
    new CloudwatchLogSubscriptionFilter(this, `${id}-subscription`, {
      name: filter,
      logGroupName,
      filterPattern: "",
      destinationArn: lambda.arn,
      dependsOn: [permission],
    });
    return { logGroup: logGroupName, filter };
  }
}

/**
 * Permissions to write documents, their index template, and the policy that deletes old indices. The index of a document
 * is part of the bulk request's body, so an IAM policy cannot restrict it.
 */
function writeTo({ arn, engine }: SearchDomain, project: string): DataAwsIamPolicyDocumentStatement[] {
  const plugin = engine.startsWith("Elasticsearch") ? "_opendistro" : "_plugins";
  const template = `${arn}/_index_template/${project}-cwl`;
  const retention = `${arn}/${plugin}/_ism/policies/${project}-cwl-retention`;
  return [
    { actions: ["es:ESHttpPost"], resources: [`${arn}/_bulk`, `${arn}/${plugin}/_ism/add/cwl-*`] },
    { actions: ["es:ESHttpGet"], resources: [retention] },
    { actions: ["es:ESHttpPut"], resources: [template, retention] },
  ];
}

import { resolve } from "node:path";
import type { Construct } from "constructs";
import { CloudwatchLogGroup } from "#aws/cloudwatch-log-group";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { LambdaFunction, type LambdaFunctionConfig } from "#aws/lambda-function";
import { App, AssetType, TerraformAsset } from "#cdktf";
import { HANDLER, RUNTIME, writeBundle } from "../lambda/bundle.ts";
import { ServiceRole } from "./service-role.ts";

export interface NodeFunctionProps {
  readonly name: string;
  readonly description: string;
  /** Folder of the program in lambda/. */
  readonly program: string;
  /** MiB; the CPU share grows with it. */
  readonly memory: number;
  readonly timeoutSeconds: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly logRetentionDays: number;
  /** Permissions of the function besides writing its own log. */
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  readonly options?: Pick<LambdaFunctionConfig, "vpcConfig" | "deadLetterConfig" | "reservedConcurrentExecutions">;
}

/** A Lambda function on Node.js and ARM, with its own role and log group. The three become children of `scope`. */
export function nodeFunction(scope: Construct, props: NodeFunctionProps) {
  const { name, program, options } = props;
  const logs = new CloudwatchLogGroup(scope, "log-group", {
    // Lambda's default log group.
    name: `/aws/lambda/${name}`,
    retentionInDays: props.logRetentionDays,
  });
  const { role, policies } = new ServiceRole(scope, "role", {
    name,
    service: "lambda.amazonaws.com",
    statements: [
      { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] },
      ...props.permissions,
    ],
  });
  const lambda = new LambdaFunction(scope, "function", {
    functionName: name,
    description: props.description,
    ...bundle(scope, program),
    memorySize: props.memory,
    timeout: props.timeoutSeconds,
    role: role.arn,
    environment: { variables: { ...props.variables } },
    ...options,
    dependsOn: [logs, ...policies],
  });
  return { lambda, role };
}

function bundle(scope: Construct, program: string) {
  const path = resolve(App.of(scope).outdir, `${program}.zip`);
  const sourceCodeHash = writeBundle(program, path);
  return {
    filename: new TerraformAsset(scope, "code", { path, type: AssetType.FILE }).path,
    sourceCodeHash,
    handler: HANDLER,
    runtime: RUNTIME,
    architectures: ["arm64"],
  };
}

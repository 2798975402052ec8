import type { IConstruct } from "constructs";
import { DataAwsPartition } from "#aws/data-aws-partition";
import { TerraformStack } from "#cdktf";
import { environmentOf } from "./environment.ts";

interface ArnParts {
  readonly service: string;
  /** Type and name of the resource, or a pattern, such as `role/mysfits-*`. */
  readonly resource: string;
  /** Default: the stack's. Empty for IAM and S3. */
  readonly region?: "";
  /** Default: the stack's. Empty for S3. */
  readonly account?: "";
}

/**
 * The ARN of resources that no attribute names: a pattern, or a resource that does not exist yet. A plan knows it before the
 * first deployment, unlike the attribute `arn` of a new resource.
 */
export function formatArn(scope: IConstruct, { service, resource, ...parts }: ArnParts): string {
  const { region, account } = { ...environmentOf(scope), ...parts };
  return `arn:${partitionOf(scope).partition}:${service}:${region}:${account}:${resource}`;
}

/** The partition of a stack's account, such as `aws` or `aws-us-gov`. */
export function partitionOf(scope: IConstruct): DataAwsPartition {
  const stack = TerraformStack.of(scope);
  return (
    (stack.node.tryFindChild("partition") as DataAwsPartition | undefined) ?? new DataAwsPartition(stack, "partition")
  );
}

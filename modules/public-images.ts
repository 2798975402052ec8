import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition/index.js";
import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule/index.js";
import { Construct } from "constructs";

export interface PublicImagesProps {
  /** Prefix of the repositories that the cache fills, at most 30 characters. */
  readonly name: string;
  readonly region: string;
  readonly account: string;
}

const UPSTREAM = "public.ecr.aws";

/**
 * Other people's images, kept in our own registry: the first pull fetches an image from public ECR, and from then on
 * tasks start without that registry. ECR creates a repository for each image, which Terraform does not know of.
 */
export class PublicImages extends Construct {
  /** Every repository that the cache has filled or may fill. */
  readonly repositoriesArn: string;
  private readonly registry: string;

  constructor(scope: Construct, id: string, { name, region, account }: PublicImagesProps) {
    super(scope, id);
    const { partition, dnsSuffix } = new DataAwsPartition(this, "partition");
    const rule = new EcrPullThroughCacheRule(this, "rule", {
      ecrRepositoryPrefix: name,
      upstreamRegistryUrl: UPSTREAM,
    });
    this.repositoriesArn = `arn:${partition}:ecr:${region}:${account}:repository/${rule.ecrRepositoryPrefix}/*`;
    this.registry = `${account}.dkr.ecr.${region}.${dnsSuffix}/${rule.ecrRepositoryPrefix}`;
  }

  /** Where a task pulls an image of public ECR from. */
  cached(image: string): string {
    if (!image.startsWith(`${UPSTREAM}/`)) {
      throw new Error(`image "${image}" is not cached: expected one of ${UPSTREAM}`);
    }
    return image.replace(UPSTREAM, this.registry);
  }
}

import { Construct } from "constructs";
import { EcrPullThroughCacheRule } from "#aws/ecr-pull-through-cache-rule";
import { formatArn, partitionOf } from "./arn.ts";
import { environmentOf } from "./environment.ts";

export interface PublicImagesProps {
  /** Prefix of the cache's repositories, at most 30 characters. */
  readonly name: string;
}

const UPSTREAM = "public.ecr.aws";

/**
 * Pull-through cache for third-party images: the first pull copies an image from public ECR, and later task starts do not
 * depend on that registry. ECR creates a repository for each image, outside Terraform.
 */
export class PublicImages extends Construct {
  /** ARN pattern of all repositories of the cache. */
  readonly repositoriesArn: string;
  private readonly registry: string;

  constructor(scope: Construct, id: string, { name }: PublicImagesProps) {
    super(scope, id);
    const { account, region } = environmentOf(this);
    const rule = new EcrPullThroughCacheRule(this, "rule", {
      ecrRepositoryPrefix: name,
      upstreamRegistryUrl: UPSTREAM,
    });
    this.repositoriesArn = formatArn(this, { service: "ecr", resource: `repository/${rule.ecrRepositoryPrefix}/*` });
    this.registry = `${account}.dkr.ecr.${region}.${partitionOf(this).dnsSuffix}/${rule.ecrRepositoryPrefix}`;
  }

  /** Address in the cache of a public ECR image. Throws for an image from another registry. */
  cached(image: string): string {
    if (!image.startsWith(`${UPSTREAM}/`)) {
      throw new Error(`image "${image}" cannot be cached: expected an image of ${UPSTREAM}`);
    }
    return image.replace(UPSTREAM, this.registry);
  }
}

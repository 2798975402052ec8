import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";
import { Construct } from "constructs";

const KEEP_IMAGES = 30;

/** A repository of one program's images: scanned on push, tags that never move, the oldest images expire. */
export class ContainerRepository extends Construct {
  readonly arn: string;
  readonly url: string;

  constructor(
    scope: Construct,
    id: string,
    { name, forceDelete }: { readonly name: string; readonly forceDelete: boolean },
  ) {
    super(scope, id);
    const repository = new EcrRepository(this, "repository", {
      name,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: "AES256" }],
      forceDelete,
    });
    new EcrLifecyclePolicy(this, "lifecycle", {
      repository: repository.name,
      policy: JSON.stringify(keepNewest(KEEP_IMAGES)),
    });
    this.arn = repository.arn;
    this.url = repository.repositoryUrl;
  }
}

function keepNewest(images: number) {
  return {
    rules: [
      {
        rulePriority: 1,
        description: `Keep the newest ${images} images`,
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: images },
        action: { type: "expire" },
      },
    ],
  };
}

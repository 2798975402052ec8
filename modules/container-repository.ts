import { Construct } from "constructs";
import { EcrLifecyclePolicy } from "#aws/ecr-lifecycle-policy";
import { EcrRepository } from "#aws/ecr-repository";

/**
 * Every push to the branch adds an image, released or not, and ECR expires images that are in use. This many pushes without a
 * release never happen, and an image adds only a few megabytes to the layers that all share. ECR cannot expire by last pull:
 * sinceImagePulled only archives. Source: "Lifecycle policy properties in Amazon ECR", Amazon ECR user guide.
 */
const KEEP_IMAGES = 1000;

/** An ECR repository for the images of one program, with scan on push, immutable tags, and expiry of the oldest images. */
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

import {
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ImageNotFoundException,
  type ImageScanFinding,
  waitUntilImageScanComplete,
} from "@aws-sdk/client-ecr";

const SCAN_SECONDS = 600;

/** An image in ECR. */
export interface PushedImage {
  /** `<registry>/<name>` */
  readonly repository: string;
  readonly tag: string;
}

const ecr = new ECRClient();

/** The user and the password that the account's registry takes from `docker login` for some hours. */
export async function credentials(): Promise<{ user: string; password: string }> {
  const { authorizationData: [grant] = [] } = await ecr.send(new GetAuthorizationTokenCommand());
  const [user, password] = Buffer.from(grant?.authorizationToken ?? "", "base64")
    .toString()
    .split(":");
  if (!user || !password) {
    throw new Error("ECR gave no credentials for its registry");
  }
  return { user, password };
}

/** Whether the tag is there already. Tags never move, so there is nothing to build then. */
export async function isPushed(image: PushedImage): Promise<boolean> {
  try {
    await ecr.send(new DescribeImagesCommand({ repositoryName: nameOf(image), imageIds: [{ imageTag: image.tag }] }));
    return true;
  } catch (error) {
    if (error instanceof ImageNotFoundException) {
      return false;
    }
    throw error;
  }
}

/** Waits for ECR's scan of an image. Throws when it finds something critical, and when there is no scan to go by. */
export async function requireCleanScan(image: PushedImage): Promise<void> {
  const input = { repositoryName: nameOf(image), imageId: { imageTag: image.tag } };
  await waitUntilImageScanComplete({ client: ecr, maxWaitTime: SCAN_SECONDS, minDelay: 2, maxDelay: 10 }, input);
  const { imageScanFindings } = await ecr.send(new DescribeImageScanFindingsCommand(input));
  refuseCritical(image, imageScanFindings?.findings ?? []);
}

/** Throws when a finding is critical, and names them all. */
function refuseCritical({ repository, tag }: PushedImage, findings: readonly ImageScanFinding[]): void {
  const critical = findings.filter(({ severity }) => severity === "CRITICAL").map(({ name }) => name);
  if (critical.length > 0) {
    throw new Error(`${repository}:${tag} is not released: the scan found ${critical.join(", ")}, each critical`);
  }
}

function nameOf({ repository }: PushedImage): string {
  return repository.slice(repository.indexOf("/") + 1);
}

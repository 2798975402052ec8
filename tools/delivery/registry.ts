import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeImageScanFindingsCommand,
  type DescribeImageScanFindingsResponse,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ImageNotFoundException,
  type ImageScanStatus,
  paginateDescribeImageScanFindings,
  ScanNotFoundException,
} from "@aws-sdk/client-ecr";
import { explainErrors } from "../aws/explain-errors.ts";

const SCAN_LIMIT = 10 * 60_000;
const POLL_MILLISECONDS = 5_000;

/** An image in ECR. */
export interface PushedImage {
  /** `<registry>/<name>` */
  readonly repository: string;
  readonly tag: string;
}

const ecr = explainErrors(new ECRClient());

/** Returns the user and the password for `docker login` to the account's registry. They are valid for 12 hours. */
export async function credentials(): Promise<{ user: string; password: string }> {
  const { authorizationData: [grant] = [] } = await ecr.send(new GetAuthorizationTokenCommand());
  const [user, password] = Buffer.from(grant?.authorizationToken ?? "", "base64")
    .toString()
    .split(":");
  if (!user || !password) {
    throw new Error("ECR returned no credentials for the registry");
  }
  return { user, password };
}

/** Returns true if the tag exists. Tags are immutable, so an existing image is never built again. */
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

/**
 * Waits for the scan of an image, by ECR (basic scanning) or by Amazon Inspector (enhanced scanning, an account-wide setting).
 * Throws if the scan has critical findings, and if there is no scan to rely on.
 */
export async function requireCleanScan(image: PushedImage): Promise<void> {
  const deadline = Date.now() + SCAN_LIMIT;
  while (!(await isScanned(image))) {
    if (Date.now() > deadline) {
      throw new Error(`${nameOf(image)}:${image.tag} is not released: no scan within ${SCAN_LIMIT / 60_000} minutes`);
    }
    await sleep(POLL_MILLISECONDS);
  }
  const { critical, names } = await criticalFindings(image);
  if (critical > 0) {
    throw new Error(
      `${image.repository}:${image.tag} is not released: the scan has ${critical} critical findings: ${names.join(", ")}`,
    );
  }
}

/** Returns false while the scan is running. Throws for a status that never leads to a result. */
async function isScanned(image: PushedImage): Promise<boolean> {
  const { imageScanStatus, imageScanFindings } = await ecr
    .send(new DescribeImageScanFindingsCommand(scanOf(image)))
    .catch(waitForScan);
  switch (imageScanStatus?.status) {
    case undefined:
    case "IN_PROGRESS":
    case "PENDING":
      return false;
    case "COMPLETE":
      return true;
    case "ACTIVE":
      // Inspector scans the image continuously. Until its first scan is complete, an empty list of findings says nothing.
      return imageScanFindings?.imageScanCompletedAt !== undefined;
    default: {
      const { status, description = "no description" } = imageScanStatus as ImageScanStatus;
      throw new Error(
        `${image.repository}:${image.tag} is not released: the scan status is ${status} (${description})`,
      );
    }
  }
}

/** Treats a scan that does not exist as one that has not started: ECR starts it shortly after the push. */
function waitForScan(error: unknown): Pick<DescribeImageScanFindingsResponse, "imageScanStatus" | "imageScanFindings"> {
  if (error instanceof ScanNotFoundException) {
    return {};
  }
  throw error;
}

/**
 * Number and names of the critical findings. The number includes ECR's own count, because findings come in pages and lists of
 * findings can lag behind the counts.
 */
async function criticalFindings(image: PushedImage): Promise<{ critical: number; names: readonly string[] }> {
  const names = new Set<string>();
  let counted = 0;
  for await (const { imageScanFindings } of paginateDescribeImageScanFindings({ client: ecr }, scanOf(image))) {
    const { findings = [], enhancedFindings = [], findingSeverityCounts } = imageScanFindings ?? {};
    counted = Math.max(counted, findingSeverityCounts?.CRITICAL ?? 0);
    for (const { severity, name } of findings.filter(isCritical)) {
      names.add(name ?? `${severity} finding without a name`);
    }
    for (const { title, findingArn, packageVulnerabilityDetails } of enhancedFindings.filter(isCritical)) {
      names.add(packageVulnerabilityDetails?.vulnerabilityId ?? title ?? findingArn ?? "finding without a name");
    }
  }
  return { critical: Math.max(counted, names.size), names: [...names] };
}

function isCritical({ severity }: { readonly severity?: string | undefined }): boolean {
  return severity === "CRITICAL";
}

function scanOf(image: PushedImage) {
  return { repositoryName: nameOf(image), imageId: { imageTag: image.tag } };
}

function nameOf({ repository }: PushedImage): string {
  return repository.slice(repository.indexOf("/") + 1);
}

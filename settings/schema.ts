import { z } from "zod";
import { contains } from "./cidr.ts";
import { DOMAIN_NAME } from "./domain-name.ts";
import { hostedZoneId } from "./hosted-zone-id.ts";
import { load } from "./load-test.ts";
import { logSearch, nodesFillZones } from "./log-search.ts";
import { network, range, subnetsFillZones } from "./network.ts";
import { onOff } from "./on-off.ts";
import { project } from "./project.ts";
import { secretsOfRegion } from "./secrets.ts";
import { scalingKeepsATask, services } from "./services.ts";
import { ownNameForSite, site } from "./site.ts";
import { tags } from "./tags.ts";
import { isUnique } from "./unique.ts";

// Every message completes the sentence "expected …", as in: network.cidr is "10.0.0.0/30": expected …

/** Placeholder until the settings name a real account. Synth accepts it, and AWS rejects it. */
export const PLACEHOLDER_ACCOUNT = "000000000000";

const ACCOUNT = "the 12 digits of an AWS account, in quotes";

const REGION = "an AWS region such as us-west-2";

const STANDARD_PARTITION = "a region of AWS's standard partition, the only one with CloudFront";

/** Retention periods that CloudWatch Logs accepts. Source: PutRetentionPolicy in the CloudWatch Logs API reference. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const logs = z.strictObject({
  /** Retention in days of the services' logs and the flow logs in CloudWatch Logs. */
  retentionDays: z.literal(RETENTION_DAYS),
  /** Days after which the access logs of the load balancer are deleted from their bucket. */
  accessLogDays: z.int().min(1, "1 day or more").max(3653, "3653 days (ten years) or less"),
});

const HOST_NAME = "a host name in lowercase such as api.example.com";

const tls = z.strictObject({
  /** Host name of the load balancer, as in the certificate. */
  hostName: z.string(HOST_NAME).max(253, HOST_NAME).regex(DOMAIN_NAME, HOST_NAME),
  /** ACM certificate in the environment's region. */
  certificateArn: z.string().regex(/^arn:aws:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/, "the ARN of an ACM certificate"),
  /** Route 53 zone for the record of the host name. */
  hostedZoneId,
});

const githubRepository = z.string().regex(/^[\w.-]+\/(?!.*\.git$)[\w.-]+$/, "OWNER/NAME, without .git");

/** GitHub's numeric ID. An owner or repository that is recreated under the same name has a different ID. */
const githubId = (field: string) => {
  const error = `the number that "gh api repos/OWNER/NAME --jq ${field}" prints`;
  return z.int({ error }).positive({ error });
};

const github = z.strictObject({
  /** The only repository whose workflows may assume the plan and deploy roles. */
  repository: githubRepository,
  /** ID of the repository's owner, a user or an organization. */
  ownerId: githubId(".owner.id"),
  repositoryId: githubId(".id"),
  /** An account has at most one OIDC provider for GitHub: `existing` if another deployment or environment created it. */
  oidcProvider: z.enum(["create", "existing"]).default("create"),
  /** GitHub environment whose approval guards the deploy role. */
  deployEnvironment: z
    .string()
    .regex(/^[\w.-]{1,255}$/, "the name of a GitHub environment: letters, digits, and . _ -"),
});

const delivery = z.strictObject({
  /** Branch whose pushes are released, without the names that git rejects. Source: git-check-ref-format. */
  branch: z
    .string()
    .regex(/^(?!HEAD$|.*(\.\.|\/[./]|\.lock(\/|$)|[./]$))\w[\w./-]{0,99}$/, "the name of a branch")
    .regex(/^(?!refs\/heads\/)/, "the name of a branch without refs/heads/"),
  /** GitHub repository of the source; if omitted, the environment's own CodeCommit repository. */
  githubRepository: githubRepository.optional(),
  /** A person must approve each release. */
  approval: onOff,
  /** Traffic shift of a blue/green release: one of CodeDeploy's predefined configurations for ECS. */
  trafficShift: z.enum([
    "Canary10Percent5Minutes",
    "Canary10Percent15Minutes",
    "Linear10PercentEvery1Minutes",
    "Linear10PercentEvery3Minutes",
    "AllAtOnce",
  ]),
  /** Minutes that the previous tasks keep running after all traffic has moved, so that a rollback is fast. */
  bakeMinutes: z.int().min(0, "0 or more").max(2880, "2880 minutes (two days) or less"),
  /** An alarm rolls a release back. An alarm that is already firing makes every release fail, even one with the fix. */
  rollbackOnAlarms: onOff,
});

const labs = z.strictObject({
  /** Lab 1: the metadata-proxy sidecar. */
  metadataProxy: onOff,
  /** Ranges inside the VPC that may call the sidecar; if omitted, only the task's own containers. */
  metadataProxyFrom: z.array(range).refine(isUnique, "every range once").default([]),
  /** Lab 2: the logs of the services in a search domain. */
  logSearch: onOff,
  /** Lab 3: the X-Ray daemon sidecar, and segments from the services. */
  tracing: onOff,
  /** Labs 1 and 4: dashboard, alarms, and saved queries, plus the X-Ray group and sampling rules if tracing is on. */
  monitoring: onOff,
  /** Lab 4: scaling policies. Without them, people change the number of tasks within its bounds. */
  scaling: onOff,
});

const amount = z.number().min(0, "0 or more");

/** Assumed usage for the cost in a plan review. Nothing that is deployed depends on it. */
const cost = z.strictObject({
  /** Requests of visitors, including those for the site's files. */
  requestsPerMonth: amount,
  /** GB ingested by all log groups. */
  logGbPerMonth: amount,
  /** Releases of all services. */
  releasesPerMonth: amount,
});

export const settingsSchema = z
  .strictObject({
    project,
    /** AWS account of the environment; the provider rejects every other account. */
    account: z.string(ACCOUNT).regex(/^\d{12}$/, ACCOUNT),
    /** Region of the standard partition: CloudFront is not in those of China, GovCloud, the sovereign cloud, and isolated ones. */
    region: z
      .string()
      .regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, { error: REGION, abort: true })
      .regex(/^(?!cn-|us-gov-|us-iso|eu-iso|eusc-)/, { error: STANDARD_PARTITION, abort: true }),
    /** Availability zones, two or three. */
    zones: z
      .array(z.string())
      .min(2, "two or three zones")
      .max(3, "two or three zones")
      .refine(isUnique, "every zone once"),
    network,
    logs,
    services,
    /**
     * Deletion protection of the table and the load balancer. Buckets and repositories cannot be deleted until they are
     * empty.
     */
    protection: onOff,
    /** Edge locations of CloudFront: 100 is North America and Europe, 200 adds most of Asia, All is every location. */
    cloudFrontPriceClass: z.enum(["PriceClass_100", "PriceClass_200", "PriceClass_All"]),
    /** Your own domain for the site; if omitted, CloudFront's name. */
    site: site.optional(),
    /** AWS WAF in front of CloudFront: `count` reports what the managed rules match, `block` rejects it. */
    waf: z.enum(["off", "count", "block"]).default("off"),
    /** Address for notifications; if omitted, no email is sent. */
    email: z.email("an email address").optional(),
    /** HTTPS between CloudFront and the load balancer, which requires your own host name and certificate. */
    tls: tls.optional(),
    github: github.optional(),
    delivery,
    logSearch,
    labs,
    load,
    cost,
    /**
     * Another environment, with the same account, region, and prefix, whose account-wide resources this one uses instead of
     * its own: the resource policy of CloudWatch Logs (10 per region) and the response headers policy of CloudFront (20 per
     * account).
     */
    sharedFrom: z
      .string()
      .regex(/^[a-z][a-z0-9]{0,11}$/, "the name of another environment")
      .optional(),
    /** Tags of every resource, in addition to Project, Environment, and ManagedBy. */
    tags,
    /** Address of an AWS emulator to use instead of AWS. */
    emulator: z.url({ protocol: /^https?$/, error: "an address such as http://127.0.0.1:5000" }).optional(),
  })
  .superRefine(zonesOfRegion)
  .superRefine(subnetsFillZones)
  .superRefine(certificateOfRegion)
  .superRefine(certificatesOfAccount)
  .superRefine(secretsOfRegion)
  .superRefine(ownNameForSite)
  .superRefine(nodesFillZones)
  .superRefine(callersInsideVpc)
  .superRefine(alarmsForRollback)
  .superRefine(scalingKeepsATask);

export type Settings = Readonly<z.infer<typeof settingsSchema>> & {
  /** Name of the environment: the name of its file without `.yaml`. */
  readonly environment: string;
};

function zonesOfRegion(
  { region, zones }: { region: string; zones: readonly string[] },
  context: z.RefinementCtx,
): void {
  zones.forEach((zone, index) => {
    if (!(zone.startsWith(region) && /^[a-z]$/.test(zone.slice(region.length)))) {
      context.addIssue({ code: "custom", path: ["zones", index], message: `a zone of ${region}, such as ${region}a` });
    }
  });
}

interface Certificates {
  readonly account: string;
  readonly region: string;
  readonly site?: { readonly certificateArn?: string | undefined } | undefined;
  readonly tls?: { readonly certificateArn: string } | undefined;
  readonly emulator?: string | undefined;
}

function certificateOfRegion({ region, tls }: Certificates, context: z.RefinementCtx): void {
  if (tls && tls.certificateArn.split(":")[3] !== region) {
    context.addIssue({
      code: "custom",
      path: ["tls", "certificateArn"],
      message: `the ARN of a certificate in ${region}, the region of the load balancer`,
    });
  }
}

/** AWS uses a certificate in its own account only. An emulator, with an account of its own, accepts any. */
function certificatesOfAccount({ account, emulator, ...parts }: Certificates, context: z.RefinementCtx): void {
  if (emulator !== undefined || account === PLACEHOLDER_ACCOUNT) {
    return;
  }
  for (const part of ["site", "tls"] as const) {
    const arn = parts[part]?.certificateArn;
    if (arn !== undefined && arn.split(":")[4] !== account) {
      context.addIssue({
        code: "custom",
        path: [part, "certificateArn"],
        message: `the ARN of a certificate in ${account}, the environment's account`,
      });
    }
  }
}

function callersInsideVpc(
  {
    network: { cidr },
    labs: { metadataProxyFrom },
  }: { network: { cidr: string }; labs: { metadataProxyFrom: string[] } },
  context: z.RefinementCtx,
): void {
  metadataProxyFrom.forEach((range, index) => {
    if (!contains(cidr, range)) {
      context.addIssue({
        code: "custom",
        path: ["labs", "metadataProxyFrom", index],
        message: `a range inside the VPC's, which is ${cidr}`,
      });
    }
  });
}

function alarmsForRollback(
  {
    labs: { monitoring },
    delivery: { rollbackOnAlarms },
  }: { labs: { monitoring: boolean }; delivery: { rollbackOnAlarms: boolean } },
  context: z.RefinementCtx,
): void {
  if (rollbackOnAlarms && !monitoring) {
    context.addIssue({
      code: "custom",
      path: ["delivery", "rollbackOnAlarms"],
      message: "off, because there are no alarms with labs.monitoring off",
    });
  }
}

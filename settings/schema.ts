import { z } from "zod";
import { contains, isRange, prefixLength, startsAtItsNetwork } from "./cidr.ts";
import { FARGATE_CPU, memoryOffered } from "./fargate.ts";

// Every message completes the sentence "expected …", so that an error reads: network.cidr is "10.0.0.0/30": expected …

/** The account that stands in until a person names theirs: synth works with it, AWS refuses it. */
export const PLACEHOLDER_ACCOUNT = "000000000000";

/** CloudWatch Logs accepts only these periods. Source: PutRetentionPolicy in the CloudWatch Logs API reference. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Services of AWS that the system's tasks, builds and sessions call; an endpoint costs an hourly fee per zone. */
const INTERFACE_ENDPOINTS = [
  "ecr.api",
  "ecr.dkr",
  "logs",
  "monitoring",
  "secretsmanager",
  "ssm",
  "ssmmessages",
  "sts",
  "xray",
] as const;

const onOff = z.enum(["on", "off"]);

const range = z
  .string()
  .refine(isRange, { error: "an IPv4 range such as 10.0.0.0/16", abort: true })
  .refine(startsAtItsNetwork, { error: "a range written with its first address, such as 10.0.0.0/16", abort: true });

const network = z.strictObject({
  /** Range of the VPC. Six subnets of a sixteenth each are cut from it. */
  cidr: range.refine(
    (range) => prefixLength(range) >= 16 && prefixLength(range) <= 22,
    "a range from /16 (the largest a VPC takes) to /22 (the smallest that leaves every subnet room for 50 tasks)",
  ),
  /** `one` is cheap and lets a zone's failure take the way out with it; `one-per-zone` costs one gateway per zone. */
  natGateways: z.enum(["one", "one-per-zone"]),
  /** Interface endpoints, so that this traffic neither leaves the VPC nor pays for NAT. */
  interfaceEndpoints: z.array(z.enum(INTERFACE_ENDPOINTS)).refine(isUnique, "every endpoint once"),
});

const logs = z.strictObject({
  /** Days that CloudWatch Logs keeps the services' logs and the flow logs. */
  retentionDays: z.literal(RETENTION_DAYS),
  /** Days that the load balancer's and CloudFront's access logs stay in their bucket. */
  accessLogDays: z.int().min(1, "1 day or more").max(3653, "3653 days (ten years) or less"),
});

const taskCount = z.int().min(0, "0 or more").max(1000, "1000 or less");

const serviceFields = {
  /** CPU units of a task; 1024 is one vCPU. */
  cpu: z.literal(FARGATE_CPU),
  /** MiB of a task, its sidecars included. */
  memory: z.int(),
  minTasks: taskCount,
  desiredTasks: taskCount,
  maxTasks: taskCount,
  /** Spot is cheaper, and AWS may stop its tasks with two minutes' notice. */
  capacity: z.enum(["FARGATE", "FARGATE_SPOT"]),
  logLevel: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]),
};

const monolith = z.strictObject(serviceFields).superRefine(fitsFargate).superRefine(countsInOrder);

const like = z
  .strictObject({
    ...serviceFields,
    /** The odd behaviour that the labs look for: burnt CPU and random 404s. */
    chaosMode: onOff,
    /**
     * What the number of tasks follows: the steps of lab 4, or a target for the requests or the CPU of the average task.
     * Without the lab nothing moves it.
     */
    scaling: z.enum(["steps", "requests-per-task", "cpu"]),
  })
  .superRefine(fitsFargate)
  .superRefine(countsInOrder);

const tls = z.strictObject({
  /** Name of the load balancer that the certificate is for. */
  hostName: z.hostname("a host name such as api.example.com"),
  /** ACM certificate in the environment's region. */
  certificateArn: z
    .string()
    .regex(/^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/, "the ARN of an ACM certificate"),
  /** Route 53 zone that gets the host name's record. */
  hostedZoneId: z.string().regex(/^Z[A-Z0-9]{1,31}$/, "a Route 53 hosted zone id such as Z0123456789ABC"),
});

const githubRepository = z.string().regex(/^[\w.-]+\/[\w.-]+$/, "OWNER/NAME");

const github = z.strictObject({
  /** The one repository whose workflows may take the plan and deploy roles. */
  repository: githubRepository,
  /** GitHub environment whose approval guards the deploy role. */
  deployEnvironment: z.string().min(1, "the name of a GitHub environment"),
});

const delivery = z.strictObject({
  /** Branch whose every push is released. */
  branch: z.string().regex(/^\w[\w./-]{0,99}$/, "the name of a branch"),
  /** Repository on GitHub that releases are made from; a CodeCommit repository of the environment's own when left out. */
  githubRepository: githubRepository.optional(),
  /** Whether a person has to agree to every release. */
  approval: onOff,
  /** How visitors of the like service move to a release: CodeDeploy's own configurations for ECS. */
  trafficShift: z.enum([
    "Canary10Percent5Minutes",
    "Canary10Percent15Minutes",
    "Linear10PercentEvery1Minutes",
    "Linear10PercentEvery3Minutes",
    "AllAtOnce",
  ]),
  /** Minutes that the tasks of before stay when all visitors have moved, to take them back. */
  bakeMinutes: z.int().min(0, "0 or more").max(2880, "2880 minutes (two days) or less"),
  /** Whether an alarm takes a release back. One that is on already refuses every release, also the one that would help. */
  rollbackOnAlarms: onOff,
});

/** With its size and generation, such as t3.small.search; which ones hold how much, AWS decides by engine and region. */
const searchInstance = z
  .string()
  .regex(/^[a-z]+\d[a-z]*\.\w+\.search$/, "an instance type of OpenSearch Service such as t3.small.search");

const logSearch = z.strictObject({
  /** The last Elasticsearch that AWS runs, with Kibana as the workshop knows it, or OpenSearch. Another engine is another domain. */
  engine: z.enum(["Elasticsearch_7.10", "OpenSearch_2.19"]),
  /** What a data node runs on. */
  instanceType: searchInstance,
  /** Data nodes: one, or the same number in every zone. */
  instances: z.int().min(1, "1 or more").max(80, "80 or less, the most that AWS gives a domain unasked"),
  /** What each of three nodes runs on that keep the cluster together and hold no data; data nodes do both when left out. */
  masterType: searchInstance.optional(),
  /** GiB of each data node's volume. */
  volumeGib: z.int().min(10, "10 GiB or more, the smallest volume of a node"),
  /** Days that a line can be searched; CloudWatch Logs keeps it for `logs.retentionDays`. */
  keepDays: z.int().min(1, "1 day or more").max(3653, "3653 days (ten years) or less"),
  /**
   * Shippers at once, reserved for this purpose alone, so that a flood of lines neither drowns the domain nor takes the
   * account's other functions down. None is reserved when left out: an account new to AWS has ten in all and may not.
   */
  maxShippers: z.int().min(1, "1 or more").max(100, "100 or less").optional(),
  /** Who is invited to sign in to the dashboards; `email` when left out, and nobody without either. */
  adminEmail: z.email("an e-mail address").optional(),
  /** A second factor at sign-in, from an authenticator app. */
  mfa: onOff,
});

const load = z
  .strictObject({
    /** Lab 4: the stack `load-generator`. It attacks as soon as it is deployed, so no environment has it unasked. */
    generator: onOff,
    /** Requests a second, once the ramp is over. */
    rate: z.int().min(1, "1 or more").max(10_000, "10000 or less; more needs more than one load generator"),
    /** Seconds from the first request to the last, the ramp among them. */
    durationSeconds: z.int().min(2, "2 seconds or more").max(3600, "3600 seconds (an hour) or less"),
    /** Seconds in which the rate rises evenly from none to all. */
    rampSeconds: z.int().min(0, "0 or more"),
    /** Ids of the mysfits that are liked, in turn; all twelve when left out. */
    mysfits: z.array(z.string()).min(1, "one id or more").refine(isUnique, "every id once").optional(),
    /** Whether the load generator's instance switches itself off when it is done. Its volume still costs until it is destroyed. */
    powerOff: onOff,
    /** What the load generator runs on: Graviton, whose types have a g after their generation. */
    instanceType: z
      .string()
      .regex(/^[a-z]+\d+g[a-z]*\.\w+$/, "an instance type with Graviton (arm64) such as t4g.small"),
  })
  .superRefine(rampFits);

const labs = z.strictObject({
  /** Lab 1: the metadata-proxy sidecar. */
  metadataProxy: onOff,
  /** Ranges inside the VPC that may call the sidecar; nobody but the task's own containers when left out. */
  metadataProxyFrom: z.array(range).refine(isUnique, "every range once").default([]),
  /** Lab 2: the services' logs in a search domain. */
  logSearch: onOff,
  /** Lab 3: the X-Ray daemon sidecar and segments from the services. */
  tracing: onOff,
  /** Labs 1 and 4: dashboard, alarms and saved queries; with tracing also its group and sampling rules. */
  monitoring: onOff,
  /** Lab 4: policies that move the number of tasks; without them it is moved by hand, within its bounds. */
  scaling: onOff,
});

const amount = z.number().min(0, "0 or more");

/** What the cost in a plan review goes by where AWS bills by use. Nothing is deployed from it. */
const cost = z.strictObject({
  /** Requests of visitors, the site's files included. */
  requestsPerMonth: amount,
  /** GB that all log groups take in. */
  logGbPerMonth: amount,
  /** Releases of both services together. */
  releasesPerMonth: amount,
});

export const settingsSchema = z
  .strictObject({
    /** Account the environment lives in; the provider refuses every other. */
    account: z.string().regex(/^\d{12}$/, "the 12 digits of an AWS account, in quotes"),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as us-west-2"),
    /** Availability zones, two or three. */
    zones: z
      .array(z.string())
      .min(2, "two or three zones")
      .max(3, "two or three zones")
      .refine(isUnique, "every zone once"),
    network,
    logs,
    services: z.strictObject({ like, monolith }),
    /**
     * `on` for an environment whose loss would hurt: deletion protection on the table and the load balancer, and
     * buckets and repositories that refuse to go while they hold anything.
     */
    protection: onOff,
    /** Where CloudFront serves from: 100 is North America and Europe, 200 adds most of Asia, All is everywhere. */
    cloudFrontPriceClass: z.enum(["PriceClass_100", "PriceClass_200", "PriceClass_All"]),
    /** Address that notifications go to; nobody is told when it is left out. */
    email: z.email("an e-mail address").optional(),
    /** HTTPS between CloudFront and the load balancer; it needs a name and a certificate of yours. */
    tls: tls.optional(),
    github: github.optional(),
    delivery,
    logSearch,
    labs,
    load,
    cost,
    /** Tags on every resource, besides Project, Environment and ManagedBy. */
    tags: z.record(
      z.string().regex(/^[\w .:/=+@-]{1,128}$/, "a tag name of 1 to 128 letters, digits and spaces or . : / = + @ - _"),
      z.string().max(256, "256 characters or fewer"),
    ),
    /** Address of an AWS emulator, instead of AWS. */
    emulator: z.url({ protocol: /^https?$/, error: "an address such as http://127.0.0.1:5000" }).optional(),
  })
  .superRefine(zonesOfRegion)
  .superRefine(nodesFillZones)
  .superRefine(callersInsideVpc);

export type Settings = Readonly<z.infer<typeof settingsSchema>> & {
  /** Name of the environment: its file's name without `.yaml`. */
  readonly environment: string;
};

function isUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

function fitsFargate({ cpu, memory }: { cpu: number; memory: number }, context: z.RefinementCtx): void {
  const offered = memoryOffered(cpu);
  if (!offered.includes(memory)) {
    context.addIssue({
      code: "custom",
      path: ["memory"],
      message: `MiB that Fargate offers with ${cpu} CPU units: ${offered.join(", ")}`,
    });
  }
}

function countsInOrder(
  counts: { minTasks: number; desiredTasks: number; maxTasks: number },
  context: z.RefinementCtx,
): void {
  const { minTasks, desiredTasks, maxTasks } = counts;
  if (minTasks > maxTasks) {
    context.addIssue({ code: "custom", path: ["minTasks"], message: `no more than maxTasks, which is ${maxTasks}` });
  } else if (desiredTasks < minTasks || desiredTasks > maxTasks) {
    context.addIssue({
      code: "custom",
      path: ["desiredTasks"],
      message: `a count from minTasks (${minTasks}) to maxTasks (${maxTasks})`,
    });
  }
}

function rampFits(
  { durationSeconds, rampSeconds }: { durationSeconds: number; rampSeconds: number },
  context: z.RefinementCtx,
): void {
  if (rampSeconds > durationSeconds) {
    context.addIssue({
      code: "custom",
      path: ["rampSeconds"],
      message: `no more than durationSeconds, which is ${durationSeconds}`,
    });
  }
}

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

function nodesFillZones(
  { zones, logSearch: { instances } }: { zones: readonly string[]; logSearch: { instances: number } },
  context: z.RefinementCtx,
): void {
  if (instances > 1 && instances % zones.length !== 0) {
    context.addIssue({
      code: "custom",
      path: ["logSearch", "instances"],
      message: `1, or a multiple of the ${zones.length} zones`,
    });
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

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { withChanges } from "../../../tools/workshop/variants.ts";
import { testNeeding } from "../../needs.ts";
import { ProjectCopy } from "../../project-copy.ts";
import { until } from "../../until.ts";
import { participant, SECRETS, WORKSHOP_BASE } from "../applied-settings.ts";
import { ARTIFACTS, type Outcome } from "../deploy/cli.ts";
import { makeCalls } from "../emulator/aws-calls.ts";
import { type Held, RequestHolder } from "../emulator/held-requests.ts";
import { resourceCounts } from "../emulator/resource-counts.ts";

// Real Terraform and the real AWS provider against the emulator: a base and two participants in one account, through the command
// line, in a copy of the project, because the participants' settings are files of it.

const test = testNeeding(terraformProblem, motoProblem);

const PREFIX = "pets";
const PARTICIPANTS = ["p01", "p02"] as const;
const OUT = join(ARTIFACTS, "workshop.out");

/** The stacks that a participant needs for the site and the services, besides that of the state bucket. */
const STACKS = ["network", "platform", "services"] as const;

/** Number of resources by collection that remain after everything is destroyed. */
const KEPT = {
  "acm._certificates": 1, // the load balancer's, which the settings name
  "ecs.task_definitions": 6, // two of each environment, kept for rollbacks
  "iam.roles": 4, // service-linked roles, which belong to the account
  "kms.keys": 2, // the key of the secrets, which the settings name, and an AWS managed key
  "route53.delegation_sets": 3, // leftovers in moto of the deleted private zones
  "route53._gap_deleted_zones": 3, // the emulator's record of the deleted zones
  "route53.zones": 1, // the zone of the domain, which the settings name
  "servicediscovery.operations": 6, // log of the namespaces' creation and deletion
};

/** Requests of participants, by what AWS's protocols call their operation. */
const REQUESTS = {
  createLoadBalancer: ofParticipant("Action=CreateLoadBalancer&"),
  createService: ofParticipant("AmazonEC2ContainerServiceV20141113.CreateService "),
  deleteLoadBalancer: ofParticipant("Action=DeleteLoadBalancer&"),
} as const;

/** As in AWS, Terraform starts the provider itself, so that both outlive a killed command. */
const OWN_PROVIDERS = { TF_REATTACH_PROVIDERS: "{}" } as const;

test("a base and its participants are deployed side by side and destroyed, through interruptions of each", async (t) => {
  t.timeout(40 * 60 * 1000, "three environments, each deployed and destroyed; most of this time the provider waits");
  const { emulator, proxy, copy, workshop } = await start(t);
  await prepare(emulator, copy);

  // Ctrl-C while both participants create their load balancers.
  const creating = proxy.hold(REQUESTS.createLoadBalancer);
  const interrupted = workshop(["deploy", ...STACKS, "--participants", "2", "--auto-approve"]);
  const more = await waitForLoadBalancers(interrupted, creating, proxy);
  interrupted.process.kill("SIGINT");
  const { code, output } = await interrupted.ended;
  creating.release();
  more.release();
  t.is(code, 1, output);
  t.deepEqual(rows(output), {
    emulator: "deployed",
    p01: "interrupted: platform: terraform apply was interrupted",
    p02: "interrupted: platform: terraform apply was interrupted",
  });
  t.regex(copy.read("settings/p01.yaml"), /^sharedFrom: emulator$/m);
  const stopped = await succeed(t, workshop(["status"]));
  t.deepEqual(stopped.split("\n").slice(0, 4), [
    "  environment  stacks  last lab step seen",
    "  emulator     3 of 4  not released yet",
    "  p01          1 of 4",
    "  p02          1 of 4",
  ]);
  t.regex(
    stopped,
    /^p01\/platform: interrupted at .* UTC\n {2}platform: terraform apply was interrupted\n {2}log: .*p01\.log$/m,
  );

  // The command is killed while both create their services. Terraform continues, and the next run waits for it.
  const releasing = proxy.hold(REQUESTS.createService);
  const killed = workshop(["deploy", ...STACKS, "--auto-approve"], OWN_PROVIDERS);
  await during(killed, () => ofEach(releasing));
  killed.process.kill("SIGKILL");
  const { code: none, output: resuming } = await killed.ended;
  t.is(none, null);
  for (const name of PARTICIPANTS) {
    t.regex(resuming, new RegExp(`^${name}/platform: [1-9]\\d* to add, 0 to change, 0 to destroy$`, "m"));
  }
  const unclear = await succeed(t, workshop(["status"]));
  t.regex(unclear, /^ {2}p02 +2 of 4$/m);
  t.regex(unclear, /^p02\/services: started at .* UTC and not ended, unless its command was killed$/m);
  const before = PARTICIPANTS.map((name) => logOf(name).length);
  const resumed = workshop(["deploy", ...STACKS, "--auto-approve"]);
  await during(resumed, () =>
    PARTICIPANTS.every((name, index) => logOf(name).includes("Acquiring state lock", before[index])),
  );
  releasing.release();
  t.deepEqual(rows(await succeed(t, resumed)), { emulator: "already deployed", p01: "deployed", p02: "deployed" });
  for (const name of PARTICIPANTS) {
    t.true(
      (await resumed.ended).output.includes(`${name}/services: no changes\n`),
      "Terraform had finished in the background",
    );
  }
  t.is(
    await succeed(t, workshop(["status"])),
    [
      "  environment  stacks  last lab step seen",
      "  emulator     3 of 4  not released yet",
      "  p01          3 of 4  not released yet",
      "  p02          3 of 4  not released yet\n",
    ].join("\n"),
  );
  await checkOwners(t, emulator);

  // Ctrl-C while both participants delete their load balancers.
  const deleting = proxy.hold(REQUESTS.deleteLoadBalancer);
  const stoppedAgain = workshop(["destroy", "--auto-approve"]);
  const others = await waitForLoadBalancers(stoppedAgain, deleting, proxy);
  stoppedAgain.process.kill("SIGINT");
  const left = await stoppedAgain.ended;
  deleting.release();
  others.release();
  t.is(left.code, 1, left.output);
  t.deepEqual(rows(left.output), {
    p01: "interrupted: platform: terraform apply was interrupted",
    p02: "interrupted: platform: terraform apply was interrupted",
    emulator: "not started: p01, p02 may still need the base",
  });
  t.deepEqual(rows(await succeed(t, workshop(["destroy", "--auto-approve"]))), {
    p01: "destroyed",
    p02: "destroyed",
    emulator: "destroyed",
  });
  t.deepEqual(await resourceCounts(emulator), KEPT);
});

interface Command {
  readonly process: ChildProcess;
  readonly ended: Promise<Outcome>;
}

async function start(t: ExecutionContext) {
  mkdirSync(ARTIFACTS, { recursive: true });
  rmSync(OUT, { recursive: true, force: true });
  const log = createWriteStream(join(ARTIFACTS, "workshop-emulator.log"));
  const emulator = await startEmulator({ log });
  const proxy = await RequestHolder.start(emulator);
  t.teardown(async () => {
    await proxy.stop();
    await emulator.stop();
    log.end();
  });
  const copy = new ProjectCopy(t);
  const workshop = (args: readonly string[], environment: Record<string, string> = {}): Command => {
    const command = spawn(process.execPath, ["tools/workshop/main.ts", ...args], {
      cwd: copy.folder,
      env: {
        ...process.env,
        MYSFITS_ENV: "emulator",
        MYSFITS_SET: `emulator=${proxy.endpoint}`,
        CDKTF_OUTDIR: OUT,
        CI: "",
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = outcomeOf(command);
    t.teardown(async () => {
      command.kill("SIGINT");
      await ended;
    });
    return { process: command, ended };
  };
  return { emulator, proxy, copy, workshop };
}

async function outcomeOf(command: ChildProcess): Promise<Outcome> {
  let output = "";
  for (const stream of [command.stdout, command.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [code] = await once(command, "close");
  return { code, output };
}

/** Writes the settings of the base, and those of the second participant, who has more of its own than a copy. */
async function prepare(emulator: Emulator, copy: ProjectCopy): Promise<void> {
  const responses = await makeCalls(emulator, [
    { service: "acm", operation: "RequestCertificate", params: { DomainName: "origin.example.com" } },
    { service: "kms", operation: "CreateKey" },
  ]);
  const [{ CertificateArn: certificateArn }, { KeyMetadata }] = responses.map(({ result }) => result) as [
    { CertificateArn: string },
    { KeyMetadata: { Arn: string } },
  ];
  await until(() => isIssued(emulator, certificateArn));
  const base = withChanges(copy.read("settings/emulator.yaml"), WORKSHOP_BASE);
  copy.write("settings/emulator.yaml", base);
  const own = participant({
    certificateArn,
    hostedZoneId: "Z0123456789ABC", // The emulator takes every zone for an existing one.
    key: KeyMetadata.Arn,
  });
  copy.write("settings/p02.yaml", withChanges(base, own));
}

/** True once the emulator has issued a requested certificate, as ACM does after its validation. */
async function isIssued(emulator: Emulator, CertificateArn: string): Promise<boolean> {
  const [response] = await makeCalls(emulator, [
    { service: "acm", operation: "DescribeCertificate", params: { CertificateArn } },
  ]);
  const { Certificate } = (response?.result ?? {}) as { Certificate?: { Status: string } };
  return Certificate?.Status === "ISSUED";
}

/** Checks what belongs to the base, to both participants, and to the second participant alone. */
async function checkOwners(t: ExecutionContext, emulator: Emulator): Promise<void> {
  const responses = await makeCalls(emulator, [
    {
      service: "ec2",
      operation: "DescribeVpcs",
      params: { Filters: [{ Name: "tag:Project", Values: ["pet-store"] }] },
    },
    { service: "cloudfront", operation: "ListResponseHeadersPolicies", params: { Type: "custom" } },
    { service: "iam", operation: "ListOpenIDConnectProviders" },
    { service: "application-autoscaling", operation: "DescribeScalingPolicies", params: { ServiceNamespace: "ecs" } },
    ...PARTICIPANTS.map((name) => ({
      service: "ecs",
      operation: "DescribeTaskDefinition",
      params: { taskDefinition: `${PREFIX}-${name}-like` },
    })),
  ]);
  const [vpcs, headers, issuers, scaling, ...tasks] = responses.map(({ result }) => JSON.stringify(result));
  const namesIn = (text = "", pattern = /"Name":"(pets-[\w-]+)"/g) =>
    [...text.matchAll(pattern)].map(([, name]) => name);
  t.deepEqual(namesIn(vpcs, /"VpcId":"(vpc)-/g), ["vpc"]);
  t.deepEqual(namesIn(headers), ["pets-emulator-site"]);
  t.is(namesIn(issuers, /"Arn":"(.*?)"/g).length, 1, "the base's OIDC provider for GitHub");
  t.deepEqual(namesIn(scaling, /"PolicyName":"(.*?)"/g).toSorted(), [
    "pets-p02-like-requests-per-task",
    "pets-p02-monolith-cpu",
  ]);
  t.deepEqual(
    tasks.map((task) => namesIn(task, /"valueFrom":"(.*?)"/g)),
    [[], Object.values(SECRETS)],
  );
}

/**
 * Waits until the load balancer of each participant is all that Terraform works on, and holds further requests, so that an
 * interruption leaves no resource that is created but not in the state.
 */
async function waitForLoadBalancers(command: Command, held: Held, proxy: RequestHolder): Promise<Held> {
  const isAll = () => PARTICIPANTS.every((name) => underWay(name).every((address) => address.startsWith("aws_lb.")));
  await during(command, () => ofEach(held));
  for (;;) {
    await during(command, isAll);
    const others = proxy.hold(/^/);
    if (isAll()) {
      return others;
    }
    others.release();
  }
}

/** True if a request of each participant is held. */
function ofEach({ found }: Held): boolean {
  return PARTICIPANTS.every((name) => found.has(name));
}

/** Addresses of the resources that Terraform has started to change and not completed. */
function underWay(participant: string): readonly string[] {
  const addresses = new Set<string>();
  for (const [, address = "", step] of logOf(participant).matchAll(/^(\S+): (\w+ing\.\.\.|\w+ complete)/gm)) {
    if (step?.endsWith("complete")) {
      addresses.delete(address);
    } else {
      addresses.add(address);
    }
  }
  return [...addresses];
}

/** Polls until a condition holds. Throws if the command ends before. */
async function during({ process, ended }: Command, condition: () => boolean): Promise<void> {
  while (!condition()) {
    if (process.exitCode !== null) {
      throw new Error(`the command ended too early:\n${(await ended).output}`);
    }
    await pause(100);
  }
}

async function succeed(t: ExecutionContext, { ended }: Command): Promise<string> {
  const { code, output } = await ended;
  t.is(code, 0, output);
  return output;
}

/** Outcomes by environment from the end of a command's output. */
function rows(output: string): Record<string, string> {
  const end = output.slice(output.search(/^\w+: \d of \d environments done$/m));
  return Object.fromEntries([...end.matchAll(/^ {2}(\w+) {2,}(.*)$/gm)].map(([, name, text]) => [name, text]));
}

/** Output of Terraform for a participant. */
function logOf(name: string): string {
  return readFileSync(join(OUT, "workshop", `${name}.log`), "utf8");
}

/** A request with an operation that names a participant, who is the first group. */
function ofParticipant(operation: string): RegExp {
  return new RegExp(`${operation}.*?${PREFIX}-(p\\d\\d)\\b`, "s");
}

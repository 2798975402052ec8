import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { readIndex } from "../../../tools/review/plan/plans-index.ts";
import { testNeeding } from "../../needs.ts";
import { existingVpc, overridesOf, PROTECTED_PLATFORM } from "../applied-settings.ts";
import { makeCalls } from "../emulator/aws-calls.ts";
import { clientSettings, s3Of } from "../emulator/clients.ts";
import { ARTIFACTS, deploy, summaryOf } from "./cli.ts";
import { createNetwork } from "./existing-network.ts";

// Real Terraform against the emulator, in a VPC that exists before the first deployment.

const test = testNeeding(terraformProblem, motoProblem);

const OUT = join(ARTIFACTS, "existing-vpc.out");

/** Range of the network that createNetwork creates. */
const CIDR = "10.8.0.0/16";

test("an existing VPC is used and not changed, and one that does not fit fails the plan", async (t) => {
  t.timeout(15 * 60 * 1000, "an emulator, a deployment and a destruction of two stacks, and three plans");
  mkdirSync(ARTIFACTS, { recursive: true });
  rmSync(OUT, { recursive: true, force: true });
  const log = createWriteStream(join(ARTIFACTS, "existing-vpc-emulator.log"));
  const emulator = await startEmulator({ log });
  t.teardown(async () => {
    await emulator.stop();
    log.end();
  });
  const network = await createNetwork(new EC2Client(clientSettings(emulator)));
  const run = (name: string, args: readonly string[], overrides: readonly string[] = []) =>
    deploy(
      args,
      {
        MYSFITS_ENV: "emulator",
        MYSFITS_SET: [
          `emulator=${emulator.endpoint}`,
          "services.like.maxTasks=4",
          ...overridesOf([...existingVpc(CIDR, network), ...PROTECTED_PLATFORM]),
          ...overrides,
        ].join(";"),
        CDKTF_OUTDIR: OUT,
      },
      { log: `existing-vpc-${name}` },
    );
  await s3Of(emulator).send(new CreateBucketCommand({ Bucket: "mysfits-emulator-state-123456789012" }));

  const [first = "", second = ""] = network.privateSubnetIds;
  const swapped = { ...network, privateSubnetIds: [second, first] };
  const rejected = await run("plan-swapped", ["plan", "network"], overridesOf(existingVpc(CIDR, swapped)));
  t.is(rejected.code, 1);
  t.regex(rejected.output, new RegExp(`network\\.existing\\.privateSubnetIds has ${second}: expected a`));

  const deployed = await run("deploy", ["deploy", "network", "platform", "--auto-approve"]);
  t.is(deployed.code, 0, deployed.output);
  const planned = await run("plan", ["plan", "network", "platform"]);
  t.is(planned.code, 0, planned.output);
  t.deepEqual(summaryOf(planned.output), { network: "no changes", platform: "no changes" });
  const { stacks } = readIndex(join(OUT, "plans"));
  t.like(
    stacks.find(({ name }) => name === "platform"),
    { outcome: "planned", mocked: [] },
  );
  const platform = readFileSync(join(OUT, "plans", "platform.json"), "utf8");
  t.true([network.vpcId, ...network.publicSubnetIds].every((id) => platform.includes(`"${id}"`)));

  t.deepEqual(await deleteProtected(emulator), ["ValidationException", "OperationNotPermitted"]);
  // Terraform destroys with the values of the last apply.
  const off = ["protection=off"];
  const unprotected = await run("unprotect", ["deploy", "platform", "--auto-approve"], off);
  t.regex(unprotected.output, /^deploy done: platform 0 to add, [1-9]\d* to change, 0 to destroy$/m);
  const destroyed = await run("destroy", ["destroy", "platform", "network", "--auto-approve"], off);
  t.is(destroyed.code, 0, destroyed.output);
});

/** Error codes of attempts to delete what deletion protection covers. */
async function deleteProtected(emulator: Emulator): Promise<readonly (string | undefined)[]> {
  const [table, , balancer] = await makeCalls(emulator, [
    { service: "dynamodb", operation: "DeleteTable", params: { TableName: "mysfits-emulator-mysfits" } },
    {
      service: "elbv2",
      operation: "DescribeLoadBalancers",
      params: { Names: ["mysfits-emulator"] },
      as: "found",
    },
    {
      service: "elbv2",
      operation: "DeleteLoadBalancer",
      params: { LoadBalancerArn: { $: "found.LoadBalancers.0.LoadBalancerArn" } },
    },
  ]);
  return [table?.code, balancer?.code];
}

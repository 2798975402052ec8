import {
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  DeleteRouteCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import test, { type ExecutionContext } from "ava";
import { loadSettings } from "../../../../settings/load.ts";
import { checkExistingVpc } from "../../../../tools/deploy/preflight/existing-vpc.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../../needs.ts";
import { existingVpc, overridesOf } from "../../applied-settings.ts";
import { clientSettings } from "../../emulator/clients.ts";
import { createNetwork, type ExistingNetwork } from "../existing-network.ts";
import { inventory } from "./inventory.ts";

const testWithEmulator = testNeeding(motoProblem);

/** Undefined without moto; the tests are skipped then. */
let emulator: Emulator;
let ec2: EC2Client;

test.before(async () => {
  if (motoProblem() === undefined) {
    emulator = await startEmulator();
    ec2 = new EC2Client(clientSettings(emulator));
  }
});

test.after.always(() => emulator?.stop());

/** Checks with settings whose environment has the security group `like`. */
const check = (t: ExecutionContext, network: ExistingNetwork, prefix: string, ...overrides: string[]) =>
  checkExistingVpc(
    ec2,
    loadSettings({
      environment: "emulator",
      overrides: [...overridesOf(existingVpc(`${prefix}.0.0/16`, network)), ...overrides],
    }),
    inventory(t, { aws_security_group: { like: { name: "like" } } }),
  );

const SMALL = ["services.like.maxTasks=4"];

testWithEmulator("an existing VPC that fits is reported in one line", async (t) => {
  const network = await createNetwork(ec2, "10.8");
  t.deepEqual(await check(t, network, "10.8", ...SMALL), [
    { check: "existing VPC", status: "ok", text: `${network.vpcId} with 4 subnets` },
  ]);
});

testWithEmulator("a VPC and subnets that do not exist stop a deployment", async (t) => {
  const network = await createNetwork(ec2, "10.9");
  const vpcId = "vpc-00000000000000000";
  t.like(await check(t, { ...network, vpcId }, "10.9"), {
    0: { status: "stop", text: `${vpcId} does not exist in this account and region` },
    length: 1,
  });
  const [first = "", second = ""] = network.privateSubnetIds;
  const unknown = "subnet-00000000000000000";
  t.like(await check(t, { ...network, privateSubnetIds: [first, unknown] }, "10.9", ...SMALL), {
    0: { status: "stop", text: `${unknown} does not exist in this account and region` },
    length: 1,
  });
  const swapped = await check(t, { ...network, privateSubnetIds: [second, first] }, "10.9", ...SMALL);
  t.deepEqual(
    swapped.map(({ text }) => text),
    [
      `${second} is in us-east-1b, but the settings say us-east-1a`,
      `${first} is in us-east-1a, but the settings say us-east-1b`,
    ],
  );
});

testWithEmulator("DNS attributes, the range, and routes are checked", async (t) => {
  const network = await createNetwork(ec2, "10.10");
  const { vpcId, publicSubnetIds, privateSubnetIds, privateRouteTableId } = network;
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: false } }));
  const swapped = { ...network, publicSubnetIds: privateSubnetIds, privateSubnetIds: publicSubnetIds };
  const [dns, range, ...routes] = await check(t, swapped, "10.11", ...SMALL);
  t.like(dns, { status: "stop", fix: `aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --enable-dns-hostnames` });
  t.is(range?.text, `${vpcId} has the range 10.10.0.0/16, but the settings say 10.11.0.0/16`);
  t.deepEqual(
    routes.map(({ text }) => text),
    [
      ...privateSubnetIds.map((id) => `${id} has no default route to an internet gateway`),
      ...publicSubnetIds.map(
        (id) => `${id} has a default route to an internet gateway, and tasks have no public addresses`,
      ),
    ],
  );
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
  await ec2.send(new DeleteRouteCommand({ RouteTableId: privateRouteTableId, DestinationCidrBlock: "0.0.0.0/0" }));
  t.deepEqual(
    (await check(t, network, "10.10", ...SMALL)).map(({ text }) => text),
    privateSubnetIds.map((id) => `${id} has no default route`),
  );
});

testWithEmulator("NAT addresses that the settings do not list stop a deployment", async (t) => {
  const network = await createNetwork(ec2, "10.12");
  const [address] = network.natAddresses;
  t.like(await check(t, { ...network, natAddresses: ["203.0.113.7"] }, "10.12", ...SMALL), {
    0: { status: "stop", fix: `set network.existing.natAddresses to [${address}]` },
    length: 1,
  });
});

testWithEmulator(
  "a subnet needs addresses for the first deployment, and should have them for the highest task counts",
  async (t) => {
    const network = await createNetwork(ec2, "10.13");
    const { SubnetId: small = "" } =
      (
        await ec2.send(
          new CreateSubnetCommand({
            VpcId: network.vpcId,
            AvailabilityZone: "us-east-1a",
            CidrBlock: "10.13.9.0/28",
          }),
        )
      ).Subnet ?? {};
    const [, second = ""] = network.privateSubnetIds;
    const texts = async (...overrides: string[]) =>
      (await check(t, { ...network, privateSubnetIds: [small, second] }, "10.13", ...overrides))
        .filter(({ text }) => text.startsWith(small) && text.includes("addresses"))
        .map(({ status, text }) => [status, text]);
    t.deepEqual(await texts("services.like.maxTasks=30"), [
      ["attention", `${small} has 11 addresses for this environment, and the highest task counts use 19`],
    ]);
    t.deepEqual(await texts("services.like.desiredTasks=8", "services.like.maxTasks=10"), [
      ["stop", `${small} has 11 addresses for this environment, and the first deployment uses 12`],
    ]);
    const group = await ec2.send(
      new CreateSecurityGroupCommand({ VpcId: network.vpcId, GroupName: "like", Description: "Tasks" }),
    );
    await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: small, Groups: [`${group.GroupId}`] }));
    t.deepEqual(
      (await texts("services.like.maxTasks=30")).map(([, text]) => text),
      [`${small} has 11 addresses for this environment, and the highest task counts use 19`],
      "an address that this environment uses counts as its own",
    );
  },
);

import test from "ava";
import type { App } from "#cdktf";
import type { Settings } from "../../settings/schema.ts";
import { addStacks } from "../../stacks/add-stacks.ts";
import { resource, resources, type SynthesizedStack, synthesize, synthesizeOnly } from "../synth.ts";

const ON = "load.generator=on";

const TLS =
  "tls={hostName: api.example.com, certificateArn: 'arn:aws:acm:us-west-2:000000000000:certificate/a', hostedZoneId: Z1}";

const workshop = generator("workshop");
const instance = resource(workshop, "aws_instance", "load-generator/instance");

function generator(environment: string, ...overrides: string[]): SynthesizedStack {
  return synthesize(environment, ON, ...overrides)["load-generator"] as SynthesizedStack;
}

function userData(stack: SynthesizedStack): string {
  return String(resource(stack, "aws_instance", "load-generator/instance").user_data);
}

test("the stack exists only with load.generator=on, and does not change the other stacks", (t) => {
  const { "load-generator": asked, ...others } = synthesize("workshop", ON, TLS);
  t.truthy(asked);
  t.deepEqual(others, synthesize("workshop", TLS));
});

test("an unknown mysfit ID fails the synth even without the generator", (t) => {
  t.throws(() => synthesize("workshop", "load.mysfits=[unknown]"), {
    message: /^load\.mysfits\.0 is "unknown": expected the id of a mysfit: /,
  });
});

test("the instance runs the newest image of Amazon Linux 2023 for Graviton", (t) => {
  const images = Object.values(workshop.data.aws_ssm_parameter ?? {});
  t.deepEqual(
    images.map(({ name }) => name),
    ["/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"],
  );
  t.regex(String(instance.ami), /^\$\{data\.aws_ssm_parameter\..*\.insecure_value\}$/);
  t.like(instance, { instance_type: "t4g.small", lifecycle: { ignore_changes: ["ami"] } });
});

test("the instance is unreachable: no public address, no key pair, no ingress rule, and IMDSv2 only", (t) => {
  t.like(instance, {
    associate_public_ip_address: false,
    metadata_options: { http_tokens: "required", http_endpoint: "enabled", http_put_response_hop_limit: 1 },
    root_block_device: { encrypted: true },
  });
  t.false("key_name" in instance);
  t.regex(String(instance.subnet_id), /private/);
  const groups = resources(workshop, "aws_security_group");
  t.is(groups.length, 1);
  t.false("ingress" in (groups[0] as object));
});

test("the load balancer admits the NAT gateways on its production port while the generator exists", (t) => {
  for (const [environment, gateways, overrides, port] of [
    ["workshop", 1, [], 80],
    ["production", 3, [TLS], 443],
  ] as const) {
    const rules = resources(generator(environment, ...overrides), "aws_vpc_security_group_ingress_rule");
    t.is(rules.length, gateways);
    for (const rule of rules) {
      t.like(rule, { from_port: port, to_port: port, ip_protocol: "tcp" });
      t.regex(String(rule.cidr_ipv4), /^\$\{.*aws_eip.*\}\/32$/);
      t.regex(String(rule.security_group_id), /load-balancer_test-security-group/);
    }
  }
});

test("no security group holds more than AWS's 60 rules, with prefix lists counted by their weight", (t) => {
  const weights = new Map<string, number>();
  for (const stack of Object.values(synthesize("production", ON, TLS))) {
    for (const rule of resources(stack, "aws_vpc_security_group_ingress_rule")) {
      // Source: "AWS-managed prefix list weight", Amazon VPC user guide.
      const weight = rule.prefix_list_id ? 55 : 1;
      const group = String(rule.security_group_id).replace(/^.*aws_security_group/, "");
      weights.set(group, (weights.get(group) ?? 0) + weight);
    }
  }
  t.true([...weights.values()].includes(55));
  t.deepEqual(
    [...weights].filter(([, weight]) => weight > 60),
    [],
  );
});

test("the instance may only connect to the load balancer's port and over HTTPS", (t) => {
  const ports = (stack: SynthesizedStack) =>
    resources(stack, "aws_vpc_security_group_egress_rule").map(({ from_port, to_port }) => `${from_port}-${to_port}`);
  t.deepEqual(ports(workshop).sort(), ["443-443", "80-80"]);
  t.deepEqual(ports(generator("workshop", TLS)), ["443-443"]);
});

test("the load test calls the load balancer, over HTTPS if it has a certificate", (t) => {
  t.regex(userData(workshop), /^POST http:\/\/\$\{.*dns_name\}\/mysfits\/4e53920c-\S+\/like$/m);
  t.regex(userData(generator("workshop", TLS)), /^POST https:\/\/\$\{.*fqdn\}\/mysfits\/4e53920c-\S+\/like$/m);
});

test("a changed load test replaces the instance, which stops when it is done instead of terminating", (t) => {
  const changed = userData(generator("workshop", "load.rate=100", "load.rampSeconds=0", "load.powerOff=off"));
  t.regex(changed, /^90000 900$/m);
  t.notRegex(changed, /poweroff/);
  t.like(instance, { user_data_replace_on_change: true, instance_initiated_shutdown_behavior: "stop" });
});

test("the generator's bucket and log group keep reports as long as logs", (t) => {
  t.like(resource(workshop, "aws_cloudwatch_log_group", "load-generator/log-group"), {
    name: "/mysfits-workshop/load-generator",
    retention_in_days: 7,
  });
  t.like(resource(workshop, "aws_s3_bucket", "reports/bucket"), {
    bucket: "mysfits-workshop-load-generator-reports-000000000000",
    force_destroy: true,
  });
  const [rule] = resource(workshop, "aws_s3_bucket_lifecycle_configuration", "reports/lifecycle").rule as object[];
  t.like(rule, { expiration: [{ days: 7 }] });
});

test("the stack reads the states of network and platform, and cdktf deploys it without them", (t) => {
  t.deepEqual(Object.keys(workshop.data.terraform_remote_state ?? {}).sort(), [
    "cross-stack-reference-input-network",
    "cross-stack-reference-input-platform",
  ]);
  let stacks: ReturnType<typeof addStacks> | undefined;
  const add = (app: App, settings: Settings) => {
    stacks = addStacks(app, settings);
  };
  synthesizeOnly(add, "workshop", ON);
  t.deepEqual(stacks?.loadGenerator?.dependencies, []);
  t.deepEqual(stacks?.platform.dependencies, [stacks?.network]);
});

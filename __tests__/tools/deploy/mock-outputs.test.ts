import test from "ava";
import { mockOutputs, type ProviderSchemas } from "../../../tools/deploy/mock-outputs.ts";
import { MOCK_ADDRESS, MOCK_MARK } from "../../../tools/review/plan/plans.ts";

const attributes = (types: Record<string, unknown>) => ({
  block: { attributes: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }])) },
});

/** Excerpt of the output of `terraform providers schema -json`. */
const SCHEMAS = {
  provider_schemas: {
    "registry.terraform.io/hashicorp/aws": {
      resource_schemas: {
        aws_iam_role: attributes({ arn: "string" }),
        aws_lb_listener: attributes({ arn: "string", port: "number" }),
        aws_subnet: attributes({ id: "string", cidr_block: "string", map_public_ip_on_launch: "bool" }),
        aws_sqs_queue: attributes({ url: "string" }),
        aws_ecs_service: attributes({ id: "string" }),
        aws_nat_gateway: attributes({ public_ip: "string", secondary_allocation_ids: ["set", "string"] }),
        aws_vpc: attributes({ tags_all: ["map", "string"] }),
        aws_eks_cluster: attributes({
          certificate_authority: ["list", ["object", { data: "string", size: "number" }]],
        }),
        aws_opensearch_domain: {
          block: { block_types: { vpc_options: attributes({ availability_zones: ["set", "string"] }) } },
        },
      },
      data_source_schemas: { aws_vpcs: attributes({ ids: ["list", "string"] }) },
    },
  },
} as ProviderSchemas;

const PLACE = { account: "123456789012", region: "us-west-2" };

const EXPECTED: Readonly<Record<string, unknown>> = {
  "aws_iam_role.task_1A2B.arn": "arn:aws:iam::123456789012:role/not-yet-applied-1",
  "aws_lb_listener.http.arn": "arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/not-yet-applied-1",
  "aws_lb_listener.http.port": 1,
  "aws_subnet.public-us-east-1a_40AF4CE0.id": "subnet-not-yet-applied-1",
  "aws_subnet.public.cidr_block": "192.0.2.1/32",
  "aws_subnet.public.map_public_ip_on_launch": false,
  "aws_sqs_queue.dead.url": "https://not-yet-applied-1.invalid",
  "aws_ecs_service.like.id": "arn:aws:ecs:us-west-2:123456789012:service/not-yet-applied-1",
  "aws_nat_gateway.one.public_ip": "192.0.2.1",
  "aws_nat_gateway.one.secondary_allocation_ids": ["nat-gateway-not-yet-applied-1"],
  "aws_vpc.vpc.tags_all": { "not-yet-applied": "vpc-not-yet-applied-1" },
  "aws_eks_cluster.c.certificate_authority": [{ data: "eks-cluster-not-yet-applied-1", size: 1 }],
  "aws_eks_cluster.c.certificate_authority[0].size": 1,
  "aws_opensearch_domain.d.vpc_options[0].availability_zones": ["opensearch-domain-not-yet-applied-1"],
  "data.aws_vpcs.all.ids": ["vpcs-not-yet-applied-1"],
};

/** Value of an output as cdktf writes it. */
const reference = (attribute: string) => `\${${attribute}}`;

for (const [attribute, value] of Object.entries(EXPECTED)) {
  test(`${attribute} is ${JSON.stringify(value)} until it is applied`, (t) => {
    t.deepEqual(mockOutputs({ output: reference(attribute) }, SCHEMAS, PLACE), { output: value });
  });
}

test("an expression with text around an attribute gets a plain string", (t) => {
  const address = `https://${reference("aws_lb.balancer.dns_name")}/`;
  t.deepEqual(mockOutputs({ address }, SCHEMAS, PLACE), { address: "not-yet-applied-1" });
});

test("every mock string can be told apart from a real value", (t) => {
  const texts = JSON.stringify(Object.values(EXPECTED)).match(/"[^"]+"/g) ?? [];
  const names = ['"data"', '"size"'];
  const unmarked = texts.filter(
    (text) => !text.includes(MOCK_MARK) && !text.startsWith(`"${MOCK_ADDRESS}`) && !names.includes(text),
  );
  t.deepEqual(unmarked, []);
});

test("two outputs of the same format get distinct values", (t) => {
  const subnets = { a: reference("aws_subnet.a.id"), b: reference("aws_subnet.b.id") };
  t.deepEqual(mockOutputs(subnets, SCHEMAS, PLACE), { a: "subnet-not-yet-applied-1", b: "subnet-not-yet-applied-2" });
});

import test from "ava";
import { MYSFITS } from "../../specs/mysfits.ts";
import { resource, resources, synthesize } from "../synth.ts";

const TLS = [
  "tls.hostName=api.mysfits.example",
  "tls.certificateArn=arn:aws:acm:us-west-2:000000000000:certificate/0a1b2c3d",
  "tls.hostedZoneId=Z0123456789ABC",
];

test("the load balancer admits CloudFront on its one port and nobody else", (t) => {
  const { platform } = synthesize("workshop");
  const [rule, ...others] = resources(platform, "aws_vpc_security_group_ingress_rule");
  t.deepEqual(others, []);
  t.like(rule, { from_port: 80, to_port: 80, ip_protocol: "tcp" });
  t.regex(String(rule?.prefix_list_id), /aws_ec2_managed_prefix_list/);
  t.is(rule?.cidr_ipv4, undefined);
  t.deepEqual(
    resources(platform, "aws_vpc_security_group_egress_rule"),
    [],
    "a service that joins opens its own way out",
  );
});

test("a listener answers 404 in JSON until a service puts a rule on it", (t) => {
  const listeners = resources(synthesize("workshop").platform, "aws_lb_listener");
  t.deepEqual(
    listeners.map(({ port }) => port),
    [80, 8080],
  );
  for (const {
    default_action: [action],
  } of listeners as { default_action: { fixed_response: object }[] }[]) {
    t.like(action?.fixed_response, { status_code: "404", content_type: "application/json" });
  }
});

test("with a certificate of one's own, CloudFront and the load balancer speak TLS 1.2 or later", (t) => {
  const { platform } = synthesize("workshop", ...TLS);
  t.like(resource(platform, "aws_lb_listener", "production-listener"), {
    port: 443,
    protocol: "HTTPS",
    ssl_policy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
  });
  t.is(resource(platform, "aws_vpc_security_group_ingress_rule", "from-cloudfront").from_port, 443);
  t.true(
    JSON.stringify(resource(platform, "aws_cloudfront_distribution", "distribution").origin).includes('"https-only"'),
  );
  t.is(resource(platform, "aws_route53_record", "record").name, "api.mysfits.example");
});

test("access logs are kept, for the days that the setting says", (t) => {
  const { platform } = synthesize("workshop", "logs.accessLogDays=9");
  t.like(resource(platform, "aws_lb", "load-balancer/load-balancer").access_logs as object, { enabled: true });
  const {
    rule: [rule],
  } = resource(platform, "aws_s3_bucket_lifecycle_configuration", "access-logs/bucket/lifecycle") as {
    rule: [{ expiration: { days: number }[] }];
  };
  t.deepEqual(rule.expiration, [{ days: 9 }]);
});

test("the site and the services share one origin, and the bucket is read by the distribution alone", (t) => {
  const { platform } = synthesize("workshop");
  const distribution = resource(platform, "aws_cloudfront_distribution", "distribution") as {
    ordered_cache_behavior: { path_pattern: string; target_origin_id: string; viewer_protocol_policy: string }[];
    default_cache_behavior: object;
  };
  t.deepEqual(
    distribution.ordered_cache_behavior.map(({ path_pattern, target_origin_id }) => [path_pattern, target_origin_id]),
    [
      ["/mysfits", "services"],
      ["/mysfits/*", "services"],
    ],
  );
  t.like(distribution.default_cache_behavior, {
    target_origin_id: "files",
    viewer_protocol_policy: "redirect-to-https",
  });
  for (const block of resources(platform, "aws_s3_bucket_public_access_block")) {
    t.like(block, { block_public_policy: true, restrict_public_buckets: true });
  }
});

test("the table holds the twelve mysfits, is asked on demand, can be restored and has both indexes", (t) => {
  const { platform } = synthesize("workshop");
  const table = resource(platform, "aws_dynamodb_table", "table/table");
  t.like(table, { billing_mode: "PAY_PER_REQUEST", hash_key: "MysfitId", point_in_time_recovery: { enabled: true } });
  t.deepEqual(
    (
      table.global_secondary_index as { name: string; hash_key: string; range_key: string; projection_type: string }[]
    ).map((index) => Object.values(index).sort()),
    [
      ["ALL", "GoodEvil", "GoodEvilIndex", "MysfitId"],
      ["ALL", "LawChaos", "LawChaosIndex", "MysfitId"],
    ],
  );
  const items = resources(platform, "aws_dynamodb_table_item");
  t.deepEqual(items.map(({ item }) => JSON.parse(String(item)).Name.S).sort(), MYSFITS.map(({ name }) => name).sort());
  t.true(
    items.every(({ lifecycle }) => JSON.stringify(lifecycle) === '{"ignore_changes":["item"]}'),
    "or an apply would undo likes",
  );
});

test("images are scanned, never overwritten, and expire", (t) => {
  const { platform } = synthesize("workshop");
  t.is(resources(platform, "aws_ecr_repository").length, 3);
  for (const repository of resources(platform, "aws_ecr_repository")) {
    t.like(repository, { image_tag_mutability: "IMMUTABLE", image_scanning_configuration: { scan_on_push: true } });
  }
  t.is(resources(platform, "aws_ecr_lifecycle_policy").length, 3);
});

test("one setting protects what would hurt to lose", (t) => {
  const protection = (setting: string) => {
    const { platform } = synthesize("workshop", `protection=${setting}`);
    return {
      balancer: resource(platform, "aws_lb", "load-balancer").enable_deletion_protection,
      table: resource(platform, "aws_dynamodb_table", "table/table").deletion_protection_enabled,
      buckets: resources(platform, "aws_s3_bucket").map((bucket) => bucket.force_destroy),
      images: resources(platform, "aws_ecr_repository").map((repository) => repository.force_delete),
    };
  };
  t.deepEqual(protection("on"), {
    balancer: true,
    table: true,
    buckets: [false, false],
    images: [false, false, false],
  });
  t.deepEqual(protection("off"), { balancer: false, table: false, buckets: [true, true], images: [true, true, true] });
});

test("notifications are encrypted and reach the e-mail address of the settings", (t) => {
  t.deepEqual(resources(synthesize("workshop").platform, "aws_sns_topic_subscription"), []);
  const { platform } = synthesize("workshop", "email=on-call@mysfits.example");
  t.like(resource(platform, "aws_sns_topic_subscription", "email"), {
    protocol: "email",
    endpoint: "on-call@mysfits.example",
  });
  t.truthy(resource(platform, "aws_sns_topic", "topic").kms_master_key_id);
});

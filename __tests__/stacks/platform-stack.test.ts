import test from "ava";
import { MYSFITS } from "../../model/mysfits.ts";
import { pathOf, resource, resources, synthesize } from "../synth.ts";

const TLS = [
  "tls.hostName=api.mysfits.example",
  "tls.certificateArn=arn:aws:acm:us-west-2:000000000000:certificate/0a1b2c3d",
  "tls.hostedZoneId=Z0123456789ABC",
];

interface PolicyStatement {
  readonly effect?: string;
  readonly actions: readonly string[];
  readonly condition: readonly [
    { readonly test: string; readonly variable: string; readonly values: readonly string[] },
  ];
}

test("the load balancer admits only CloudFront, on its one port", (t) => {
  const { platform } = synthesize("workshop");
  const [rule, ...others] = resources(platform, "aws_vpc_security_group_ingress_rule");
  t.deepEqual(others, []);
  t.like(rule, { from_port: 80, to_port: 80, ip_protocol: "tcp" });
  t.regex(String(rule?.prefix_list_id), /aws_ec2_managed_prefix_list/);
  t.is(rule?.cidr_ipv4, undefined);
  t.deepEqual(resources(platform, "aws_vpc_security_group_egress_rule"), [], "each service adds its own egress rule");
});

test("a listener answers 404 in JSON to requests that no rule matches", (t) => {
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

test("with a certificate, CloudFront and the load balancer use TLS 1.2 or later", (t) => {
  const { platform } = synthesize("workshop", ...TLS);
  t.like(resource(platform, "aws_lb_listener", "production-listener"), {
    port: 443,
    protocol: "HTTPS",
    ssl_policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  });
  t.is(resource(platform, "aws_vpc_security_group_ingress_rule", "from-cloudfront").from_port, 443);
  t.true(
    JSON.stringify(resource(platform, "aws_cloudfront_distribution", "distribution").origin).includes('"https-only"'),
  );
  t.is(resource(platform, "aws_route53_record", "record").name, "api.mysfits.example");
});

const SITE = "site={domain: mysfits.example.com, hostedZoneId: Z0123456789ABC, redirectWww: on}";

test("the site's own domain has a certificate in us-east-1, records, HSTS, and a redirect from www", (t) => {
  const { platform, services } = synthesize("workshop", SITE);
  const names = ["mysfits.example.com", "www.mysfits.example.com"];
  t.deepEqual(
    platform?.provider.aws.map(({ alias, region }) => [alias, region]),
    [
      [undefined, "us-west-2"],
      ["edge", "us-east-1"],
    ],
  );
  t.like(resource(platform, "aws_acm_certificate", "certificate"), {
    provider: "aws.edge",
    domain_name: names[0],
    subject_alternative_names: names.slice(1),
    validation_method: "DNS",
    lifecycle: { create_before_destroy: true },
  });
  const distribution = resource(platform, "aws_cloudfront_distribution", "distribution");
  t.deepEqual(distribution.aliases, names);
  t.like(distribution.viewer_certificate as object, {
    ssl_support_method: "sni-only",
    minimum_protocol_version: "TLSv1.2_2021",
  });
  t.regex(
    JSON.stringify(distribution.viewer_certificate),
    /aws_acm_certificate_validation\./,
    "a validated certificate",
  );
  const behaviors = [distribution.default_cache_behavior, distribution.ordered_cache_behavior].flat();
  t.true(behaviors.length > 2);
  for (const behavior of behaviors) {
    t.regex(JSON.stringify(behavior), /"event_type":"viewer-request","function_arn":"\$\{aws_cloudfront_function\./);
  }
  t.deepEqual(
    resources(platform, "aws_route53_record")
      .filter(({ alias }) => alias)
      .map(({ name, type }) => `${name} ${type}`)
      .sort(),
    names.flatMap((name) => [`${name} A`, `${name} AAAA`]),
  );
  const { strict_transport_security } = resource(platform, "aws_cloudfront_response_headers_policy", "headers")
    .security_headers_config as { strict_transport_security: object };
  t.deepEqual(strict_transport_security, {
    access_control_max_age_sec: 31536000,
    include_subdomains: false,
    override: true,
  });
  t.is(platform?.output?.["site-address"]?.value, "https://mysfits.example.com");
  t.true(JSON.stringify(services).includes("https://mysfits.example.com"), "the monolith's UPSTREAM_URL");
});

test("a certificate of your own is used as it is, and without a zone there are no records", (t) => {
  const arn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d";
  const { platform } = synthesize("workshop", `site={domain: mysfits.example.com, certificateArn: '${arn}'}`);
  const { aliases, viewer_certificate } = resource(platform, "aws_cloudfront_distribution", "distribution");
  t.deepEqual(aliases, ["mysfits.example.com"]);
  t.like(viewer_certificate as object, { acm_certificate_arn: arn });
  for (const type of ["aws_acm_certificate", "aws_route53_record", "aws_cloudfront_function"]) {
    t.deepEqual(resources(platform, type), []);
  }
});

test("a site with its own domain has its own response headers, even if it shares the rest", (t) => {
  const { platform } = synthesize("workshop", SITE, "sharedFrom=production");
  t.is(resources(platform, "aws_cloudfront_response_headers_policy").length, 1);
});

test("the firewall counts or blocks what AWS's rules match, in us-east-1, and is off by default", (t) => {
  const groups = (mode: string) => {
    const { platform } = synthesize("workshop", `waf=${mode}`);
    const acl = resource(platform, "aws_wafv2_web_acl", "web-acl");
    t.like(acl, { provider: "aws.edge", scope: "CLOUDFRONT", default_action: { allow: {} } });
    const distribution = resource(platform, "aws_cloudfront_distribution", "distribution");
    t.regex(String(distribution.web_acl_id), /aws_wafv2_web_acl\.site-firewall_web-acl_\w+\.arn/);
    return acl.rule as { name: string; override_action: object; statement: object; visibility_config: object }[];
  };
  for (const { name, statement, visibility_config } of groups("count")) {
    t.deepEqual(statement, { managed_rule_group_statement: { vendor_name: "AWS", name } });
    t.like(visibility_config, { cloudwatch_metrics_enabled: true, metric_name: name });
  }
  t.deepEqual(
    groups("count").map(({ override_action }) => override_action),
    [{ count: {} }, { count: {} }, { count: {} }],
  );
  t.deepEqual(
    groups("block").map(({ name, override_action }) => [name, override_action]),
    ["AmazonIpReputationList", "KnownBadInputsRuleSet", "CommonRuleSet"].map((name) => [
      `AWSManagedRules${name}`,
      { none: {} },
    ]),
  );
  const { platform } = synthesize("workshop");
  t.deepEqual(resources(platform, "aws_wafv2_web_acl"), []);
  t.is(platform?.provider.aws.length, 1);
});

test("load balancers may deliver access logs, without a condition that AWS does not document", (t) => {
  const { platform } = synthesize("workshop");
  const documents = Object.values(platform?.data.aws_iam_policy_document ?? {});
  const statement = documents
    .flatMap((document) => document.statement as { sid?: string; resources: string[]; condition?: object }[])
    .find(({ sid }) => sid === "LoadBalancersWrite");
  t.is(statement?.condition, undefined);
  t.regex(String(statement?.resources), /\.arn\}\/mysfits-workshop\/AWSLogs\/000000000000\/\*$/);
  const { prefix } = resource(platform, "aws_lb", "load-balancer/load-balancer").access_logs as { prefix: string };
  t.is(prefix, "mysfits-workshop", "the policy allows this prefix only");
});

test("access logs are on, and expire after the setting's days", (t) => {
  const { platform } = synthesize("workshop", "logs.accessLogDays=9");
  t.like(resource(platform, "aws_lb", "load-balancer/load-balancer").access_logs as object, { enabled: true });
  const {
    rule: [rule],
  } = resource(platform, "aws_s3_bucket_lifecycle_configuration", "access-logs/bucket/lifecycle") as {
    rule: [{ expiration: { days: number }[] }];
  };
  t.deepEqual(rule.expiration, [{ days: 9 }]);
});

test("the site and the services share one origin, and only the distribution reads the bucket", (t) => {
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
  const document = Object.values(platform?.data.aws_iam_policy_document ?? {}).find(
    (candidate) => pathOf(candidate) === "platform/site/files/policy-document",
  ) as { statement: PolicyStatement[] };
  const allowed = document.statement.filter(({ effect }) => effect !== "Deny");
  t.deepEqual(
    allowed.map(({ actions }) => actions),
    [["s3:GetObject"], ["s3:ListBucket"]],
    "S3 says that a file is missing only to those who may list the bucket",
  );
  for (const { condition } of allowed) {
    t.like(condition, [{ test: "StringEquals", variable: "aws:SourceArn" }]);
    t.regex(String(condition[0].values), /^\$\{aws_cloudfront_distribution\.[\w-]+\.arn\}$/);
  }
});

test("the table has the twelve mysfits, on-demand billing, point-in-time recovery, and both indexes", (t) => {
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
    "otherwise an apply would undo likes",
  );
});

test("images are scanned, immutable, and expire", (t) => {
  const { platform } = synthesize("workshop");
  t.is(resources(platform, "aws_ecr_repository").length, 3);
  for (const repository of resources(platform, "aws_ecr_repository")) {
    t.like(repository, { image_tag_mutability: "IMMUTABLE", image_scanning_configuration: { scan_on_push: true } });
  }
  t.is(resources(platform, "aws_ecr_lifecycle_policy").length, 3);
  for (const { policy } of resources(platform, "aws_ecr_lifecycle_policy")) {
    const { rules } = JSON.parse(String(policy)) as { rules: { selection: object }[] };
    t.deepEqual(
      rules.map(({ selection }) => selection),
      [{ tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1000 }],
      "far more than the pushes between two releases, because ECR expires images that are in use",
    );
  }
});

test("the setting protection covers the load balancer, the table, buckets, and images", (t) => {
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

test("alarms publish for this account, and events without a condition, which EventBridge does not support", (t) => {
  const { platform } = synthesize("workshop");
  const statements = Object.values(platform?.data.aws_iam_policy_document ?? {})
    .filter((document) => /notifications\/(key|topic)-document$/.test(pathOf(document)))
    .flatMap(
      (document) =>
        document.statement as { principals: { identifiers: string[] }[]; condition?: { variable: string }[] }[],
    );
  const conditions = (service: string) =>
    statements
      .filter(({ principals }) => principals.some(({ identifiers }) => identifiers.includes(service)))
      .map(({ condition = [] }) => condition.map(({ variable }) => variable));
  t.deepEqual(conditions("cloudwatch.amazonaws.com"), [["aws:SourceAccount"], ["aws:SourceAccount"]]);
  t.deepEqual(conditions("events.amazonaws.com"), [[], []]);
});

test("notifications are encrypted and go to the setting's email address", (t) => {
  t.deepEqual(resources(synthesize("workshop").platform, "aws_sns_topic_subscription"), []);
  const { platform } = synthesize("workshop", "email=on-call@mysfits.example");
  t.like(resource(platform, "aws_sns_topic_subscription", "email"), {
    protocol: "email",
    endpoint: "on-call@mysfits.example",
  });
  t.truthy(resource(platform, "aws_sns_topic", "topic").kms_master_key_id);
});

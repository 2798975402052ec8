import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "ava";
import { pathOf, resource, resources, type SynthesizedStack, synthesize } from "../synth.ts";

interface ContainerDefinition {
  name: string;
  image: string;
  dockerLabels?: Record<string, string>;
  essential: boolean;
  dependsOn?: { containerName: string; condition: string }[];
  restartPolicy?: { enabled: boolean };
  command?: string[];
  environment: { name: string; value: string }[];
  secrets?: { name: string; valueFrom: string }[];
  readonlyRootFilesystem: boolean;
  logConfiguration: { logDriver: string };
  healthCheck?: { command: string[] };
}

function containers(stack: SynthesizedStack | undefined, service: string): ContainerDefinition[] {
  return JSON.parse(
    String(resource(stack, "aws_ecs_task_definition", `${service}/task/definition`).container_definitions),
  );
}

function environment(stack: SynthesizedStack | undefined, service: string): Record<string, string> {
  return Object.fromEntries(containers(stack, service)[0]?.environment.map(({ name, value }) => [name, value]) ?? []);
}

interface Statement {
  readonly actions: string[];
  readonly resources: string[];
  readonly condition?: object[];
}

/** Statements of a service's task role. */
function permissions(stack: SynthesizedStack | undefined, service: string): readonly Statement[] {
  return statements(stack, `${service}_task_task-role_document`);
}

/** Statements of the policy document whose Terraform name starts with `document`. */
function statements(stack: SynthesizedStack | undefined, document: string): readonly Statement[] {
  const found = Object.entries(stack?.data.aws_iam_policy_document ?? {}).find(([name]) => name.startsWith(document));
  return (found?.[1].statement ?? []) as Statement[];
}

test("the like service gets the environment variables of its contract, with the settings' values", (t) => {
  const { services } = synthesize("workshop");
  t.like(environment(services, "like"), {
    CHAOSMODE: "on",
    LOGLEVEL: "ERROR",
    AWS_XRAY_TRACING_NAME: "workshop like service",
  });
  t.regex(String(environment(services, "like").MONOLITH_URL), /^monolith\.\$\{/);
  t.like(environment(synthesize("production").services, "like"), { CHAOSMODE: "off", LOGLEVEL: "INFO" });
});

test("the monolith gets its table and the site's origin", (t) => {
  const told = environment(synthesize("workshop").services, "monolith");
  t.regex(String(told.DDB_TABLE_NAME), /aws_dynamodb_table/);
  t.regex(String(told.UPSTREAM_URL), /^https:\/\/\$\{.*aws_cloudfront_distribution/);
});

test("the X-Ray daemon starts before its service and stops after it, and sidecars are restarted", (t) => {
  for (const service of ["like", "monolith"]) {
    const [main, ...sidecars] = containers(synthesize("workshop").services, service);
    t.deepEqual(main?.dependsOn, [{ containerName: "x-ray-daemon", condition: "START" }]);
    t.is(main?.restartPolicy, undefined, "ECS replaces the task of an essential container");
    t.deepEqual(
      sidecars.map(({ restartPolicy }) => restartPolicy),
      [{ enabled: true }, { enabled: true }],
    );
    t.deepEqual(sidecars.find(({ name }) => name === "x-ray-daemon")?.command, ["-o"]);
  }
  const [untraced] = containers(synthesize("workshop", "labs.tracing=off").services, "like");
  t.is(untraced?.dependsOn, undefined);
});

test("containers have a read-only file system and log to CloudWatch", (t) => {
  for (const service of ["like", "monolith"]) {
    for (const container of containers(synthesize("workshop").services, service)) {
      t.true(container.readonlyRootFilesystem, container.name);
      t.is(container.logConfiguration.logDriver, "awslogs", container.name);
    }
  }
});

test("a task of the monolith gets into DNS once it answers, and the name can be destroyed unless protection is on", (t) => {
  const { services } = synthesize("workshop");
  const name = resource(services, "aws_service_discovery_service", "monolith/name");
  t.deepEqual(name.health_check_custom_config, { failure_threshold: 1 });
  t.is(name.force_destroy, true);
  const protectedName = resource(synthesize("production").services, "aws_service_discovery_service", "monolith/name");
  t.is(protectedName.force_destroy, false);
  const checks = (service: string) =>
    containers(services, service).map(({ healthCheck }) => healthCheck?.command.slice(0, 3));
  t.deepEqual(checks("monolith")[0], ["CMD", "node", "--eval"]);
  t.true([...checks("monolith").slice(1), ...checks("like")].every((command) => command === undefined));
});

test("the monolith's container check tells a healthy service from one that fails or does not listen", async (t) => {
  const { services } = synthesize("workshop");
  const program = containers(services, "monolith")[0]?.healthCheck?.command[3] ?? "";
  let status = 200;
  const server = createServer((_request, response) => response.writeHead(status).end());
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const check = () =>
    new Promise((exit) =>
      spawn(process.execPath, ["--eval", program.replace('"port":80', `"port":${port}`)]).on("exit", exit),
    );
  t.is(await check(), 0);
  status = 503;
  t.is(await check(), 1);
  server.close();
  t.is(await check(), 1);
});

const SECRET = "arn:aws:secretsmanager:us-west-2:123456789012:secret:shop/token-AbCdEf";

test("ECS injects a service's secrets, which its execution role alone may read", (t) => {
  const key = "arn:aws:kms:us-west-2:123456789012:key/1234abcd";
  const { services } = synthesize(
    "workshop",
    `services.like.secrets={API_TOKEN: '${SECRET}:token::', OTHER: '${SECRET}', FLAG: /shop/flag}`,
    `services.like.secretKeys=['${key}']`,
  );
  const [like, ...sidecars] = containers(services, "like");
  t.deepEqual(like?.secrets, [
    { name: "API_TOKEN", valueFrom: `${SECRET}:token::` },
    { name: "OTHER", valueFrom: SECRET },
    { name: "FLAG", valueFrom: "/shop/flag" },
  ]);
  t.true([...sidecars, ...containers(services, "monolith")].every(({ secrets }) => secrets === undefined));
  const execution = statements(services, "like_task_execution-role_document").filter(({ actions }) =>
    /^(secretsmanager|ssm|kms):/.test(String(actions)),
  );
  t.is(execution[1]?.resources[0]?.split(":ssm:")[1], "us-west-2:000000000000:parameter/shop/flag");
  t.deepEqual(
    execution.map(({ actions, resources, condition }) => [actions, resources.length, condition]),
    [
      [["secretsmanager:GetSecretValue"], 1, undefined],
      [["ssm:GetParameters"], 1, undefined],
      [
        ["kms:Decrypt"],
        1,
        [
          {
            test: "StringEquals",
            variable: "kms:ViaService",
            values: ["secretsmanager.us-west-2.amazonaws.com", "ssm.us-west-2.amazonaws.com"],
          },
        ],
      ],
    ],
  );
  t.deepEqual([execution[0]?.resources, execution[2]?.resources], [[SECRET], [key]]);
});

test("no plan contains a secret's value, because no data source reads one", (t) => {
  const stacks = synthesize("workshop", `services.like.secrets={API_TOKEN: '${SECRET}', FLAG: /shop/flag}`);
  const types = Object.values(stacks).flatMap(({ data = {} }) => Object.keys(data));
  t.deepEqual(
    types.filter((type) => /secret|ssm_parameter|kms_secrets/.test(type)),
    [],
  );
});

test("a disabled lab leaves its sidecar out", (t) => {
  const names = (...overrides: string[]) =>
    containers(synthesize("workshop", ...overrides).services, "like").map(({ name }) => name);
  t.deepEqual(names(), ["like-service", "x-ray-daemon", "metadata-proxy"]);
  t.deepEqual(names("labs.tracing=off"), ["like-service", "metadata-proxy"]);
  t.deepEqual(names("labs.tracing=off", "labs.metadataProxy=off"), ["like-service"]);
});

test("the like service has blue/green releases, and the monolith has rolling ones with rollback", (t) => {
  const { services } = synthesize("workshop");
  const like = resource(services, "aws_ecs_service", "like/service");
  t.deepEqual(like.deployment_controller, { type: "CODE_DEPLOY" });
  t.deepEqual(like.lifecycle, {
    ignore_changes: [
      "task_definition",
      "load_balancer",
      "network_configuration",
      "capacity_provider_strategy",
      "desired_count",
    ],
  });
  const monolith = resource(services, "aws_ecs_service", "monolith/service");
  t.deepEqual(monolith.deployment_circuit_breaker, { enable: true, rollback: true });
  t.deepEqual(monolith.lifecycle, { ignore_changes: ["task_definition", "alarms", "desired_count"] });
  t.deepEqual(
    resources(services, "aws_lb_target_group").map(({ name }) => name),
    ["mysfits-workshop-like-blue", "mysfits-workshop-like-green", "mysfits-workshop-monolith"],
  );
});

test("Terraform leaves like's network and capacity to CodeDeploy, and a parameter hands them to the release", (t) => {
  const { services } = synthesize("workshop", "services.like.capacity=FARGATE", "services.monolith.capacity=FARGATE");
  const { ignore_changes } = resource(services, "aws_ecs_service", "like/service").lifecycle as {
    ignore_changes: string[];
  };
  t.true(
    ["network_configuration", "capacity_provider_strategy"].every((argument) => ignore_changes.includes(argument)),
  );
  const { name, value } = resource(services, "aws_ssm_parameter", "like/placement");
  t.is(name, "/mysfits-workshop/like/placement");
  const placement = JSON.parse(String(value)) as { capacityProvider: string; subnets: string[] };
  t.is(placement.capacityProvider, "FARGATE");
  t.is(placement.subnets.length, 2);
  t.is(resources(services, "aws_ssm_parameter").length, 3, "the monolith needs none");
});

test("a change to the monolith's capacity updates it in place, and a replaced service gets its scaling back", (t) => {
  const { services } = synthesize("workshop");
  const monolith = resource(services, "aws_ecs_service", "monolith/service");
  t.is(monolith.force_new_deployment, true);
  for (const [name, service] of Object.entries(services?.resource.aws_ecs_service ?? {})) {
    const target = resource(services, "aws_appautoscaling_target", `${pathOf(service).split("/")[1]}/scaling`);
    t.deepEqual(target.lifecycle, { replace_triggered_by: [`aws_ecs_service.${name}.id`] });
  }
  const policies = resources(services, "aws_appautoscaling_policy");
  t.is(policies.length, 3);
  for (const { lifecycle } of policies) {
    t.regex(JSON.stringify(lifecycle), /"replace_triggered_by":\["aws_appautoscaling_target\.\w+_scaling_\w+\.id"\]/);
  }
});

test("a parameter holds the newest revision of each service", (t) => {
  const { services } = synthesize("workshop");
  for (const service of ["like", "monolith"]) {
    const revision = resource(services, "aws_ssm_parameter", `${service}/revision`);
    t.is(revision.name, `/mysfits-workshop/${service}/task-definition`);
    t.regex(
      String(revision.value),
      new RegExp(`^\\$\\{aws_ecs_task_definition\\.${service}_task_definition_\\w+\\.arn\\}$`),
    );
  }
});

test("until its first release, a container runs the bootstrap image and names its repository in a label", (t) => {
  for (const service of ["like", "monolith"]) {
    const [own, daemon, proxy] = containers(synthesize("workshop").services, service);
    for (const [container, repository] of [
      [own, service],
      [proxy, "metadata-proxy"],
    ] as const) {
      t.regex(String(container?.image), /^000000000000\.dkr\.ecr\..*\/docker\/library\/node:\d+\.\d+\.\d+-slim$/);
      t.regex(
        String(container?.dockerLabels?.["mysfits.repository"]),
        new RegExp(`aws_ecr_repository${repository}-images_`),
      );
    }
    t.is(daemon?.dockerLabels, undefined);
  }
});

test("likes go to like and all other requests to the monolith, on both listeners", (t) => {
  const rules = resources(synthesize("workshop").services, "aws_lb_listener_rule").map((rule) => {
    const { condition, priority } = rule as { condition: [{ path_pattern: { values: string[] } }]; priority: number };
    return [condition[0].path_pattern.values.join(), priority];
  });
  t.deepEqual(rules, [
    ["/mysfits/*/like", 100],
    ["/mysfits/*/like", 100],
    ["/*", 1000],
    ["/*", 1000],
  ]);
});

test("names fit the 32 characters of a target group in every environment", (t) => {
  for (const environment of ["workshop", "production", "emulator"]) {
    for (const { name } of resources(synthesize(environment).services, "aws_lb_target_group")) {
      t.true(String(name).length <= 32, String(name));
    }
  }
});

test("tasks admit the load balancer on their one port, and the monolith also admits the like service", (t) => {
  const { services } = synthesize("workshop");
  const admitted = resources(services, "aws_vpc_security_group_ingress_rule");
  t.deepEqual(admitted.map(({ description }) => description).sort(), [
    "From like",
    "From load-balancer",
    "From load-balancer",
  ]);
  for (const rule of admitted) {
    t.like(rule, { ip_protocol: "tcp", from_port: 80, to_port: 80 });
    t.is(rule.cidr_ipv4, undefined);
  }
  for (const service of resources(services, "aws_ecs_service")) {
    t.is((service.network_configuration as { assign_public_ip: boolean }).assign_public_ip, false);
  }
});

test("the metadata proxy admits the setting's ranges only", (t) => {
  const proxyRules = (...overrides: string[]) =>
    resources(synthesize("workshop", ...overrides).services, "aws_vpc_security_group_ingress_rule").filter(
      ({ from_port }) => from_port === 8001,
    );
  t.deepEqual(proxyRules(), []);
  const twoRanges = "labs.metadataProxyFrom=[10.0.0.0/20, 10.0.48.7/32]";
  const rules = proxyRules(twoRanges);
  t.deepEqual(
    rules.map(({ cidr_ipv4, ip_protocol, to_port }) => [cidr_ipv4, ip_protocol, to_port]),
    [
      ["10.0.0.0/20", "tcp", 8001],
      ["10.0.48.7/32", "tcp", 8001],
      ["10.0.0.0/20", "tcp", 8001],
      ["10.0.48.7/32", "tcp", 8001],
    ],
  );
  t.deepEqual(proxyRules(twoRanges, "labs.metadataProxy=off"), []);
});

test("each service has its own role with only the permissions that it uses", (t) => {
  const { services } = synthesize("workshop", "labs.tracing=off");
  t.deepEqual(permissions(services, "like"), []);
  t.deepEqual(
    permissions(services, "monolith").flatMap(({ actions }) => actions),
    ["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:UpdateItem", "dynamodb:Query"],
  );
});

test("scaling keeps the task count between the settings' bounds", (t) => {
  const { services } = synthesize("workshop");
  t.like(resource(services, "aws_appautoscaling_target", "like/scaling"), { min_capacity: 2, max_capacity: 100 });
});

test("like scales by the steps of lab 4, relative to the alarms' thresholds and unbounded on both ends", (t) => {
  const { services } = synthesize("workshop");
  const target = "aws_appautoscaling_target.like_scaling_";
  const policy = (direction: string) =>
    resource(services, "aws_appautoscaling_policy", `like/step-scaling/${direction}`) as {
      name: string;
      policy_type: string;
      resource_id: string;
      step_scaling_policy_configuration: { step_adjustment: unknown };
    };
  t.like(policy("out"), {
    name: "mysfits-workshop-like-scale-out",
    policy_type: "StepScaling",
    step_scaling_policy_configuration: {
      adjustment_type: "ChangeInCapacity",
      cooldown: 60,
      metric_aggregation_type: "Maximum",
    },
  });
  t.true(policy("out").resource_id.includes(target), policy("out").resource_id);
  t.deepEqual(policy("out").step_scaling_policy_configuration.step_adjustment, [
    { metric_interval_lower_bound: "0", metric_interval_upper_bound: "1000", scaling_adjustment: 10 },
    { metric_interval_lower_bound: "1000", metric_interval_upper_bound: "3000", scaling_adjustment: 20 },
    { metric_interval_lower_bound: "3000", scaling_adjustment: 25 },
  ]);
  t.like(policy("in"), { name: "mysfits-workshop-like-scale-in", policy_type: "StepScaling" });
  t.like(policy("in").step_scaling_policy_configuration, { adjustment_type: "ChangeInCapacity", cooldown: 120 });
  t.deepEqual(policy("in").step_scaling_policy_configuration.step_adjustment, [
    { metric_interval_lower_bound: "-900", metric_interval_upper_bound: "0", scaling_adjustment: -10 },
    { metric_interval_upper_bound: "-900", scaling_adjustment: -5 },
  ]);
});

test("the scaling alarms count the likes of both target groups and invoke their policies", (t) => {
  const { services } = synthesize("workshop");
  const alarm = (direction: string) =>
    resource(services, "aws_cloudwatch_metric_alarm", `like/step-scaling/${direction}-alarm`) as {
      alarm_actions: string[];
      metric_query: { expression?: string; metric?: { dimensions: { TargetGroup: string } } }[];
    };
  t.like(alarm("out"), {
    comparison_operator: "GreaterThanOrEqualToThreshold",
    threshold: 1000,
    evaluation_periods: 3,
    datapoints_to_alarm: 2,
    treat_missing_data: "notBreaching",
    alarm_description: "1000 requests a minute or more in 2 of 3 minutes: adds tasks. No action is needed.",
  });
  t.like(alarm("in"), {
    comparison_operator: "LessThanOrEqualToThreshold",
    threshold: 1000,
    evaluation_periods: 3,
    datapoints_to_alarm: 3,
    treat_missing_data: "breaching",
    alarm_description:
      "1000 requests a minute or fewer for 3 minutes: removes tasks, and stays in alarm while traffic is low.",
  });
  for (const direction of ["out", "in"]) {
    const { alarm_actions, metric_query } = alarm(direction);
    t.regex(
      alarm_actions.join(),
      new RegExp(`^\\$\\{aws_appautoscaling_policy\\.like_step-scaling_${direction}_\\w+\\.arn\\}$`),
    );
    const [sum, blue, green] = metric_query;
    t.is(sum?.expression, "(FILL(m1, 0) + FILL(m2, 0))");
    t.like(blue?.metric, { namespace: "AWS/ApplicationELB", metric_name: "RequestCount", stat: "Sum", period: 60 });
    t.like(green?.metric, { namespace: "AWS/ApplicationELB", metric_name: "RequestCount", stat: "Sum", period: 60 });
    t.regex(String(blue?.metric?.dimensions.TargetGroup), /like_routes_blue/);
    t.regex(String(green?.metric?.dimensions.TargetGroup), /like_routes_green/);
  }
});

test("target tracking of the average CPU applies to like if the setting says so, and always to the monolith", (t) => {
  const tracked = {
    policy_type: "TargetTrackingScaling",
    target_tracking_scaling_policy_configuration: {
      target_value: 50,
      scale_out_cooldown: 120,
      scale_in_cooldown: 120,
      predefined_metric_specification: { predefined_metric_type: "ECSServiceAverageCPUUtilization" },
    },
  };
  const production = synthesize("production").services;
  t.like(resource(production, "aws_appautoscaling_policy", "like/target-tracking/policy"), tracked);
  t.like(resource(production, "aws_appautoscaling_policy", "monolith/target-tracking/policy"), tracked);
  t.deepEqual(resources(production, "aws_cloudwatch_metric_alarm"), []);
  t.like(
    resource(synthesize("workshop").services, "aws_appautoscaling_policy", "monolith/target-tracking/policy"),
    tracked,
  );
});

test("requests per task are the requests of both target groups divided by the running tasks", (t) => {
  const { services } = synthesize("workshop", "services.like.scaling=requests-per-task");
  const policy = resource(services, "aws_appautoscaling_policy", "like/target-tracking/policy") as {
    target_tracking_scaling_policy_configuration: {
      target_value: number;
      customized_metric_specification: {
        metrics: { id: string; expression?: string; return_data: boolean; metric_stat?: { metric: object } }[];
      };
    };
  };
  const { target_value, customized_metric_specification } = policy.target_tracking_scaling_policy_configuration;
  t.is(target_value, 500);
  const { metrics } = customized_metric_specification;
  t.deepEqual(
    metrics.map(({ id, expression, return_data }) => [id, expression, return_data]),
    [
      ["m1", undefined, false],
      ["m2", undefined, false],
      ["m3", undefined, false],
      ["value", "(FILL(m1, 0) + FILL(m2, 0)) / m3", true],
    ],
  );
  t.like(metrics[2]?.metric_stat?.metric, { namespace: "ECS/ContainerInsights", metric_name: "RunningTaskCount" });
});

test("without lab 4, the bounds remain and there is no policy", (t) => {
  const { services } = synthesize("workshop", "labs.scaling=off");
  t.is(resources(services, "aws_appautoscaling_target").length, 2);
  t.deepEqual(resources(services, "aws_appautoscaling_policy"), []);
  t.deepEqual(resources(services, "aws_cloudwatch_metric_alarm"), []);
});

test("public images come from the account's pull-through cache, and tasks may fill it", (t) => {
  const { platform, services } = synthesize("workshop");
  t.like(resource(platform, "aws_ecr_pull_through_cache_rule", "public-images/rule"), {
    ecr_repository_prefix: "mysfits-workshop-public",
    upstream_registry_url: "public.ecr.aws",
  });
  for (const { name, image } of containers(services, "like")) {
    t.regex(
      image,
      /^000000000000\.dkr\.ecr\.us-west-2\..*\/(xray\/aws-xray-daemon|docker\/library\/node):[\d.]+/,
      name,
    );
  }
  const statements = JSON.stringify(services?.data.aws_iam_policy_document);
  t.true(statements.includes('"ecr:BatchImportUpstreamImage"'));
});

import test from "ava";
import { type Arguments, pathOf, resource, resources, type SynthesizedStack, synthesize } from "../synth.ts";

const GITHUB = "delivery.githubRepository=octo/mysfits";

const workshop = delivery("workshop");
const production = delivery("production");
const github = delivery("workshop", GITHUB);

function delivery(environment: string, ...overrides: string[]): SynthesizedStack {
  return synthesize(environment, ...overrides).delivery as SynthesizedStack;
}

interface Action {
  readonly category: string;
  readonly provider: string;
  readonly input_artifacts?: readonly string[];
  readonly configuration?: Readonly<Record<string, string>>;
}

function stages(stack: SynthesizedStack, service: string): readonly { name: string; action: readonly Action[] }[] {
  return resource(stack, "aws_codepipeline", `${service}-pipeline/pipeline`).stage as never;
}

function action(stack: SynthesizedStack, service: string, stage: string): Action {
  return stages(stack, service).find(({ name }) => name === stage)?.action[0] as Action;
}

/** Event details that start a service's pipeline, by the source of the event. */
function events(stack: SynthesizedStack, service: string): Record<string, Arguments> {
  return Object.fromEntries(
    resources(stack, "aws_cloudwatch_event_rule")
      .filter((rule) => pathOf(rule).startsWith(`delivery/${service}-pipeline/trigger/`))
      .map((rule) => JSON.parse(String(rule.event_pattern)) as { source: [string]; detail: Arguments })
      .map(({ source: [source], detail }) => [source, detail]),
  );
}

function environment(stack: SynthesizedStack, project: string): Record<string, string> {
  const { environment } = resource(stack, "aws_codebuild_project", project) as unknown as {
    environment: { environment_variable: { name: string; value: string }[] };
  };
  return Object.fromEntries(environment.environment_variable.map(({ name, value }) => [name, value]));
}

test("a push to the branch starts both pipelines, a changed configuration only its service's", (t) => {
  for (const service of ["like", "monolith"]) {
    const { "aws.codecommit": push, "aws.ssm": configuration } = events(workshop, service);
    t.like(push, { referenceType: ["branch"], referenceName: ["main"] });
    t.regex(String(configuration?.name), new RegExp(`aws_ssm_parameter${service}_revision`));
    t.is(String(configuration?.name).includes(`${service}_placement`), service === "like");
  }
});

test("with a GitHub source, CodePipeline detects pushes itself, and there is no CodeCommit repository", (t) => {
  t.deepEqual(resources(github, "aws_codecommit_repository"), []);
  t.is(resources(github, "aws_codeconnections_connection").length, 1);
  for (const service of ["like", "monolith"]) {
    t.deepEqual(Object.keys(events(github, service)), ["aws.ssm"]);
    t.like(action(github, service, "Source"), {
      provider: "CodeStarSourceConnection",
      configuration: { FullRepositoryId: "octo/mysfits", BranchName: "main", DetectChanges: "true" },
    });
  }
});

test("the setting delivery.branch selects the branch", (t) => {
  const stack = delivery("workshop", "delivery.branch=stable");
  t.is(action(stack, "like", "Source").configuration?.BranchName, "stable");
  t.like(events(stack, "like")["aws.codecommit"], { referenceName: ["stable"] });
});

test("the manual approval depends on the setting delivery.approval", (t) => {
  const names = (stack: SynthesizedStack) => stages(stack, "like").map(({ name }) => name);
  t.deepEqual(names(workshop), ["Source", "Build", "Deploy"]);
  t.deepEqual(names(production), ["Source", "Build", "Approval", "Deploy"]);
});

test("the topic is notified of failures and of releases that wait for approval", (t) => {
  const messages = (stack: SynthesizedStack) =>
    resources(stack, "aws_cloudwatch_event_rule")
      .filter((rule) => pathOf(rule).includes("/notifications/"))
      .map(({ name, event_pattern }) => [name, (JSON.parse(String(event_pattern)) as { detail: object }).detail]);
  const failed = (service: string) => [
    `mysfits-workshop-${service}-failed`,
    { pipeline: [pipelineName(workshop, service)], state: ["FAILED"] },
  ];
  t.deepEqual(messages(workshop), [failed("like"), failed("monolith")]);
  t.is(messages(production).length, 4);
  t.like(Object.fromEntries(messages(production))["mysfits-production-like-approval"], {
    pipeline: [pipelineName(production, "like")],
    state: ["STARTED"],
    type: { category: ["Approval"] },
  });
  for (const stack of [workshop, production]) {
    const targets = resources(stack, "aws_cloudwatch_event_target").filter((one) =>
      pathOf(one).includes("/notifications/"),
    );
    t.is(targets.length, messages(stack).length);
    t.true(targets.every(({ arn }) => String(arn).includes("notifications_topic")));
  }
});

function pipelineName(stack: SynthesizedStack, service: string): string {
  const [[id]] = Object.entries(stack.resource.aws_codepipeline ?? {}).filter(([, pipeline]) =>
    pathOf(pipeline).includes(`${service}-pipeline`),
  ) as [[string, Arguments]];
  return `\${aws_codepipeline.${id}.name}`;
}

test("CodeDeploy releases like from the files that the build rendered", (t) => {
  t.like(action(workshop, "like", "Deploy"), {
    provider: "CodeDeployToECS",
    input_artifacts: ["Release"],
    configuration: {
      TaskDefinitionTemplatePath: "taskdef.json",
      AppSpecTemplatePath: "appspec.yaml",
      Image1ArtifactName: "Release",
      Image1ContainerName: "IMAGE1_NAME",
    },
  });
  const group = resource(production, "aws_codedeploy_deployment_group", "like-deployment/group");
  t.like(group, {
    deployment_config_name: "CodeDeployDefault.ECSCanary10Percent15Minutes",
    deployment_style: { deployment_type: "BLUE_GREEN", deployment_option: "WITH_TRAFFIC_CONTROL" },
    blue_green_deployment_config: {
      terminate_blue_instances_on_deployment_success: { termination_wait_time_in_minutes: 60 },
    },
  });
  const { target_group_pair_info: pair } = group.load_balancer_info as {
    target_group_pair_info: Record<string, { listener_arns: string[] } & { name: string }[]>;
  };
  t.regex(String(pair.prod_traffic_route?.listener_arns), /production-listener/);
  t.regex(String(pair.test_traffic_route?.listener_arns), /test-listener/);
  t.is(pair.target_group?.length, 2);
});

test("a separate build project with the source rolls out the monolith", (t) => {
  t.like(action(workshop, "monolith", "Deploy"), {
    provider: "CodeBuild",
    input_artifacts: ["Source", "Release"],
    configuration: { PrimarySource: "Source" },
  });
  t.deepEqual(Object.keys(environment(workshop, "monolith-deployment/project/project")).sort(), [
    "ALARMS",
    "CLUSTER",
    "SERVICE",
  ]);
});

test("alarms roll a release back if the setting is on and there are alarms", (t) => {
  const alarmsOf = (stack: SynthesizedStack) => {
    const { alarm_configuration: alarms, auto_rollback_configuration: rollback } = resource(
      stack,
      "aws_codedeploy_deployment_group",
      "like-deployment/group",
    ) as { alarm_configuration?: { alarms: string[] }; auto_rollback_configuration: { events: string[] } };
    return {
      like: alarms?.alarms.length ?? 0,
      onAlarm: rollback.events.includes("DEPLOYMENT_STOP_ON_ALARM"),
      monolith: environment(stack, "monolith-deployment/project/project").ALARMS?.split(",").filter(Boolean).length,
    };
  };
  t.deepEqual(alarmsOf(production), { like: 3, onAlarm: true, monolith: 2 });
  t.deepEqual(alarmsOf(workshop), { like: 0, onAlarm: false, monolith: 0 });
  for (const stack of [production, workshop]) {
    const { auto_rollback_configuration } = resource(stack, "aws_codedeploy_deployment_group", "group");
    t.like(auto_rollback_configuration, {
      enabled: true,
      events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"],
    });
  }
});

test("a build gets the parameter of the configuration, and like's smoke test and placement", (t) => {
  const { TASK_DEFINITION_PARAMETER, SMOKE_TEST, PLACEMENT_PARAMETER } = environment(
    workshop,
    "like-pipeline/build/project",
  );
  t.regex(String(TASK_DEFINITION_PARAMETER), /aws_ssm_parameterlike_revision/);
  t.regex(String(SMOKE_TEST), /aws_lambda_function/);
  t.regex(String(PLACEMENT_PARAMETER), /aws_ssm_parameterlike_placement/);
  t.like(environment(workshop, "monolith-pipeline/build/project"), { SMOKE_TEST: "", PLACEMENT_PARAMETER: "" });
  const { EnvironmentVariables } = action(workshop, "like", "Build").configuration ?? {};
  t.deepEqual(JSON.parse(String(EnvironmentVariables)), [
    { name: "COMMIT", value: "#{Source.CommitId}", type: "PLAINTEXT" },
  ]);
});

test("builds run on ARM, and only image builds are privileged", (t) => {
  const roots = resources(workshop, "aws_codebuild_project")
    .filter(({ environment }) => (environment as { privileged_mode: boolean }).privileged_mode)
    .map(pathOf);
  t.deepEqual(roots.sort(), ["delivery/like-pipeline/build/project", "delivery/monolith-pipeline/build/project"]);
  for (const { environment } of resources(workshop, "aws_codebuild_project")) {
    t.is((environment as { type: string }).type, "ARM_CONTAINER");
  }
});

test("the test listener admits every NAT gateway, and the smoke test calls it", (t) => {
  for (const [stack, gateways] of [
    [workshop, 1],
    [production, 3],
  ] as const) {
    const rules = resources(stack, "aws_vpc_security_group_ingress_rule");
    t.is(rules.length, gateways);
    for (const rule of rules) {
      t.like(rule, { from_port: 8080, to_port: 8080, ip_protocol: "tcp" });
      t.regex(String(rule.cidr_ipv4), /^\$\{.*aws_eip.*\}\/32$/);
      t.regex(String(rule.security_group_id), /load-balancer_test-security-group/);
    }
  }
  const hook = resource(workshop, "aws_lambda_function", "smoke-test/function") as {
    environment: { variables: { TEST_ORIGIN: string } };
  };
  t.regex(hook.environment.variables.TEST_ORIGIN, /^http:\/\/\$\{.*\}:8080$/);
  const tls =
    "tls={hostName: api.example.com, certificateArn: 'arn:aws:acm:us-west-2:000000000000:certificate/a', hostedZoneId: Z1}";
  const secured = resource(delivery("workshop", tls), "aws_lambda_function", "smoke-test/function");
  t.regex(JSON.stringify(secured.environment), /https:/);
});

test("artifacts expire, and their bucket can be destroyed unless protection is on", (t) => {
  const bucket = (stack: SynthesizedStack) => resource(stack, "aws_s3_bucket", "like-artifacts/bucket");
  t.is(bucket(workshop).force_destroy, true);
  t.is(bucket(production).force_destroy, false);
  const { rule } = resource(workshop, "aws_s3_bucket_lifecycle_configuration", "like-artifacts/lifecycle") as {
    rule: [{ expiration: unknown }];
  };
  t.deepEqual(rule[0].expiration, [{ days: 30 }]);
});

test("a pipeline cannot reach the artifacts of the other, and the rolling deployment writes none", (t) => {
  for (const document of Object.values(workshop.data.aws_iam_policy_document ?? {})) {
    const path = pathOf(document);
    const [, service] = /^delivery\/(like|monolith)-(?:pipeline|deployment)\/.*role\/document$/.exec(path) ?? [];
    const statements = document.statement as { actions: string[]; resources: string[] }[];
    const s3 = statements.filter(({ actions }) => actions.some((action) => action.startsWith("s3:")));
    if (service) {
      for (const { resources } of s3) {
        t.true(
          resources.every((arn) => arn.includes(`aws_s3_bucket.${service}-artifacts_`)),
          path,
        );
      }
    }
    if (path === "delivery/monolith-deployment/project/role/document") {
      t.deepEqual(
        s3.map(({ actions }) => actions),
        [["s3:GetObject", "s3:GetObjectVersion"]],
      );
    }
  }
});

test("each actor has its own role", (t) => {
  const names = resources(workshop, "aws_iam_role").map(({ name }) => String(name).replace("mysfits-workshop-", ""));
  t.deepEqual(names.sort(), [
    "like-build",
    "like-deployment",
    "like-pipeline",
    "like-trigger",
    "monolith-build",
    "monolith-deployment",
    "monolith-pipeline",
    "monolith-trigger",
    "smoke-test",
  ]);
});

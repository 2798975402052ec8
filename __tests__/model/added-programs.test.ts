import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { testNeeding } from "../needs.ts";
import { ProjectCopy, startLaptop } from "../project-copy.ts";
import { resources, type SynthesizedStack } from "../synth.ts";
import { until } from "../until.ts";

// A sidecar is a folder and an entry in model/sidecars.ts. A service is a folder, an entry in model/services.ts, and its
// settings. Nothing else changes: no stack, no module, no file of the console.

const test = testNeeding();

const ENVIRONMENTS = ["workshop", "production", "emulator"];

const SETTINGS = `
  badge:
    cpu: 256
    memory: 512
    minTasks: 1
    desiredTasks: 1
    maxTasks: 4
    capacity: FARGATE
    logLevel: INFO
`;

const BADGE = `import { segmentName } from "../../model/monitoring/tracing.ts";
import { serviceEnvironment } from "../shared/environment.ts";
import { start } from "../shared/start.ts";
import { webApp } from "../shared/web-app.ts";

await start("badge", serviceEnvironment, async ({ TRACING }, log) => ({
  app: await webApp({
    name: "badge",
    log,
    ...(TRACING === "on" && { segment: segmentName("badge") }),
    routes(router) {
      router.get("/badges/:id", (ctx) => {
        ctx.body = { badge: ctx.params.id };
      });
    },
    missing: async () => [],
  }),
  close: async () => {},
}));
`;

const CLOCK = `import { serviceEnvironment } from "../shared/environment.ts";
import { start } from "../shared/start.ts";
import { webApp } from "../shared/web-app.ts";

await start("clock", serviceEnvironment, async (_environment, log) => ({
  app: await webApp({
    name: "clock",
    log,
    routes(router) {
      router.get("/time", (ctx) => {
        ctx.body = { now: Date.now() };
      });
    },
    missing: async () => [],
  }),
  close: async () => {},
}));
`;

test("a new sidecar and a new service reach AWS, the pipelines, and the laptop from the model alone", async (t) => {
  t.timeout(10 * 60 * 1000, "checks types, synthesizes, and starts the laptop in a copy");
  const copy = new ProjectCopy(t);
  copy.write("service/clock/main.ts", CLOCK);
  copy.insertAfter("model/sidecars.ts", "export const SIDECARS = {", "\n  clock: { port: 8002, memory: 64 },");
  copy.write("service/badge/main.ts", BADGE);
  copy.insertAfter(
    "model/services.ts",
    "export const SERVICES: Readonly<Record<ServiceName, ServiceDefinition>> = {",
    ' badge: { path: "/badges/*", release: "rolling" },',
  );
  copy.insertAfter("settings/services.ts", "export const services = z.strictObject({", " badge: service,");
  for (const environment of ENVIRONMENTS) {
    copy.insertAfter(`settings/${environment}.yaml`, "\nservices:", SETTINGS.trimEnd());
  }

  await copy.run("tsc", []);
  await copy.run("tsc", ["-p", "laptop/console"]);
  const stacks = await copy.synthesize("workshop");
  checkRepositories(t, stacks.platform);
  checkServices(t, stacks.services);
  checkDelivery(t, stacks.delivery);
  checkMonitoring(t, stacks.monitoring);
  checkLogSearch(t, stacks["log-search"]);
  await checkLaptop(t, copy);
  t.deepEqual(
    [...copy.touched].filter((file) => /^(stacks|modules|laptop|tools|lambda|main\.ts)/.test(file)),
    [],
  );
});

function checkRepositories(t: ExecutionContext, platform: SynthesizedStack | undefined): void {
  const names = resources(platform, "aws_ecr_repository").map(({ name }) => name);
  t.deepEqual(names.filter((name) => /\/(badge|clock)$/.test(String(name))).sort(), [
    "mysfits-workshop/badge",
    "mysfits-workshop/clock",
  ]);
  const site = JSON.stringify(resources(platform, "aws_cloudfront_distribution"));
  t.true(site.includes('"path_pattern":"/badges/*"'));
}

function checkServices(t: ExecutionContext, services: SynthesizedStack | undefined): void {
  for (const type of ["aws_ecs_service", "aws_lb_target_group", "aws_security_group"]) {
    t.true(
      resources(services, type).some(({ name }) => name === "mysfits-workshop-badge"),
      type,
    );
  }
  t.true(resources(services, "aws_cloudwatch_log_group").some(({ name }) => name === "/mysfits-workshop/badge"));
  const rules = resources(services, "aws_lb_listener_rule");
  const badges = rules.filter((rule) => JSON.stringify(rule.condition).includes("/badges/*"));
  t.is(badges.length, 2, "production and test");
  const priorities = rules.map(({ listener_arn: listener, priority }) => `${listener} ${priority}`);
  t.is(new Set(priorities).size, priorities.length, "priorities are unique on each listener");
  const tasks = resources(services, "aws_ecs_task_definition");
  t.is(tasks.length, 3);
  for (const { container_definitions: containers } of tasks) {
    t.true(String(containers).includes('\\"name\\":\\"clock\\"') || String(containers).includes('"name":"clock"'));
  }
}

function checkDelivery(t: ExecutionContext, delivery: SynthesizedStack | undefined): void {
  const pipelines = resources(delivery, "aws_codepipeline").map(({ name }) => name);
  t.true(pipelines.includes("mysfits-workshop-badge"));
  t.is(pipelines.length, 3);
  const statements = Object.values(delivery?.data.aws_iam_policy_document ?? {}).flatMap(
    ({ statement }) => (statement ?? []) as { actions?: string[]; resources?: string[] }[],
  );
  const pushing = statements.filter(({ actions }) => actions?.includes("ecr:PutImage"));
  t.is(pushing.length, 3, "one build per service");
  for (const { resources: arns = [] } of pushing) {
    t.true(
      arns.some((arn) => arn.includes("clock")),
      "each pipeline builds the sidecar",
    );
  }
  t.true(pushing.some(({ resources: arns = [] }) => arns.some((arn) => arn.includes("badge"))));
}

function checkMonitoring(t: ExecutionContext, monitoring: SynthesizedStack | undefined): void {
  const alarms = resources(monitoring, "aws_cloudwatch_metric_alarm").map(({ alarm_name: name }) => name);
  for (const alarm of ["tasks", "unhealthy-hosts", "cpu", "memory"]) {
    t.true(alarms.includes(`mysfits-workshop-badge-${alarm}`), alarm);
  }
  const [dashboard] = resources(monitoring, "aws_cloudwatch_dashboard");
  t.true(String(dashboard?.dashboard_body).includes("CPU of badge"));
  const queries = resources(monitoring, "aws_cloudwatch_query_definition");
  t.true(queries.some(({ log_group_names: groups }) => JSON.stringify(groups).includes("badge")));
}

function checkLogSearch(t: ExecutionContext, logSearch: SynthesizedStack | undefined): void {
  const filters = resources(logSearch, "aws_cloudwatch_log_subscription_filter");
  t.is(filters.length, 3);
}

async function checkLaptop(t: ExecutionContext, copy: ProjectCopy): Promise<void> {
  const { address } = await startLaptop(t, copy);
  const response = await fetch(`${address}/badges/7`);
  t.is(response.status, 200);
  t.deepEqual(await response.json(), { badge: "7" });
  for (const program of ["badge-clock", "like-clock", "monolith-clock"]) {
    await until(() => logOf(copy, program).includes("listening on port"));
  }
}

function logOf(copy: ProjectCopy, program: string): string {
  const file = join(copy.folder, "data/logs", `${program}.log`);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

import type { Settings } from "../settings/schema.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { programImage } from "./container.ts";
import { overlap } from "./path-pattern.ts";
import { CPU } from "./scaling-defaults.ts";
import type { HealthCheck, ListenerRule, Service, ServiceContext, ServiceDefinition } from "./service.ts";
import type { ServiceName } from "./service-name.ts";
import { like } from "./services/like.ts";
import { monolith } from "./services/monolith.ts";
import { dependenciesOf, sidecars, tracingEnvironment } from "./sidecars.ts";

/** Every service of the system. Stacks, modules, the laptop, and its console iterate over this record. */
export const SERVICES: Readonly<Record<ServiceName, ServiceDefinition>> = { like, monolith };

export const SERVICE_NAMES = Object.keys(SERVICES) as readonly ServiceName[];

/** The port that every service listens on inside its container. */
export const CONTAINER_PORT = 80;

const HEALTH_CHECK: HealthCheck = { path: "/", interval: 10, timeout: 5, healthyAfter: 3, unhealthyAfter: 3 };

const DRAIN_SECONDS = 30;

/** Priorities of listener rules: services with a path first, then the one that receives all other requests. */
const PRIORITY = { firstPath: 100, allOtherRequests: 1000 };

/**
 * Returns all services with their settings applied, in the order of {@link SERVICES}.
 *
 * @throws {SettingsError} for a secret with the name of another variable
 */
export function defineServices(settings: Settings, context: ServiceContext): Readonly<Record<ServiceName, Service>> {
  requireDistinctPaths(SERVICES);
  return perService((name) => defineService(name, settings, context));
}

/** A record with one value per service, in the order of {@link SERVICES}. */
export function perService<Value>(create: (name: ServiceName) => Value): Readonly<Record<ServiceName, Value>> {
  return Object.fromEntries(SERVICE_NAMES.map((name) => [name, create(name)])) as Record<ServiceName, Value>;
}

/** Services that call a service. */
export function callersOf(callee: ServiceName): readonly ServiceName[] {
  return SERVICE_NAMES.filter((name) => SERVICES[name].calls?.includes(callee));
}

/** Variable that holds the host of a service in the environment of its callers, such as `MONOLITH_URL`. */
export function hostVariable(service: ServiceName): string {
  return `${service.toUpperCase().replaceAll("-", "_")}_URL`;
}

function defineService(name: ServiceName, settings: Settings, context: ServiceContext): Service {
  const { release, calls = [], usesTable = false, environment, scaling, rollbackAlarms } = SERVICES[name];
  const { cpu, memory, minTasks, desiredTasks, maxTasks, capacity, logLevel } = settings.services[name];
  const { secrets, secretKeys } = settings.services[name];
  const variables = {
    ...Object.fromEntries(calls.map((callee) => [hostVariable(callee), context.hostOf(callee)])),
    ...environment?.(settings, context),
    LOGLEVEL: logLevel,
    ...tracingEnvironment(settings),
  };
  requireOwnNames(name, secrets, variables);
  return {
    name,
    container: {
      name: `${name}-service`,
      image: programImage(name),
      port: CONTAINER_PORT,
      protocol: "tcp",
      essential: true,
      dependsOn: dependenciesOf(settings),
      environment: variables,
      ...(Object.keys(secrets).length > 0 && { secrets }),
    },
    sidecars: sidecars(settings),
    rule: ruleOf(name),
    health: HEALTH_CHECK,
    release,
    tasks: { min: minTasks, desired: desiredTasks, max: maxTasks },
    scaling: settings.labs.scaling ? (scaling?.(settings) ?? CPU) : undefined,
    size: { cpu, memory },
    capacity,
    secretKeys,
    calls,
    usesTable,
    rollbackAlarms: rollbackAlarms ?? [`${name}-unhealthy-hosts`, "load-balancer-errors"],
    drainSeconds: DRAIN_SECONDS,
  };
}

/** Throws for two services whose path patterns match the same path: the load balancer would route it to one of them. */
export function requireDistinctPaths(services: Readonly<Record<string, Pick<ServiceDefinition, "path">>>): void {
  const paths = Object.entries(services).flatMap(([name, { path }]) => (path === undefined ? [] : [{ name, path }]));
  for (const [index, { name, path }] of paths.entries()) {
    const owner = paths.slice(0, index).find((other) => overlap(path, other.path));
    if (owner !== undefined) {
      throw new Error(
        `the path of the ${name} service is "${path}": expected a pattern apart from ${owner.path}, which belongs to the ${owner.name} service`,
      );
    }
  }
}

/** Throws a {@link SettingsError} for a secret with the name of another variable, which ECS would also reject. */
function requireOwnNames(
  service: ServiceName,
  secrets: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): void {
  const problems = Object.keys(secrets)
    .filter((name) => Object.hasOwn(variables, name))
    .map(
      (name) =>
        `services.${service}.secrets.${name} is ${JSON.stringify(secrets[name])}: expected another name, because the ${service} service has a variable ${name}`,
    );
  if (problems.length > 0) {
    throw new SettingsError(problems.join("\n"));
  }
}

function ruleOf(name: ServiceName): ListenerRule {
  const { path } = SERVICES[name];
  const withPath = SERVICE_NAMES.filter((other) => SERVICES[other].path !== undefined);
  return path === undefined
    ? { path: "/*", priority: PRIORITY.allOtherRequests }
    : { path, priority: PRIORITY.firstPath + withPath.indexOf(name) };
}

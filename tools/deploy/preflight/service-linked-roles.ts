import { CreateServiceLinkedRoleCommand, type IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import type { Finding } from "./finding.ts";

/**
 * Services that create a role of their own on first use, by the Terraform type of the resource that can fail until the role
 * exists. Names: the service-linked role page in each service's user guide.
 */
const SERVICES: Readonly<Record<string, string>> = {
  aws_ecs_cluster: "ecs.amazonaws.com",
  aws_lb: "elasticloadbalancing.amazonaws.com",
  aws_appautoscaling_target: "ecs.application-autoscaling.amazonaws.com",
  aws_ecr_pull_through_cache_rule: "pullthroughcache.ecr.amazonaws.com",
  aws_codestarnotifications_notification_rule: "codestar-notifications.amazonaws.com",
};

/** Checks the service-linked roles that the resources of an environment need. */
export async function checkServiceLinkedRoles(iam: IAMClient, types: ReadonlySet<string>): Promise<Finding> {
  const check = "service-linked roles";
  const missing = await servicesWithoutRole(iam, types);
  return missing.length === 0
    ? { check, status: "ok", text: "all exist" }
    : {
        check,
        status: "attention",
        text: `missing for ${missing.join(", ")}; the first resource that needs one can fail`,
        fix: "npm run bootstrap creates them",
      };
}

/** Creates missing roles and returns their services. A role can take 15 minutes until its service can use it. */
export async function createServiceLinkedRoles(iam: IAMClient, types: ReadonlySet<string>): Promise<readonly string[]> {
  const missing = await servicesWithoutRole(iam, types);
  for (const service of missing) {
    await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: service }));
  }
  return missing;
}

async function servicesWithoutRole(iam: IAMClient, types: ReadonlySet<string>): Promise<readonly string[]> {
  const services = Object.entries(SERVICES).flatMap(([type, service]) => (types.has(type) ? [service] : []));
  const exists = await Promise.all(services.map((service) => hasRole(iam, service)));
  return services.filter((_, index) => !exists[index]);
}

async function hasRole(iam: IAMClient, service: string): Promise<boolean> {
  const { Roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: `/aws-service-role/${service}/` }));
  return Roles.length > 0;
}

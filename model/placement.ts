/**
 * Network and capacity of a blue/green service's tasks. CodeDeploy creates the tasks, so a change takes effect with the next
 * release: Terraform writes this to an SSM parameter as JSON, and the release copies it to appspec.yaml.
 */
export interface Placement {
  readonly capacityProvider: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

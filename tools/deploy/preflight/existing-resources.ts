import { CloudFrontClient, ListResponseHeadersPoliciesCommand } from "@aws-sdk/client-cloudfront";
import { CloudWatchLogsClient, DescribeResourcePoliciesCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeAddressesCommand, DescribeVpcsCommand, EC2Client, type Tag } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client, paginateDescribeLoadBalancers } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient, paginateListRoles } from "@aws-sdk/client-iam";
import { paginateGetGroups, paginateGetSamplingRules, XRayClient } from "@aws-sdk/client-xray";
import { explainErrors } from "../../aws/explain-errors.ts";

/** Connection settings of an AWS SDK client. */
interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
}

/** Name of an existing resource; empty without a Name tag. */
export type ExistingResources = () => Promise<readonly string[]>;

/** Lists the account's resources whose number AWS limits, by Terraform type. */
export function existingResources(settings: ClientSettings): Readonly<Record<string, ExistingResources>> {
  const ec2 = explainErrors(new EC2Client(settings));
  const balancers = explainErrors(new ElasticLoadBalancingV2Client(settings));
  const iam = explainErrors(new IAMClient(settings));
  const xray = explainErrors(new XRayClient(settings));
  const logs = explainErrors(new CloudWatchLogsClient(settings));
  const cloudfront = explainErrors(new CloudFrontClient(settings));
  return {
    aws_vpc: async () => (await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.map(nameTag) ?? [],
    aws_eip: async () => (await ec2.send(new DescribeAddressesCommand({}))).Addresses?.map(nameTag) ?? [],
    aws_lb: () =>
      collect(paginateDescribeLoadBalancers({ client: balancers }, {}), ({ LoadBalancers = [] }) =>
        LoadBalancers.map(({ LoadBalancerName }) => LoadBalancerName),
      ),
    aws_iam_role: () =>
      collect(paginateListRoles({ client: iam }, {}), ({ Roles = [] }) => Roles.map(({ RoleName }) => RoleName)),
    // The Default rule exists in every account and does not count. Source: "AWS X-Ray endpoints and quotas".
    aws_xray_sampling_rule: () =>
      collect(paginateGetSamplingRules({ client: xray }, {}), ({ SamplingRuleRecords = [] }) =>
        SamplingRuleRecords.map(({ SamplingRule }) => SamplingRule?.RuleName).filter((name) => name !== "Default"),
      ),
    aws_xray_group: () =>
      collect(paginateGetGroups({ client: xray }, {}), ({ Groups = [] }) =>
        Groups.map(({ GroupName }) => GroupName).filter((name) => name !== "Default"),
      ),
    aws_cloudwatch_log_resource_policy: async () =>
      (await logs.send(new DescribeResourcePoliciesCommand({}))).resourcePolicies?.map(
        ({ policyName }) => `${policyName}`,
      ) ?? [],
    aws_cloudfront_response_headers_policy: async () =>
      (
        await cloudfront.send(new ListResponseHeadersPoliciesCommand({ Type: "custom" }))
      ).ResponseHeadersPolicyList?.Items?.map(
        (item) => `${item.ResponseHeadersPolicy?.ResponseHeadersPolicyConfig?.Name}`,
      ) ?? [],
  };
}

function nameTag({ Tags = [] }: { readonly Tags?: Tag[] | undefined }): string {
  return Tags.find(({ Key }) => Key === "Name")?.Value ?? "";
}

async function collect<Page>(
  pages: AsyncIterable<Page>,
  names: (page: Page) => readonly (string | undefined)[],
): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const page of pages) {
    all.push(...names(page).map((name) => name ?? ""));
  }
  return all;
}

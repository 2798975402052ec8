import type { PriceList } from "../../prices/schema.ts";
import {
  amountOf,
  blocks,
  type Context,
  type Family,
  HOURS,
  type Item,
  times,
  unpriced,
  type Values,
} from "../family.ts";

export const search: Family = {
  name: "OpenSearch",
  each: { aws_opensearch_domain: nodes },
  excluded: { aws_opensearch_domain: "provisioned IOPS and throughput of its volumes" },
  unpriced: { aws_cognito_user_pool: "person who signs in, beyond those that are free" },
  free: [
    "aws_cognito_identity_pool",
    "aws_cognito_identity_pool_roles_attachment",
    "aws_cognito_managed_user_pool_client",
    "aws_cognito_user",
    "aws_cognito_user_group",
    "aws_cognito_user_in_group",
    "aws_cognito_user_pool_domain",
  ],
};

function nodes({ cluster_config, ebs_options }: Values, { prices: { opensearch } }: Context): Item[] {
  const [cluster = {}] = blocks(cluster_config);
  const [volume = {}] = blocks(ebs_options);
  const count = amountOf(cluster.instance_count);
  const node = (what: string, type: unknown, quantity: number | undefined): Item => ({
    what: `${what} node-hours, ${type ?? "of an unknown type"}`,
    quantity: times(HOURS, quantity),
    price: opensearch.instances[String(type)],
  });
  return [
    node("data", cluster.instance_type, count),
    ...(cluster.dedicated_master_enabled === true
      ? [node("master", cluster.dedicated_master_type, amountOf(cluster.dedicated_master_count))]
      : []),
    ...(cluster.warm_enabled === true
      ? [node("UltraWarm", cluster.warm_type, amountOf(cluster.warm_count)), unpriced("GB of UltraWarm storage")]
      : []),
    ...(blocks(cluster.cold_storage_options).some(({ enabled }) => enabled === true)
      ? [unpriced("GB of cold storage")]
      : []),
    ...blocks(cluster.node_options)
      .flatMap(({ node_type, node_config }) => blocks(node_config).map((config) => ({ node_type, ...config })))
      .filter(({ enabled }: Values) => enabled === true)
      .map(({ node_type, type, count: number }: Values) => node(String(node_type), type, amountOf(number))),
    ...(volume.ebs_enabled === true ? [storage(volume, count, opensearch)] : []),
  ];
}

function storage(
  { volume_type, volume_size }: Values,
  count: number | undefined,
  { gp3 }: PriceList["opensearch"],
): Item {
  const what = `GB of ${volume_type ?? "other"} volumes`;
  const quantity = times(count, amountOf(volume_size));
  return volume_type === "gp3" ? { what, quantity, price: gp3 } : unpriced(what, quantity);
}

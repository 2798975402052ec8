import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, isNothing, listOf, type Value } from "../../values/value.ts";
import { everyone } from "../everyone.ts";
import { becomes, existing, gains, gone, more, off, offAtCreation, on, type Row, rows } from "../table.ts";
import { list, text } from "../text.ts";

// Resources that are shared with other accounts.

const ANY_LAYER_USER = "Any AWS account can use the layer.";

export const SHARING: readonly Row[] = [
  ...rows("caution", "Its images are shared with more accounts.", more, {
    aws_imagebuilder_distribution_configuration: [
      "distribution.*.ami_distribution_configuration.0.launch_permission.0.user_ids",
      "distribution.*.ami_distribution_configuration.0.target_account_ids",
    ],
  }),
  ...rows("caution", "Snapshots are shared with more accounts.", more, {
    aws_dlm_lifecycle_policy: "policy_details.0.schedule.*.share_rule.0.target_accounts",
  }),
  ...everyone(
    "aws_lambda_layer_version_permission",
    "organization_id",
    ANY_LAYER_USER,
    "Every account of the organization can use the layer.",
  ),
  ...rows("caution", "Another account can use the layer.", (_before, after) => /^\d{12}$/.test(String(after)), {
    aws_lambda_layer_version_permission: "principal",
  }),
  ...rows("danger", ANY_LAYER_USER, existing(gone), {
    aws_lambda_layer_version_permission: "organization_id",
  }),
  ...rows("danger", "Other accounts can connect without an approval.", off, {
    aws_vpc_endpoint_service: "acceptance_required",
  }),
  ...rows("caution", "Principals that may use the service connect without an approval.", offAtCreation, {
    aws_vpc_endpoint_service: "acceptance_required",
  }),
  ...rows("danger", "Any AWS account can connect to the service.", gains("*"), {
    aws_vpc_endpoint_service: "allowed_principals",
  }),
  ...rows("danger", "Any AWS account can connect to the service.", becomes("*"), {
    aws_vpc_endpoint_service_allowed_principal: "principal_arn",
  }),
  ...rows(
    "caution",
    "More accounts can connect to the service.",
    (before, after) => more(before, after) && !listOf(after).includes("*"),
    {
      aws_vpc_endpoint_service: "allowed_principals",
    },
  ),
  ...rows(
    "caution",
    "More accounts can connect to the service.",
    (_before, after) => after !== "*" && !isNothing(after),
    {
      aws_vpc_endpoint_service_allowed_principal: "principal_arn",
    },
  ),
  ...rows("danger", "It can be shared with accounts outside of the organization.", on, {
    aws_ram_resource_share: "allow_external_principals",
  }),
];

/** Arguments that share something with other accounts, by type; `all` means every account. */
const SHARED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  aws_ami_launch_permission: [["account_id"], ["organization_arn"], ["organizational_unit_arn"]],
  aws_db_cluster_snapshot: [["shared_accounts"]],
  aws_db_snapshot: [["shared_accounts"]],
  aws_db_snapshot_copy: [["shared_accounts"]],
  aws_auditmanager_framework_share: [["destination_account"]],
  aws_globalaccelerator_cross_account_attachment: [["principals"]],
  aws_opensearch_authorize_vpc_endpoint_access: [["account"]],
  aws_ram_principal_association: [["principal"]],
  aws_rds_cluster_snapshot_copy: [["shared_accounts"]],
  aws_redshift_data_share_authorization: [["consumer_identifier"]],
  aws_redshift_endpoint_authorization: [["account"]],
  aws_servicecatalog_portfolio_share: [["principal_id"]],
  aws_snapshot_create_volume_permission: [["account_id"]],
  aws_ssm_document: [["permissions", "account_ids"]],
};

export function shares({ type, before, after }: Subject): readonly Finding[] {
  const paths = entryOf(SHARED, type) ?? [];
  return paths.flatMap((path): readonly Finding[] => {
    const accounts = (side: Value | undefined) =>
      listOf(at(side, ...path)).flatMap((account) => (typeof account === "string" ? account.split(",") : []));
    const had = accounts(before);
    const added = accounts(after).filter((account) => account !== "" && !had.includes(account));
    if (added.some((account) => account.toLowerCase() === "all")) {
      return [{ severity: "danger", text: text`It is shared with every AWS account.` }];
    }
    return added.length === 0
      ? []
      : [{ severity: "caution", text: [...text`It is shared with `, ...list(added), "."] }];
  });
}

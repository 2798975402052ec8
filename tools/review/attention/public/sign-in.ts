import {
  becomes,
  created,
  existing,
  fewer,
  gains,
  larger,
  leaves,
  more,
  newly,
  off,
  offAtCreation,
  on,
  type Row,
  rows,
  type Side,
} from "../table.ts";

// Sign-in of users that becomes weaker, or that more people can do.

export const SIGN_IN: readonly Row[] = [
  {
    types: ["aws_opensearch_domain", "aws_elasticsearch_domain"],
    path: ["advanced_security_options", 0, "anonymous_auth_enabled"],
    worse: on,
    severity: "danger",
    meaning: "Requests without a user are accepted.",
  },
  {
    types: ["aws_cognito_identity_pool"],
    path: ["allow_unauthenticated_identities"],
    worse: on,
    severity: "danger",
    meaning: "People who have not signed in get credentials of the account.",
  },
  ...rows("caution", "Tokens of users who have signed out are accepted.", off, {
    aws_cognito_identity_pool: "cognito_identity_providers.*.server_side_token_check",
  }),
  {
    types: ["aws_cognito_user_pool"],
    path: ["admin_create_user_config", 0, "allow_admin_create_user_only"],
    worse: off,
    severity: "danger",
    meaning: "Anyone can sign up.",
  },
  ...rows("caution", "Anyone can sign up.", offAtCreation, {
    aws_cognito_user_pool: "admin_create_user_config.0.allow_admin_create_user_only",
  }),
  {
    types: ["aws_cognito_user_pool"],
    path: ["mfa_configuration"],
    worse: leaves("ON"),
    severity: "danger",
    meaning: "A password alone is enough to sign in.",
  },
  ...rows("note", "A password alone is enough to sign in.", created(becomes("OFF")), {
    aws_cognito_user_pool: "mfa_configuration",
  }),
  ...rows(
    "caution",
    "A password alone is enough to sign in.",
    existing(newly((methods) => methods === "PASSWORD" || methods === "PUBLIC_KEY_OR_PASSWORD")),
    {
      aws_transfer_server: "sftp_authentication_methods",
    },
  ),
  ...rows("caution", "Users can see more than their own folder.", leaves("LOGICAL"), {
    aws_transfer_access: "home_directory_type",
    aws_transfer_user: "home_directory_type",
  }),
  ...rows("caution", "Stolen tokens work for longer.", larger, {
    aws_cognito_user_pool_client: ["access_token_validity", "id_token_validity", "refresh_token_validity"],
  }),
  ...rows("caution", "Tokens of the client allow more.", existing(more), {
    aws_cognito_user_pool_client: "allowed_oauth_scopes",
  }),
  ...rows("caution", "Users can change more of their own attributes.", existing(more), {
    aws_cognito_user_pool_client: "write_attributes",
  }),
  ...rows("caution", "Tokens and codes may be sent to more addresses.", existing(more), {
    aws_cognito_user_pool_client: "callback_urls",
  }),
  ...rows("caution", "Tokens appear in addresses, which browsers and servers keep.", gains("implicit"), {
    aws_cognito_user_pool_client: "allowed_oauth_flows",
  }),
  ...rows("caution", "Clients may send passwords themselves.", gainsPasswordFlow, {
    aws_cognito_user_pool_client: "explicit_auth_flows",
  }),
  ...rows("caution", "Attackers can find out which users exist.", leaves("ENABLED"), {
    aws_cognito_user_pool_client: "prevent_user_existence_errors",
  }),
  ...rows("caution", "Stolen tokens work until they expire.", leaves("ENABLED"), {
    aws_cognito_user_pool_client: "refresh_token_rotation.0.feature",
  }),
  ...rows("caution", "Users can change these addresses without verifying them.", fewer, {
    aws_cognito_user_pool: "user_attribute_update_settings.0.attributes_require_verification_before_update",
  }),
  ...rows("caution", "Stolen tokens can no longer be revoked.", off, {
    aws_cognito_user_pool_client: "enable_token_revocation",
  }),
];

function gainsPasswordFlow(before: Side, after: Side): boolean {
  return ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"].some((flow) => gains(flow)(before, after));
}

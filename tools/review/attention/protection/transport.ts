import type { Subject } from "../../subject.ts";
import { at, isNothing, listOf, type Value } from "../../values/value.ts";
import {
  becomes,
  changed,
  created,
  either,
  existing,
  gains,
  gone,
  leaves,
  off,
  offAtCreation,
  on,
  type Row,
  rows,
  type Side,
  sameNamed,
  smaller,
  switchedOff,
  weaker,
} from "../table.ts";
import { OLD_TLS } from "../tls.ts";

// Requests that are sent unencrypted, with older TLS, or by clients that are no longer checked.

/** Policy names from weak to strong. Source: "Security policies for your Application Load Balancer". */
const WEAK_TLS_POLICIES = [
  "ELBSecurityPolicy-TLS-1-0",
  "ELBSecurityPolicy-2015",
  "ELBSecurityPolicy-2016",
  "ELBSecurityPolicy-FS-2018",
  "ELBSecurityPolicy-TLS-1-1",
  "ELBSecurityPolicy-FS-1-1",
  "ELBSecurityPolicy-TLS13-1-0",
  "ELBSecurityPolicy-TLS13-1-1",
  "ELBSecurityPolicy-TLS-1-2-Ext",
  "ELBSecurityPolicy-TLS13-1-2-Ext",
  "ELBSecurityPolicy-TLS-1-2",
  "ELBSecurityPolicy-FS-1-2",
  "ELBSecurityPolicy-TLS13-1-2",
  "ELBSecurityPolicy-TLS13-1-3",
];

/** Values of CloudFront's and API Gateway's TLS settings from weak to strong. */
const TLS_VERSIONS = ["SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

const UNENCRYPTED = "Requests are sent unencrypted.";
const NO_CLIENT_CERTIFICATE = "Clients need no certificate.";

const TRUST_STORE = ["truststore_uri", "truststore_version"].map((part) => `mutual_tls_authentication.0.${part}`);

/** Actions of a listener that no longer require users to sign in. */
function authenticationGone(before: Value | undefined, after: Value | undefined): boolean {
  const signsIn = (action: Value) => /^authenticate-/.test(String(at(action, "type")));
  return listOf(before).some(signsIn) && !listOf(after).some(signsIn);
}

/** Conditions of a rule that forwards requests and no longer limits the addresses of clients. */
function addressesGone(before: Value | undefined, after: Value | undefined, { after: rule }: Subject): boolean {
  const limitsAddresses = (condition: Value) => {
    const ranges = listOf(at(condition, "source_ip")).flatMap((block) => listOf(at(block, "values")));
    return ranges.length > 0 && !ranges.some((range) => range === "0.0.0.0/0" || range === "::/0");
  };
  return listOf(before).some(limitsAddresses) && !listOf(after).some(limitsAddresses) && forwards(at(rule, "action"));
}

/** Actions that forward what they answered with an error of the client before. */
function refusalGone(before: Value | undefined, after: Value | undefined): boolean {
  const refuses = (action: Value) => /^4/.test(String(at(action, "fixed_response", 0, "status_code")));
  return listOf(before).some(refuses) && forwards(after);
}

function forwards(actions: Value | undefined): boolean {
  return listOf(actions).some((action) => at(action, "type") === "forward");
}

/** Parameters that refuse unencrypted connections: PostgreSQL and SQL Server, MySQL and MariaDB, DocumentDB, Redshift, Neptune. */
const TLS_PARAMETERS = ["rds.force_ssl", "require_secure_transport", "tls", "require_ssl", "neptune_enforce_ssl"];

const UNENCRYPTED_CLIENTS = "Clients may connect to the database unencrypted.";

function isOfTls(parameter: Value): boolean {
  return TLS_PARAMETERS.includes(String(at(parameter, "name")));
}

function requiresTls(parameters: Value | undefined): boolean {
  return listOf(parameters).some(
    (parameter) => isOfTls(parameter) && !/^(0|off|false|disabled)$/i.test(String(at(parameter, "value"))),
  );
}

export const TRANSPORT: readonly Row[] = [
  {
    types: ["aws_opensearch_domain", "aws_elasticsearch_domain"],
    path: ["domain_endpoint_options", 0, "enforce_https"],
    worse: off,
    severity: "danger",
    meaning: "Log lines and passwords may be sent unencrypted.",
  },
  {
    types: ["aws_opensearch_domain", "aws_elasticsearch_domain"],
    path: ["domain_endpoint_options", 0, "tls_security_policy"],
    worse: weaker("Policy-Min-TLS-1-0", "Policy-Min-TLS-1-2-2019", "Policy-Min-TLS-1-2"),
    severity: "caution",
    meaning: OLD_TLS,
  },
  {
    types: ["aws_lb_listener", "aws_alb_listener"],
    path: ["protocol"],
    worse: leaves("HTTPS", "TLS"),
    severity: "danger",
    meaning: UNENCRYPTED,
  },
  {
    types: ["aws_lb_listener", "aws_alb_listener"],
    path: ["ssl_policy"],
    worse: (before, after) => !isNothing(after) && weaker(...WEAK_TLS_POLICIES)(before, after),
    severity: "danger",
    meaning: OLD_TLS,
  },
  {
    types: ["aws_lb_listener", "aws_alb_listener"],
    path: ["default_action"],
    worse: existing(
      (_before, _after, { before, after }) =>
        redirects(before) && !redirects(after) && at(after, "protocol") === "HTTP",
    ),
    severity: "danger",
    meaning: UNENCRYPTED,
  },
  {
    types: ["aws_lb_listener", "aws_alb_listener"],
    path: ["default_action"],
    worse: authenticationGone,
    severity: "danger",
    meaning: "Requests are forwarded without signing in.",
  },
  {
    types: ["aws_lb_listener_rule", "aws_alb_listener_rule"],
    path: ["condition"],
    worse: addressesGone,
    severity: "danger",
    meaning: "Requests from any address are forwarded.",
  },
  {
    types: ["aws_lb_listener_rule", "aws_alb_listener_rule"],
    path: ["action"],
    worse: refusalGone,
    severity: "danger",
    meaning: "Requests that were refused are forwarded.",
  },
  {
    types: ["aws_lb_listener_rule", "aws_alb_listener_rule"],
    path: ["action"],
    worse: authenticationGone,
    severity: "danger",
    meaning: "Requests are forwarded without signing in.",
  },
  {
    types: [
      "aws_db_parameter_group",
      "aws_rds_cluster_parameter_group",
      "aws_docdb_cluster_parameter_group",
      "aws_neptune_cluster_parameter_group",
      "aws_redshift_parameter_group",
    ],
    path: ["parameter"],
    worse: (before, after) => requiresTls(before) && !requiresTls(after),
    severity: "danger",
    meaning: UNENCRYPTED_CLIENTS,
  },
  ...rows(
    "caution",
    UNENCRYPTED_CLIENTS,
    created((_before, after) => listOf(after).some((one) => isOfTls(one) && !requiresTls([one]))),
    {
      aws_db_parameter_group: "parameter",
      aws_docdb_cluster_parameter_group: "parameter",
      aws_neptune_cluster_parameter_group: "parameter",
      aws_rds_cluster_parameter_group: "parameter",
      aws_redshift_parameter_group: "parameter",
    },
  ),
  {
    types: ["aws_cloudfront_distribution"],
    path: ["viewer_certificate", 0, "minimum_protocol_version"],
    worse: weaker(...TLS_VERSIONS),
    severity: "danger",
    meaning: OLD_TLS,
  },
  {
    types: ["aws_cloudfront_distribution"],
    path: ["default_cache_behavior", 0, "viewer_protocol_policy"],
    worse: leaves("redirect-to-https", "https-only"),
    severity: "danger",
    meaning: "Requests may be sent unencrypted.",
  },
  {
    types: ["aws_cloudfront_distribution"],
    path: ["ordered_cache_behavior", "*", "viewer_protocol_policy"],
    worse: leaves("redirect-to-https", "https-only"),
    severity: "danger",
    meaning: "Requests may be sent unencrypted.",
  },
  ...rows("danger", "Requests may be sent unencrypted.", leaves("redirect-to-https", "https-only"), {
    aws_cloudfront_multitenant_distribution: "cache_behavior.*.viewer_protocol_policy",
  }),
  ...rows("danger", OLD_TLS, becomes("TLS_1_0"), {
    aws_api_gateway_domain_name: "security_policy",
    aws_apigatewayv2_domain_name: "domain_name_configuration.0.security_policy",
  }),
  {
    types: ["aws_msk_cluster"],
    path: ["encryption_info", 0, "encryption_in_transit", 0, "client_broker"],
    worse: becomes("TLS_PLAINTEXT", "PLAINTEXT"),
    severity: "danger",
    meaning: "Clients may send records unencrypted.",
  },
  {
    types: ["aws_msk_cluster"],
    path: ["encryption_info", 0, "encryption_in_transit", 0, "in_cluster"],
    worse: either(switchedOff, offAtCreation),
    severity: "danger",
    meaning: "Brokers send records to each other unencrypted.",
  },
  {
    types: ["aws_elasticache_replication_group"],
    path: ["transit_encryption_mode"],
    worse: leaves("required"),
    severity: "danger",
    meaning: "Clients may connect unencrypted.",
  },
  ...rows("danger", "Clients may connect without authentication.", gone, { aws_msk_cluster: "client_authentication" }),
  ...rows("caution", "Mail may be sent unencrypted.", leaves("Require"), {
    aws_ses_configuration_set: "delivery_options.0.tls_policy",
    aws_sesv2_configuration_set: "delivery_options.0.tls_policy",
  }),
  {
    types: ["aws_msk_cluster"],
    path: ["client_authentication", 0, "unauthenticated"],
    worse: on,
    severity: "danger",
    meaning: "Clients may connect without authentication.",
  },
  {
    types: ["aws_transfer_server"],
    path: ["protocols"],
    worse: gains("FTP"),
    severity: "danger",
    meaning: "Files and passwords may be sent unencrypted.",
  },
  ...rows("danger", "Messages are sent unencrypted.", becomes("http"), { aws_sns_topic_subscription: "protocol" }),
  {
    types: ["aws_lb_listener", "aws_alb_listener"],
    path: ["protocol"],
    worse: created((_before, after, { after: listener }) => after === "HTTP" && !redirects(listener)),
    severity: "caution",
    meaning: UNENCRYPTED,
  },
  ...rows("caution", OLD_TLS, created(isWeakPolicy), { aws_lb_listener: "ssl_policy", aws_alb_listener: "ssl_policy" }),
  ...rows("danger", NO_CLIENT_CERTIFICATE, becomes("off"), {
    aws_lb_listener: "mutual_authentication.0.mode",
    aws_alb_listener: "mutual_authentication.0.mode",
  }),
  ...rows("danger", NO_CLIENT_CERTIFICATE, leaves("required"), {
    aws_cloudfront_distribution: "viewer_mtls_config.0.mode",
  }),
  ...rows("caution", "Only its targets can check the certificates of clients.", passesThrough, {
    aws_lb_listener: "mutual_authentication.0.mode",
  }),
  ...rows("caution", "Certificates of clients from other authorities are accepted.", changed, {
    aws_api_gateway_domain_name: TRUST_STORE,
    aws_apigatewayv2_domain_name: TRUST_STORE,
    aws_lb_trust_store: ["s3_bucket", "s3_key", "s3_object_version"].map((part) => `ca_certificates_bundle_${part}`),
  }),
  ...rows("caution", "Requests that reach it by another name or path are no longer refused.", leaves("STRICT"), {
    aws_api_gateway_domain_name: "endpoint_access_mode",
    aws_api_gateway_rest_api: "endpoint_access_mode",
  }),
  ...rows("caution", "The connection also works unencrypted.", leaves("must_encrypt"), {
    aws_dx_connection: "encryption_mode",
  }),
  ...rows("danger", NO_CLIENT_CERTIFICATE, gone, {
    aws_api_gateway_domain_name: "mutual_tls_authentication",
    aws_apigatewayv2_domain_name: "mutual_tls_authentication",
    aws_lb_listener: "mutual_authentication",
  }),
  ...rows("caution", "The backend can no longer tell that a request is from the API.", gone, {
    aws_api_gateway_stage: "client_certificate_id",
  }),
  ...rows(
    "danger",
    "Requests between the load balancer and its targets are sent unencrypted.",
    leaves("HTTPS", "TLS"),
    {
      aws_lb_target_group: "protocol",
      aws_alb_target_group: "protocol",
    },
  ),
  {
    types: ["aws_elb"],
    path: ["listener"],
    worse: (before, after) =>
      encrypts(before) && (!encrypts(after) || sameNamed(before, after, "lb_port").some(losesEncryption)),
    severity: "danger",
    meaning: UNENCRYPTED,
  },
  {
    types: ["aws_elb"],
    path: ["listener"],
    worse: created((_before, after) => !isNothing(after) && !encrypts(after)),
    severity: "caution",
    meaning: UNENCRYPTED,
  },
  ...rows(
    "danger",
    "Requests between the load balancer and its targets are sent unencrypted.",
    (before, after) =>
      sameNamed(before, after, "lb_port").some(([was, is]) => encryptsToTargets(was) && !encryptsToTargets(is)),
    { aws_elb: "listener" },
  ),
  ...rows("danger", OLD_TLS, existing(acceptsOlder), {
    aws_lb_ssl_negotiation_policy: "attribute",
    aws_load_balancer_policy: "policy_attribute",
  }),
  ...rows("caution", OLD_TLS, created(acceptsOlder), {
    aws_lb_ssl_negotiation_policy: "attribute",
    aws_load_balancer_policy: "policy_attribute",
  }),
  ...rows(
    "danger",
    OLD_TLS,
    weaker(...["TLS12_1_0", "TLS12_1_2", "TLS13_1_2", "TLS13_1_3"].map((version) => `IoTSecurityPolicy_${version}`)),
    { aws_iot_domain_configuration: "tls_config.0.security_policy" },
  ),
  ...rows("caution", "Requests with headers that may confuse targets reach them.", off, {
    aws_lb: "drop_invalid_header_fields",
    aws_alb: "drop_invalid_header_fields",
  }),
  ...rows("caution", "Clients can claim any address in the header that targets read.", becomes("preserve"), {
    aws_lb: "xff_header_processing_mode",
    aws_alb: "xff_header_processing_mode",
  }),
  ...rows("caution", "Ambiguous requests, which may smuggle others, reach the targets.", becomes("monitor"), {
    aws_lb: "desync_mitigation_mode",
    aws_alb: "desync_mitigation_mode",
    aws_elb: "desync_mitigation_mode",
  }),
  ...rows("caution", "Requests may be sent unencrypted.", created(becomes("allow-all")), {
    aws_cloudfront_distribution: [
      "default_cache_behavior.0.viewer_protocol_policy",
      "ordered_cache_behavior.*.viewer_protocol_policy",
    ],
  }),
  {
    types: ["aws_cloudfront_distribution"],
    path: ["viewer_certificate", 0, "minimum_protocol_version"],
    worse: created(
      (_before, after, { after: distribution }) =>
        /^(SSLv3|TLSv1|TLSv1_2016|TLSv1\.1_2016)$/.test(String(after)) &&
        at(distribution, "viewer_certificate", 0, "cloudfront_default_certificate") !== true,
    ),
    severity: "caution",
    meaning: OLD_TLS,
  },
  ...rows(
    "caution",
    "Requests to the origin may be sent unencrypted.",
    either(leaves("https-only"), created(becomes("http-only"))),
    {
      aws_cloudfront_distribution: "origin.*.custom_origin_config.0.origin_protocol_policy",
    },
  ),
  ...rows("caution", "CloudFront may connect to the origin with older, weaker versions of TLS.", gainsOldTls, {
    aws_cloudfront_distribution: "origin.*.custom_origin_config.0.origin_ssl_protocols",
  }),
  ...rows("caution", "Browsers no longer restrict what pages may load or who may embed them.", gone, {
    aws_cloudfront_response_headers_policy: ["content_security_policy", "content_type_options", "frame_options"].map(
      (name) => `security_headers_config.0.${name}`,
    ),
  }),
  ...rows("danger", "Browsers may use the site without HTTPS.", gone, {
    aws_cloudfront_response_headers_policy: "security_headers_config.0.strict_transport_security",
  }),
  ...rows("caution", "Browsers may use the site without HTTPS sooner after a visit.", smaller, {
    aws_cloudfront_response_headers_policy:
      "security_headers_config.0.strict_transport_security.0.access_control_max_age_sec",
  }),
  ...rows("caution", "Browsers may use names below the site without HTTPS.", off, {
    aws_cloudfront_response_headers_policy: "security_headers_config.0.strict_transport_security.0.include_subdomains",
  }),
  ...rows("danger", "Replication may send data unencrypted.", becomes("none"), { aws_dms_endpoint: "ssl_mode" }),
  ...rows(
    "caution",
    "The certificate of the server is checked less strictly.",
    (before, after) => after !== "none" && weaker("none", "require", "verify-ca", "verify-full")(before, after),
    { aws_dms_endpoint: "ssl_mode" },
  ),
  ...rows("danger", OLD_TLS, weaker("Policy-Min-TLS-1-0", "Policy-Min-TLS-1-2"), {
    aws_cloudsearch_domain: "endpoint_options.0.tls_security_policy",
  }),
  ...rows("danger", OLD_TLS, isOlder, { aws_transfer_server: "security_policy_name" }),
  ...rows("danger", "Clients sign in with passwords only.", leaves("REQUIRED"), { aws_db_proxy: "auth.*.iam_auth" }),
  ...rows("danger", "Clients connect without a password.", either(on, created(on)), {
    aws_elasticache_user: "no_password_required",
  }),
  ...rows("danger", "Clients connect without a password.", becomes("no-password-required"), {
    aws_elasticache_user: "authentication_mode.0.type",
  }),
  ...rows("danger", "Clients connect without a password.", becomes("open-access"), {
    aws_memorydb_cluster: "acl_name",
  }),
  ...rows("danger", "Clients connect without a password.", gone, {
    aws_elasticache_replication_group: ["user_group_ids", "auth_token"],
    aws_elasticache_serverless_cache: "user_group_id",
  }),
  ...rows("danger", "Clients connect without a password.", becomes("DELETE"), {
    aws_elasticache_replication_group: "auth_token_update_strategy",
  }),
  ...rows("danger", "The domain no longer requires users to sign in through Cognito.", off, {
    aws_elasticsearch_domain: "cognito_options.0.enabled",
    aws_opensearch_domain: "cognito_options.0.enabled",
  }),
  ...rows("danger", "Answers for the zone are no longer signed.", leaves("SIGNING"), {
    aws_route53_hosted_zone_dnssec: "signing_status",
  }),
  ...rows("danger", "Answers for the zone are no longer signed.", leaves("ACTIVE"), {
    aws_route53_key_signing_key: "status",
  }),
  ...rows("danger", "Connections to the database may be unencrypted.", leaves("true"), {
    aws_glue_connection: "connection_properties.JDBC_ENFORCE_SSL",
  }),
  ...rows("caution", "Connections to the database may be unencrypted.", offAtCreation, {
    aws_glue_connection: "connection_properties.JDBC_ENFORCE_SSL",
  }),
  ...rows("danger", "The origin cannot tell that a request is from CloudFront.", leaves("always"), {
    aws_cloudfront_origin_access_control: "signing_behavior",
  }),
  ...rows("caution", "Mistakenly issued certificates are harder to notice.", becomes("DISABLED"), {
    aws_acm_certificate: "options.0.certificate_transparency_logging_preference",
  }),
  ...rows("caution", "Traffic between the warehouse and other services takes the internet.", off, {
    aws_redshift_cluster: "enhanced_vpc_routing",
    aws_redshiftserverless_workgroup: "enhanced_vpc_routing",
  }),
  ...rows("caution", OLD_TLS, created(becomes("Policy-Min-TLS-1-0-2019-07")), {
    aws_elasticsearch_domain: "domain_endpoint_options.0.tls_security_policy",
    aws_opensearch_domain: "domain_endpoint_options.0.tls_security_policy",
  }),
  ...rows("danger", "Requests may be sent unencrypted.", offAtCreation, {
    aws_elasticsearch_domain: "domain_endpoint_options.0.enforce_https",
    aws_opensearch_domain: "domain_endpoint_options.0.enforce_https",
  }),
];

function redirects(listener: Side): boolean {
  // Without a protocol, a redirect keeps the one of the request.
  return listOf(at(listener, "default_action")).some(
    (action) =>
      at(action, "type") === "redirect" &&
      !/^(http|#\{protocol\})$/i.test(String(at(action, "redirect", 0, "protocol"))),
  );
}

function losesEncryption([was, is]: readonly [Side, Side]): boolean {
  return encrypts(was) && !encrypts(is);
}

function encrypts(listeners: Side): boolean {
  return listOf(listeners).some((listener) => /^(https|ssl)$/i.test(String(at(listener, "lb_protocol"))));
}

function encryptsToTargets(listener: Side): boolean {
  return /^(https|ssl)$/i.test(String(at(listener, "instance_protocol")));
}

/** Attributes of a policy for a classic load balancer, which name a predefined policy or switch protocols on. */
function acceptsOlder(before: Side, after: Side): boolean {
  const setting = (attributes: Side, name: string) =>
    at(
      listOf(attributes).find((one) => at(one, "name") === name),
      "value",
    );
  const [was, is] = [before, after].map((attributes) => setting(attributes, "Reference-Security-Policy"));
  return (
    (!isNothing(is) && weaker(...WEAK_TLS_POLICIES)(was ?? "ELBSecurityPolicy-TLS-1-2-2017-01", is)) ||
    ["Protocol-SSLv3", "Protocol-TLSv1", "Protocol-TLSv1.1"].some((name) =>
      on(setting(before, name), setting(after, name)),
    )
  );
}

function gainsOldTls(before: Side, after: Side): boolean {
  return ["SSLv3", "TLSv1", "TLSv1.1"].some((version) => gains(version)(before, after));
}

function isWeakPolicy(_before: Side, after: Side): boolean {
  return typeof after === "string" && weaker(...WEAK_TLS_POLICIES)("ELBSecurityPolicy-TLS-1-2-2017-01", after);
}

/** Names of security policies end with their month, such as `TransferSecurityPolicy-2024-01`. */
function isOlder(before: Side, after: Side): boolean {
  const month = (name: Side) => /\d{4}-\d{2}$/.exec(String(name))?.[0];
  const [was, is] = [month(before), month(after)];
  return was !== undefined && is !== undefined && is < was;
}

/** Client certificates that the load balancer verified and only forwards now. */
function passesThrough(before: Side, after: Side): boolean {
  return before === "verify" && after === "passthrough";
}

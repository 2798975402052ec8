import { at, isFields, isNothing, listOf } from "../../values/value.ts";
import { isArnOfAnyone } from "../access/conditions.ts";
import { matches } from "../access/patterns.ts";
import { everyone } from "../everyone.ts";
import {
  becomes,
  created,
  either,
  existing,
  fewer,
  gains,
  gone,
  isOn,
  larger,
  newly,
  off,
  on,
  type Row,
  rows,
  type Side,
  shorter,
} from "../table.ts";

// APIs and functions that accept more requests than before.

const ANY_CALLER = "Any AWS account can call the function.";
const CONFUSED_DEPUTY = "The principal may call the function on behalf of any account.";
const ANY_SITE = "Scripts on any website can call it from a browser and read its responses.";

export const CALLERS: readonly Row[] = [
  ...rows("danger", "Anyone who reaches it can call it.", becomes("NONE"), {
    aws_bedrockagentcore_gateway: "authorizer_type",
  }),
  {
    types: ["aws_lambda_function_url"],
    path: ["authorization_type"],
    worse: becomes("NONE"),
    severity: "danger",
    meaning: "Anyone on the internet can call the function.",
  },
  ...everyone(
    "aws_lambda_permission",
    "principal_org_id",
    ANY_CALLER,
    "Every account of the organization can call the function.",
  ),
  ...rows("caution", "Other resources can call the function.", widened, { aws_lambda_permission: "source_arn" }),
  {
    types: ["aws_lambda_permission"],
    path: ["source_arn"],
    worse: (before, after, { after: whole }) => gone(before, after) && isNothing(at(whole, "source_account")),
    severity: "danger",
    meaning: CONFUSED_DEPUTY,
  },
  {
    types: ["aws_lambda_permission"],
    path: ["source_account"],
    worse: (before, after, { before: old, after: whole }) =>
      gone(before, after) && isNothing(at(old, "source_arn")) && isNothing(at(whole, "source_arn")),
    severity: "danger",
    meaning: CONFUSED_DEPUTY,
  },
  {
    types: ["aws_lambda_permission"],
    path: ["source_account"],
    worse: (before, after, { after: whole }) =>
      gone(before, after) && /^arn:[\w-]+:s3:::/.test(String(at(whole, "source_arn"))),
    severity: "caution",
    meaning: "If the bucket is deleted, an account that creates one of this name can call the function.",
  },
  ...rows("danger", ANY_CALLER, gone, { aws_lambda_permission: "principal_org_id" }),
  ...rows("danger", "Anyone on the internet can call the function through its URL.", becomes("NONE"), {
    aws_lambda_permission: "function_url_auth_type",
  }),
  {
    types: ["aws_lambda_permission"],
    path: ["principal"],
    worse: created(
      (_before, after, { after: whole }) =>
        String(after).endsWith(".amazonaws.com") &&
        ["source_account", "principal_org_id"].every((name) => isNothing(at(whole, name))) &&
        (isNothing(at(whole, "source_arn")) || isArnOfAnyone(String(at(whole, "source_arn")))),
    ),
    severity: "caution",
    meaning: CONFUSED_DEPUTY,
  },
  ...rows(
    "caution",
    "Another account can call the function.",
    (_before, after) => /^(\d{12}$|arn:)/.test(String(after)),
    {
      aws_lambda_permission: "principal",
    },
  ),
  {
    types: ["aws_api_gateway_method"],
    path: ["authorization"],
    worse: (before, after, { after: method }) =>
      becomes("NONE")(before, after) && at(method, "http_method") !== "OPTIONS",
    severity: "danger",
    meaning: "Anyone on the internet can call the method.",
  },
  {
    types: ["aws_apigatewayv2_route"],
    path: ["authorization_type"],
    worse: either(becomes("NONE"), (before, after) => before !== "NONE" && gone(before, after)),
    severity: "danger",
    meaning: "Anyone on the internet can call the route.",
  },
  {
    types: ["aws_api_gateway_method", "aws_apigatewayv2_route"],
    path: ["api_key_required"],
    worse: (before, after, { after: whole }) => off(before, after) && isOpen(whole),
    severity: "danger",
    meaning: "Anyone on the internet can call it.",
  },
  {
    types: ["aws_api_gateway_method", "aws_apigatewayv2_route"],
    path: ["api_key_required"],
    worse: (before, after, { after: whole }) => off(before, after) && !isOpen(whole),
    severity: "caution",
    meaning: "Callers no longer need an API key.",
  },
  ...rows("danger", "Anyone on the internet can call an operation that required authorization.", opensOperation, {
    aws_api_gateway_rest_api: "body",
    aws_apigatewayv2_api: "body",
  }),
  ...rows("caution", "Tokens without this scope are accepted.", fewer, {
    aws_api_gateway_method: "authorization_scopes",
    aws_apigatewayv2_route: "authorization_scopes",
  }),
  ...rows(
    "caution",
    "The API can also be reached without its own domain name, past the protection of that name.",
    off,
    {
      aws_api_gateway_rest_api: "disable_execute_api_endpoint",
      aws_apigatewayv2_api: "disable_execute_api_endpoint",
    },
  ),
  ...rows("caution", "Callers may send more requests.", raisesThrottle, {
    aws_api_gateway_method_settings: ["settings.0.throttling_rate_limit", "settings.0.throttling_burst_limit"],
    aws_apigatewayv2_stage: [
      "default_route_settings.0.throttling_rate_limit",
      "default_route_settings.0.throttling_burst_limit",
    ],
  }),
  ...rows("caution", "Callers may send more requests.", existing(liftsLimit), {
    aws_api_gateway_usage_plan: [
      "quota_settings.0.limit",
      "throttle_settings.0.burst_limit",
      "throttle_settings.0.rate_limit",
    ],
  }),
  ...rows("caution", "Everyone who has the API key can call the API.", gainsApiKey, {
    aws_appsync_graphql_api: "additional_authentication_provider",
  }),
  {
    types: ["aws_appsync_graphql_api"],
    path: ["authentication_type"],
    worse: becomes("API_KEY"),
    severity: "caution",
    meaning: "Everyone who has the API key can call the API.",
  },
  ...rows("caution", "Everyone who has the API key can call the API.", becomes("API_KEY"), {
    aws_appsync_api: ["connection_auth_mode", "default_publish_auth_mode", "default_subscribe_auth_mode"].map(
      (mode) => `event_config.0.${mode}.*.auth_type`,
    ),
  }),
  ...rows("caution", "Callers can list everything that the API offers.", existing(becomes("ENABLED")), {
    aws_appsync_graphql_api: "introspection_config",
  }),
  ...rows("caution", "Callers may send more expensive queries.", (before, after) => shorter(after, before), {
    aws_appsync_graphql_api: ["query_depth_limit", "resolver_count_limit"],
  }),
  ...rows("caution", "Logs contain whole requests and responses, with the secrets in them.", on, {
    aws_api_gateway_method_settings: "settings.0.data_trace_enabled",
    aws_apigatewayv2_stage: "default_route_settings.0.data_trace_enabled",
  }),
  ...rows("caution", ANY_SITE, gains("*"), {
    aws_apigatewayv2_api: "cors_configuration.0.allow_origins",
    aws_cloudfront_response_headers_policy: "cors_config.0.access_control_allow_origins.0.items",
    aws_s3_bucket: "cors_rule.*.allowed_origins",
    aws_s3_bucket_cors_configuration: "cors_rule.*.allowed_origins",
  }),
  ...rows("caution", ANY_SITE, newly(allowsAnyOrigin), {
    aws_api_gateway_gateway_response: "response_parameters",
    aws_api_gateway_integration_response: "response_parameters",
  }),
  ...rows("caution", ANY_SITE, becomes("*"), {
    aws_alb_listener: "routing_http_response_access_control_allow_origin_header_value",
    aws_lb_listener: "routing_http_response_access_control_allow_origin_header_value",
  }),
  ...rows("caution", ANY_SITE, newly(hasAnyOrigin), {
    aws_cloudfront_response_headers_policy: "custom_headers_config.0.items",
  }),
  {
    types: ["aws_lambda_function_url"],
    path: ["cors", 0, "allow_origins"],
    worse: (before, after, { after: url }) => gains("*")(before, after) && !sendsCredentials(url),
    severity: "caution",
    meaning: ANY_SITE,
  },
  {
    types: ["aws_lambda_function_url"],
    path: ["cors", 0, "allow_origins"],
    worse: (before, after, { after: url }) => gains("*")(before, after) && sendsCredentials(url),
    severity: "danger",
    meaning: "Scripts on any website can call it as the user who is signed in.",
  },
  ...rows("caution", "Expired certificates of clients are accepted.", on, {
    aws_cloudfront_distribution: "viewer_mtls_config.0.trust_store_config.0.ignore_certificate_expiry",
    aws_lb_listener: "mutual_authentication.0.ignore_client_certificate_expiry",
  }),
  ...rows(
    "caution",
    "Fewer conditions hold for requests: only those of the other policy, of its group or its endpoints.",
    (before, after) => gone(before, after) && !permitsAll(before),
    { aws_verifiedaccess_endpoint: "policy_document", aws_verifiedaccess_group: "policy_document" },
  ),
  ...rows("danger", "It allows every request.", newly(permitsAll), {
    aws_verifiedpermissions_policy: "definition.0.static.0.statement",
    aws_verifiedaccess_endpoint: "policy_document",
    aws_verifiedaccess_group: "policy_document",
  }),
  ...rows("caution", "It may allow other requests.", existing(isOtherPolicy), {
    aws_verifiedpermissions_policy: "definition.0.static.0.statement",
    aws_verifiedaccess_endpoint: "policy_document",
    aws_verifiedaccess_group: "policy_document",
  }),
];

/** True for another source, such as every topic in place of one; the first source only limits who calls. */
function widened(before: Side, after: Side): boolean {
  return typeof before === "string" && typeof after === "string" && !matches(before, after);
}

function isOpen(method: Side): boolean {
  const authorization = at(method, "authorization") ?? at(method, "authorization_type");
  return isNothing(authorization) || authorization === "NONE";
}

/** True for an OpenAPI document in which an operation no longer requires authorization. */
function opensOperation(before: Side, after: Side): boolean {
  const open = openOperations(after);
  const guarded = openOperations(before);
  return [...open].some(([operation, isOpen]) => isOpen && guarded.get(operation) === false);
}

/** The operations of an OpenAPI document, and whether anyone may call them; requests with OPTIONS come before signing in. */
function openOperations(document: Side): ReadonlyMap<string, boolean> {
  const paths = at(document, "paths");
  return new Map(
    Object.entries(isFields(paths) ? paths : {}).flatMap(([path, methods]) =>
      Object.entries(isFields(methods) ? methods : {})
        .filter(([method]) => /^(get|put|post|delete|head|patch|x-amazon-apigateway-any-method)$/i.test(method))
        .map(([method, operation]): [string, boolean] => [
          `${method} ${path}`,
          listOf(at(operation, "security") ?? at(document, "security")).every(isNothing) &&
            /^(undefined|none)$/i.test(String(at(operation, "x-amazon-apigateway-auth", "type"))),
        ]),
    ),
  );
}

/** A larger number, or none anymore. */
function liftsLimit(before: Side, after: Side): boolean {
  return larger(before, after) || gone(before, after);
}

/** A throttle of -1 is none. */
function raisesThrottle(before: Side, after: Side): boolean {
  const limit = (side: Side) => (side === -1 ? Number.MAX_VALUE : side);
  return larger(limit(before), limit(after));
}

function gainsApiKey(before: Side, after: Side): boolean {
  const has = (providers: Side) =>
    listOf(providers).some((provider) => at(provider, "authentication_type") === "API_KEY");
  return has(after) && !has(before);
}

function sendsCredentials(url: Side): boolean {
  return isOn(at(url, "cors", 0, "allow_credentials"));
}

const ALLOW_ORIGIN = /(^|\.)access-control-allow-origin$/i;

/** True for parameters such as `gatewayresponse.header.Access-Control-Allow-Origin`, whose constants are in quotes. */
function allowsAnyOrigin(parameters: Side): boolean {
  return (
    isFields(parameters) &&
    Object.entries(parameters).some(([name, value]) => ALLOW_ORIGIN.test(name) && /^'?\*'?$/.test(String(value)))
  );
}

function hasAnyOrigin(headers: Side): boolean {
  return listOf(headers).some(
    (header) => ALLOW_ORIGIN.test(String(at(header, "header"))) && at(header, "value") === "*",
  );
}

/** True for a policy in Cedar that permits something without a condition. */
function permitsAll(policy: Side): boolean {
  return /\bpermit\s*\(\s*principal\s*,\s*action\s*,\s*resource\s*\)\s*(when\s*\{\s*true\s*\}\s*)?;/.test(
    String(policy),
  );
}

function isOtherPolicy(before: Side, after: Side): boolean {
  return !isNothing(before) && !isNothing(after) && !permitsAll(before) && !permitsAll(after);
}

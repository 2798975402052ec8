"""CloudWatch Logs: retention, events, filters, and saved queries."""

import re

from .policies import as_list, parse_json
from .rejection import Rejection, rejects
from .request import Request
from .service_callers import ServiceCall, source

# Source: API reference of PutRetentionPolicy.
DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def _invalid(message: str) -> Rejection:
    return Rejection("InvalidParameterException", message)


@rejects("logs", "PutRetentionPolicy")
def retention(request: Request) -> None:
    """Source: API reference of PutRetentionPolicy, "Possible values are"."""
    days = request["retentionInDays"]
    if int(days) not in DAYS:
        raise _invalid(
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(map(str, sorted(DAYS)))}]"
        )


@rejects("logs", "CreateLogGroup")
def reserved_name(request: Request) -> None:
    """Source: API reference of CreateLogGroup: a name cannot start with aws/."""
    if (request["logGroupName"] or "").startswith("aws/"):
        raise _invalid("Log groups starting with AWS/ are reserved for AWS.")


# Bytes of a batch of events, each with an overhead, and milliseconds from the first event to the last. Source: API reference of
# PutLogEvents.
MOST_BYTES = 1_048_576
OVERHEAD = 26
LONGEST_SPAN = 24 * 3_600_000


@rejects("logs", "PutLogEvents")
def batch(request: Request) -> None:
    """Source: API reference of PutLogEvents; public reports quote the messages."""
    events = request["logEvents"]
    size = sum(len(event["message"].encode()) + OVERHEAD for event in events)
    if size > MOST_BYTES:
        raise _invalid(f"Upload too large: {size} bytes exceeds limit of {MOST_BYTES}")
    times = [int(event["timestamp"]) for event in events]
    if max(times) - min(times) > LONGEST_SPAN:
        raise _invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")


@rejects("logs", "PutMetricFilter")
def known_group(request: Request) -> None:
    """Source: API reference of PutMetricFilter, ResourceNotFoundException."""
    if request["logGroupName"] not in request.backend().groups:
        raise Rejection("ResourceNotFoundException", "The specified log group does not exist.")


@rejects("logs", "PutMetricFilter")
def metric_transformation(request: Request) -> None:
    """Source: API reference of MetricTransformation; public reports quote the message."""
    for transformation in request["metricTransformations"] or []:
        if transformation.get("dimensions") and transformation.get("defaultValue") is not None:
            raise _invalid(
                "Invalid metric transformation: dimensions and default value are mutually exclusive properties."
            )


@rejects("logs", "CreateLogGroup", "AssociateKmsKey")
def encryption_key(request: Request) -> None:
    """Source: CloudWatch Logs user guide, "Encrypt log data", which has the key policy; public reports quote the message."""
    key_id = request["kmsKeyId"]
    if not key_id:
        return
    group = request.arn("logs", f"log-group:{request['logGroupName']}")
    key = request.backend("kms").keys.get(key_id.split("/")[-1])
    policies = [parse_json(key.policy) if key is not None else None]
    callers = (f"logs.{request.region}.amazonaws.com", "logs.amazonaws.com")
    sent = {"kms:encryptioncontext:aws:logs:arn": group}
    call = ServiceCall(callers, "kms:GenerateDataKey", key_id, sent)
    if key is None or not call.is_allowed_by(policies):
        raise _invalid(
            f"The specified KMS key does not exist or is not allowed to be used with LogGroup '{group}'"
        )


@rejects("logs", "PutResourcePolicy")
def resource_policy(request: Request) -> None:
    """Source: API reference of PutResourcePolicy, InvalidParameterException. hashicorp/terraform-provider-aws #32260 quotes
    the message about a service that is named as an account; the one about invalid JSON is paraphrased.
    """
    policy = parse_json(request["policyDocument"])
    if not isinstance(policy, dict) or not policy.get("Statement"):
        raise _invalid("The policy document is not a valid JSON policy document.")
    for statement in as_list(policy["Statement"]):
        principal = statement.get("Principal")
        accounts = as_list(principal.get("AWS")) if isinstance(principal, dict) else []
        if any(not re.fullmatch(r"\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:.+", str(one)) for one in accounts):
            raise _invalid("Could not convert to persistable policy.")


@rejects("logs", "PutSubscriptionFilter")
def destination(request: Request) -> None:
    """Source: API reference of PutSubscriptionFilter; user guide, "Subscriptions": two filters per log group."""
    group = request.backend().groups.get(request["logGroupName"])
    filters = getattr(group, "subscription_filters", {}) or {}
    names = set(filters if isinstance(filters, dict) else (one.name for one in filters))
    if len(names - {request["filterName"]}) >= 2:
        raise Rejection("LimitExceededException", "Resource limit exceeded.")


@rejects("logs", "PutSubscriptionFilter")
def function_permission(request: Request) -> None:
    """CloudWatch Logs invokes the function once when it is subscribed.

    Source: CloudWatch Logs user guide, "Subscription filters with AWS Lambda": the permission has the log group's ARN and the
    account. hashicorp/terraform-provider-aws retries the message.
    """
    arn = request["destinationArn"] or ""
    if not arn.startswith("arn:aws:lambda:"):
        return
    function = request.backend("lambda").get_function_by_arn(arn)
    group = request.arn("logs", f"log-group:{request['logGroupName']}:*")
    call = ServiceCall(("logs.amazonaws.com",), "lambda:InvokeFunction", arn, source(request.account, group))
    if function is None or not call.is_allowed_by([{"Statement": function.policy.statements}]):
        raise _invalid(
            "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your "
            "function."
        )

"""CloudWatch Logs: deliveries of AWS services' own logs, such as CloudFront's, to buckets and log groups.

The service `delivery.logs.amazonaws.com` writes them. Where the policy of the bucket or the log groups does not let it in,
CreateDelivery adds the statement, as AWS does for callers that may change the policy. A policy that Terraform manages differs
from then on. Source: CloudWatch Logs user guide, "Logs sent to Amazon S3" and "Logs sent to CloudWatch Logs" (V2 permissions);
CloudFront developer guide, "Configure standard logging (v2)", which has the statement for a bucket.
"""

import json

from moto.logs.models import LogResourcePolicy

from .policies import as_list, parse_json
from .rejection import Rejection, follows, rejects
from .request import Request
from .service_callers import ServiceCall, source

CALLER = "delivery.logs.amazonaws.com"
# Path of the objects below the destination. Source: CloudFront developer guide, as above.
DEFAULT_PATH = "AWSLogs/{account-id}/CloudFront/"
# The policy for log groups that AWS makes. Source: CloudWatch Logs user guide, as above.
LOGS_POLICY = "AWSLogDeliveryWrite20150319"


@rejects("logs", "PutDeliverySource")
def taken_resource(request: Request) -> None:
    """Source: CloudFront developer guide, "Configure standard logging (v2)", "Troubleshoot", which has the message."""
    for other in request.backend().delivery_sources.values():
        if other.name != request["name"] and request["resourceArn"] in other.resource_arns:
            raise Rejection(
                "ConflictException",
                "This ResourceId has already been used in another Delivery Source in this account.",
            )


@follows("logs", "CreateDelivery")
def add_permission(request: Request) -> None:
    """See the module."""
    logs = request.backend()
    found = next(one for one in logs.delivery_destinations.values() if one.arn == request["deliveryDestinationArn"])
    target = found.delivery_destination_configuration["destinationResourceArn"]
    sent = source(request.account, logs.delivery_sources[request["deliverySourceName"]].arn)
    if found.delivery_destination_type == "S3":
        _add_to_bucket(request, target, sent)
    elif found.delivery_destination_type == "CWL":
        _add_to_log_groups(request, target.removesuffix(":*"), sent)


def _add_to_bucket(request: Request, target: str, sent: dict[str, str]) -> None:
    name = target.split(":::")[-1].split("/")[0]
    bucket = request.backend("s3").buckets.get(name)
    if bucket is None:
        return
    path = (request["s3DeliveryConfiguration"] or {}).get("suffixPath") or DEFAULT_PATH
    file = f"{target}/{path.replace('{account-id}', request.account)}/file"
    policy = parse_json(bucket.policy) or {"Version": "2012-10-17", "Statement": []}
    acl = {"s3:x-amz-acl": "bucket-owner-full-control"}
    if ServiceCall((CALLER,), "s3:PutObject", file, {**sent, **acl}).is_allowed_by([policy]):
        return
    statement = _statement(request, "AWSLogDeliveryWrite", ["s3:PutObject"], f"arn:aws:s3:::{name}/*")
    statement["Condition"]["StringEquals"].update(acl)
    policy["Statement"] = [*as_list(policy.get("Statement")), statement]
    bucket.policy = json.dumps(policy).encode()


def _add_to_log_groups(request: Request, target: str, sent: dict[str, str]) -> None:
    policies = request.backend().resource_policies
    streams = f"{target}:log-stream:*"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    calls = [ServiceCall((CALLER,), action, streams, sent) for action in actions]
    if all(call.is_allowed_by(parse_json(one.policy_document) for one in policies.values()) for call in calls):
        return
    kept = parse_json(policies[LOGS_POLICY].policy_document) if LOGS_POLICY in policies else {}
    statements = [*as_list(kept.get("Statement")), _statement(request, "AWSLogDeliveryWrite", actions, streams)]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    policies[LOGS_POLICY] = LogResourcePolicy(LOGS_POLICY, document)


def _statement(request: Request, sid: str, actions: list[str], resource: str) -> dict:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": CALLER},
        "Action": actions,
        "Resource": resource,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": request.account},
            "ArnLike": {"aws:SourceArn": request.arn("logs", "delivery-source:*")},
        },
    }

"""S3: notifications of a bucket, whose targets must exist and let S3 in."""

from collections.abc import Callable, Iterator, Mapping

from moto.backends import get_backend
from moto.utilities.arns import parse_arn

from .queues import may_send
from .rejection import Rejection, rejects
from .request import Request
from .service_callers import ServiceCall, source
from .topics import may_publish

CALLER = "s3.amazonaws.com"


@rejects("s3", "PutBucketNotificationConfiguration")
def notification_targets(request: Request) -> None:
    """S3 sends a test message to each queue and topic, and asks Lambda for its permission.

    Source: S3 user guide, "Granting permissions to publish event notification messages to a destination", which has the condition
    keys; hashicorp/terraform #19756 and aws/aws-cdk #20127 quote the message.
    """
    if str(request["SkipDestinationValidation"]).lower() == "true":
        return
    sent = source(request.account, f"arn:aws:s3:::{request['Bucket']}")
    for arn, is_allowed in _targets(request["NotificationConfiguration"] or {}):
        if not arn.startswith("arn:aws:") or not is_allowed(arn, CALLER, sent):
            raise Rejection("InvalidArgument", "Unable to validate the following destination configurations")


Check = Callable[[str, str, Mapping[str, str]], bool]


def _targets(configuration: dict) -> Iterator[tuple[str, Check]]:
    kinds: tuple[tuple[str, str, Check], ...] = (
        ("TopicConfigurations", "TopicArn", may_publish),
        ("QueueConfigurations", "QueueArn", may_send),
        ("LambdaFunctionConfigurations", "LambdaFunctionArn", _may_invoke),
    )
    for member, name, check in kinds:
        for target in configuration.get(member) or []:
            yield target.get(name) or "", check


def _may_invoke(arn: str, caller: str, sent: Mapping[str, str]) -> bool:
    found = parse_arn(arn)
    function = get_backend("lambda")[found.account][found.region].get_function_by_arn(arn)
    call = ServiceCall((caller,), "lambda:InvokeFunction", arn, sent)
    return function is not None and call.is_allowed_by([{"Statement": function.policy.statements}])

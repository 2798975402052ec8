"""Checks tags in every request: characters, reserved prefix, length, number, and duplicates.

Source: "Tag naming limits and requirements" in the AWS Tagging user guide.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from .rejection import Rejection
from .request import Request

ALLOWED = re.compile(r"[\w\s.:/=+\-@]*")
MEMBERS = ("Tags", "tags", "TagList", "ResourceTags")
MOST = 50
# An object in S3 takes ten tags. Source: S3 user guide, "Categorizing your objects using tags".
MOST_OF_OBJECT = 10
CODES = {
    "cloudfront": "InvalidTagging",
    "codebuild": "InvalidInputException",
    "codecommit": "InvalidTagsMapException",
    "codedeploy": "InvalidTagsToAddException",
    "cognito-idp": "InvalidParameterException",
    "ec2": "InvalidParameterValue",
    "ecr": "InvalidTagParameterException",
    "ecs": "InvalidParameterException",
    "elbv2": "ValidationError",
    "iam": "InvalidInput",
    "kms": "TagException",
    "lambda": "InvalidParameterValueException",
    "logs": "InvalidParameterException",
    "s3": "InvalidTag",
    "sns": "InvalidParameter",
    "sqs": "InvalidParameterValue",
    "cloudwatch": "InvalidParameterValue",
    "servicediscovery": "InvalidInput",
    "xray": "InvalidRequestException",
}


def check(request: Request) -> None:
    """Rejects a request with tags that AWS rejects."""
    for tags in _tag_lists(request):
        _check(request, tags)


def _tag_lists(request: Request) -> Iterator[list[tuple[str, str]]]:
    for name in MEMBERS:
        yield _pairs(request[name])
    for specification in request["TagSpecifications"] or []:
        yield _pairs(specification.get("Tags"))
    tagging = request["Tagging"]
    if isinstance(tagging, str):  # a header of PutObject, such as "Project=Mysfits&Environment=workshop"
        yield parse_qsl(tagging, keep_blank_values=True)
    elif isinstance(tagging, dict):
        yield _pairs(tagging.get("TagSet"))


def _pairs(tags: Any) -> list[tuple[str, str]]:
    if isinstance(tags, dict) and "Items" in tags:
        tags = tags["Items"]
    if isinstance(tags, dict):
        return [(str(key), str(value)) for key, value in tags.items() if isinstance(value, str)]
    if not isinstance(tags, list):
        return []
    return [(_member(tag, "key"), _member(tag, "value")) for tag in tags if isinstance(tag, dict)]


def _member(tag: dict, name: str) -> str:
    """Reads a tag's key or value, whose member is Key, key, or TagKey, depending on the service."""
    return str(next((value for member, value in tag.items() if member.lower() in (name, f"tag{name}")), None) or "")


# AWS's words by service and problem: error code and message. Sources: S3 "Error responses", InvalidTag; EC2 "Error codes",
# TagLimitExceeded; moto's copies for these and for CodePipeline, Elastic Load Balancing, IAM, and SNS.
WORDS = {
    ("codepipeline", "reserved"): (
        "InvalidTagsException",
        "Not allowed to modify system tags. System tags start with 'aws:'. msg=[Caller is an end user and not allowed to "
        "mutate system tags]",
    ),
    ("ec2", "duplicate"): ("InvalidParameterValue", "Duplicate tag key '{key}' specified."),
    ("ec2", "reserved"): ("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use"),
    ("ec2", "too many"): ("TagLimitExceeded", "The maximum number of Tags for a resource has been reached."),
    ("elbv2", "duplicate"): ("DuplicateTagKeys", "Tag key was specified more than once: {key}"),
    ("elbv2", "too many"): (
        "TooManyTags",
        "The quota for the number of tags that can be assigned to a load balancer has been reached",
    ),
    ("iam", "duplicate"): ("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
    ("s3", "duplicate"): ("InvalidTag", "Cannot provide multiple Tags with the same key"),
    ("s3", "invalid key"): ("InvalidTag", "The TagKey you have provided is invalid"),
    ("s3", "invalid value"): ("InvalidTag", "The TagValue you have provided is invalid"),
    ("s3", "reserved"): ("InvalidTag", "System tags cannot be added/updated by requester"),
    ("sns", "too many"): ("TagLimitExceeded", "Could not complete request: tag quota of per resource exceeded"),
}
RULE = "tags may contain letters, digits, spaces, and _ . : / = + - @"
# Messages for the other services, paraphrased except for the one about reserved keys.
OTHER_WORDS = {
    "duplicate": "The tag key '{key}' is given more than once.",
    "invalid key": f"The tag key '{{key}}' is invalid: {RULE}",
    "invalid value": f"The tag value '{{value}}' is invalid: {RULE}",
    "reserved": "aws: prefixed tag key names are not allowed for external use: {key}",
    "too many": "The number of tags exceeds the limit of {most}.",
}


def _check(request: Request, tags: list[tuple[str, str]]) -> None:
    for key, value in tags:
        if key.lower().startswith("aws:"):
            raise _rejection(request, "reserved", key=key)
        if not ALLOWED.fullmatch(key) or not 0 < len(key) <= 128:
            raise _rejection(request, "invalid key", key=key)
        if not ALLOWED.fullmatch(value) or len(value) > 256:
            raise _rejection(request, "invalid value", value=value)
    # IAM compares tag keys without case. Source: IAM user guide, "Rules for tagging in IAM".
    keys = [key.lower() if request.service == "iam" else key for key, _ in tags]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise _rejection(request, "duplicate", key=twice)
    is_object = request.operation in ("PutObject", "PutObjectTagging")
    most = MOST_OF_OBJECT if is_object else MOST
    if len(tags) > most and request.service == "s3":
        what = "Object tags" if is_object else "Bucket tag count"
        raise Rejection("BadRequest", f"{what} cannot be greater than {most}")
    if len(tags) > most:
        raise _rejection(request, "too many", most=most)


def _rejection(request: Request, problem: str, **values) -> Rejection:
    default = (CODES.get(request.service, "ValidationException"), OTHER_WORDS[problem])
    code, message = WORDS.get((request.service, problem), default)
    return Rejection(code, message.format(**values))

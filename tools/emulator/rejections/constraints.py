"""Checks every request against botocore's model of the service: required members, lengths, ranges, patterns, enums.

AWS's own front ends check the same models and report all violations in one message ("2 validation errors detected: Value
'x' at 'name' failed to satisfy constraint: Member must …"). Source: the service models in botocore/data, and the
"Common errors" page of each API reference.
"""

import functools
import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from .rejection import Rejection
from .request import Request

# Error code of a violated constraint, from the "Common errors" page of each API reference. EC2, S3, SQS, and CloudFront
# check their parameters in other ways; see their rules.
CODES = {
    "acm": "ValidationException",
    "application-autoscaling": "ValidationException",
    "budgets": "InvalidParameterException",
    "cloudwatch": "ValidationError",
    "codebuild": "InvalidInputException",
    "codeconnections": "ValidationException",
    "codedeploy": "ValidationException",
    "codepipeline": "ValidationException",
    "codestar-connections": "ValidationException",
    "codestar-notifications": "ValidationException",
    "cognito-identity": "ValidationException",
    "cognito-idp": "InvalidParameterException",
    "dynamodb": "ValidationException",
    "ecr": "InvalidParameterException",
    "elbv2": "ValidationError",
    "events": "ValidationException",
    "iam": "ValidationError",
    "kms": "ValidationException",
    "lambda": "ValidationException",
    "logs": "InvalidParameterException",
    "opensearch": "ValidationException",
    "route53": "InvalidInput",
    "secretsmanager": "ValidationException",
    "servicediscovery": "InvalidInput",
    "sns": "InvalidParameter",
    "ssm": "ValidationException",
    "sts": "ValidationError",
    "wafv2": "ValidationException",
    "xray": "InvalidRequestException",
}

# Enums that are open in AWS: the service accepts values that botocore's model does not list.
OPEN_ENUMS = {"ResourceType"}


def check(request: Request) -> None:
    """Rejects a request with violated constraints."""
    code = CODES.get(request.service)
    shape = request.model.input_shape
    if code is None or shape is None:
        return
    violations = list(_violations(shape, request.params, ""))
    if violations:
        count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
        raise Rejection(_code(request, code, violations), f"{count}: {'; '.join(violations)}")


def _code(request: Request, code: str, violations: list[str]) -> str:
    # Lambda reports an unknown runtime in its own way. Source: API reference of CreateFunction, InvalidParameterValueException.
    if request.service == "lambda" and any("at 'runtime'" in violation for violation in violations):
        return "InvalidParameterValueException"
    return code


def _violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """Violations of a value, in the words of AWS's front ends."""
    if isinstance(shape, StructureShape):
        for name in shape.required_members:
            if not isinstance(value, dict) or value.get(name) is None:
                yield _violation("null", _join(path, name), "Member must not be null", quoted=False)
        for name, member in shape.members.items():
            if isinstance(value, dict) and value.get(name) is not None:
                yield from _violations(member, value[name], _join(path, name))
    elif isinstance(shape, ListShape) and isinstance(value, list):
        yield from _size_violations(shape, value, len(value), path)
        for index, item in enumerate(value, 1):
            yield from _violations(shape.member, item, f"{path}.{index}.member")
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        yield from _size_violations(shape, value, len(value), path)
        of_keys = [one.partition("constraint: ")[2] for key in value for one in _violations(shape.key, key, path)]
        if of_keys:
            shown = ", ".join(f"{key}={item}" for key, item in value.items())
            yield _violation(f"{{{shown}}}", path, f"Map keys must satisfy constraint: [{', '.join(dict.fromkeys(of_keys))}]")
        for key, item in value.items():
            yield from _violations(shape.value, item, f"{path}.{key}.member")
    elif shape.type_name == "string" and isinstance(value, str):
        yield from _text_violations(shape, value, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _range_violations(shape, value, path)


def _text_violations(shape: Shape, value: str, path: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum and shape.name not in OPEN_ENUMS:
        yield _violation(value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    yield from _size_violations(shape, value, len(value), path)
    pattern = shape.metadata.get("pattern")
    compiled = pattern and _compiled(pattern)
    if compiled and not compiled.fullmatch(value):
        yield _violation(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _size_violations(shape: Shape, value: Any, size: int, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _violation(value, path, f"Member must have length greater than or equal to {least}")
    if most is not None and size > most:
        yield _violation(value, path, f"Member must have length less than or equal to {most}")


def _range_violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    number = float(value)
    if least is not None and number < least:
        yield _violation(value, path, f"Member must have value greater than or equal to {least}")
    if most is not None and number > most:
        yield _violation(value, path, f"Member must have value less than or equal to {most}")


def enums_in(shape: Shape, value: Any, name: str = "") -> Iterator[tuple[str, str, list[str]]]:
    """Names, values, and allowed values of the enums in a parameter, for services that word violations in their own way."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for member, inner in shape.members.items():
            if value.get(member) is not None:
                yield from enums_in(inner, value[member], member)
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for item in value:
            yield from enums_in(shape.member, item, name)
    elif isinstance(shape, StringShape) and shape.enum:
        yield name, value, shape.enum


def _violation(value: Any, path: str, constraint: str, quoted: bool = True) -> str:
    shown = f"'{value}'" if quoted else value
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"


def _join(path: str, name: str) -> str:
    """AWS writes members in lower camel case, such as 'tags.1.member.key'."""
    lower = name[0].lower() + name[1:]
    return f"{path}.{lower}" if path else lower


# Java's character classes, as near as Python's `re` gets to them; letters also match digits here.
CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s", r"\p{LD}": r"\w", r"\p{ASCII}": r"\x00-\x7f"}


@functools.cache
def _compiled(pattern: str) -> re.Pattern | None:
    """A model's pattern for Python, or None where it uses Java's syntax beyond the classes above. A flag within the pattern,
    which Python does not have, is left out.
    """
    pattern = pattern[:1] + pattern[1:].replace("(?i)", "")
    for java, python in CLASSES.items():
        pattern = pattern.replace(java, python)
    try:
        return None if r"\p" in pattern or "&&" in pattern else re.compile(pattern)
    except re.error:
        return None

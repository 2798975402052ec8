"""Lambda: functions and their environment."""

import re

from .policies import parse_json
from .rejection import Rejection, rejects
from .request import Request
from .role_permissions import role_may

# Source: Lambda developer guide, "Defined runtime environment variables" (reserved ones).
RESERVED = {
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
}  # fmt: skip
# Bytes of all variables together. Source: Lambda developer guide, "Lambda quotas".
MOST_ENVIRONMENT = 4096


def _invalid(message: str) -> Rejection:
    return Rejection("InvalidParameterValueException", message)


@rejects("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def environment(request: Request) -> None:
    """Source: API reference of CreateFunction, InvalidParameterValueException."""
    variables = (request["Environment"] or {}).get("Variables") or {}
    reserved = [name for name in variables if name in RESERVED]
    if reserved:
        raise _invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have provided "
            "contains reserved keys that are currently not supported for modification. Reserved keys used in this request: "
            f"{', '.join(reserved)}"
        )
    size = sum(len(f"{name}{value}".encode()) for name, value in variables.items())
    if size > MOST_ENVIRONMENT:
        raise _invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have provided "
            f"exceeded the 4KB limit. String measured: {size}"
        )


@rejects("lambda", "CreateFunction")
def package(request: Request) -> None:
    """Source: API reference of CreateFunction: a Zip function needs a handler and a runtime."""
    if (request["PackageType"] or "Zip") == "Zip" and not (request["Handler"] and request["Runtime"]):
        raise _invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.")


# Runtimes for which Lambda no longer creates functions. Source: Lambda developer guide, "Deprecated runtimes".
DEPRECATED = re.compile(
    r"nodejs|nodejs(4\.3|4\.3-edge|6\.10|8\.10|10\.x|12\.x|14\.x)|python(2\.7|3\.6|3\.7)|ruby2\.[57]|java8|go1\.x|provided|"
    r"dotnet5\.0|dotnetcore\d\.\d"
)


@rejects("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def deprecated_runtime(request: Request) -> None:
    """Public reports quote the message, with the newest runtime of the language."""
    runtime = request["Runtime"]
    if runtime and DEPRECATED.fullmatch(runtime):
        raise _invalid(
            f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. We "
            "recommend you use a supported runtime while creating or updating functions."
        )


@rejects("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def network(request: Request) -> None:
    """Source: API reference of VpcConfig; public reports quote the messages."""
    config = request["VpcConfig"] or {}
    ec2 = request.backend("ec2")
    for name in config.get("SubnetIds") or []:
        if not any(name in zone for zone in ec2.subnets.values()):
            raise _not_found("DescribeSubnets", "InvalidSubnetID", f"The subnet ID '{name}' does not exist")
    for name in config.get("SecurityGroupIds") or []:
        if not any(name in groups for groups in ec2.groups.values()):
            raise _not_found(
                "DescribeSecurityGroups", "InvalidGroup", f"The security group '{name}' does not exist"
            )
    if config.get("SubnetIds"):
        _check_permission(request, "ec2:CreateNetworkInterface", "CreateNetworkInterface on EC2")


def _not_found(operation: str, code: str, message: str) -> Rejection:
    return _invalid(
        f"Error occurred while {operation}. EC2 Error Code: {code}.NotFound. EC2 Error Message: {message}"
    )


@rejects("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def dead_letters(request: Request) -> None:
    """Source: Lambda developer guide, "Adding a dead-letter queue"; elastic/beats #13963 quotes the message."""
    target = (request["DeadLetterConfig"] or {}).get("TargetArn") or ""
    if target.startswith("arn:aws:sqs:"):
        _check_permission(request, "sqs:SendMessage", "SendMessage on SQS")
    elif target.startswith("arn:aws:sns:"):
        _check_permission(request, "sns:Publish", "Publish on SNS")


def _check_permission(request: Request, action: str, words: str) -> None:
    function = next((one for one in request.backend().list_functions() if _is_named(one, request)), None)
    role = request["Role"] or getattr(function, "role", None)
    if role and not role_may(request, role, action):
        raise _invalid(f"The provided execution role does not have permissions to call {words}")


@rejects("lambda", "AddPermission")
def principal(request: Request) -> None:
    """Source: API reference of AddPermission, Principal; public reports quote the message."""
    name = request["Principal"] or ""
    if not re.fullmatch(r"\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:.+|([a-z0-9-]+\.)+(amazonaws\.com|amazon\.com)", name):
        raise _invalid("The provided principal was invalid. Please check the principal and try again.")


@rejects("lambda", "Invoke")
def payload(request: Request) -> None:
    """Synchronous payloads are limited to 6,291,556 bytes. Source: Lambda developer guide, "Lambda quotas" (6 MB)."""
    size = len(request["Payload"] or b"")
    if size > 6_291_556:
        raise Rejection(
            "RequestEntityTooLargeException",
            "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
            413,
        )
    if size and parse_json(request["Payload"]) is None and request["Payload"] not in ("null", b"null"):
        raise Rejection(
            "InvalidRequestContentException", "Could not parse request body into json: Unexpected character"
        )


# Seconds; and concurrency: an account's default quota, and the part of it that stays unreserved. Source: Lambda developer
# guide, "Lambda quotas" and "Configuring reserved concurrency".
MOST_SECONDS = 900
MOST_MEGABYTES = 10_240
LONGEST_NAME = 64
CONCURRENCY = 1000
UNRESERVED = 100


@rejects("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def limits(request: Request) -> None:
    """The model in botocore has no maximum of seconds, and one of megabytes for capacity providers. Source: API reference of
    CreateFunction, Timeout and MemorySize.
    """
    for field, most in (("Timeout", MOST_SECONDS), ("MemorySize", MOST_MEGABYTES)):
        value = request[field]
        if value is not None and int(value) > most and not request["CapacityProviderConfig"]:
            raise _constraint(field, value, f"Member must have value less than or equal to {most}")


@rejects("lambda", "CreateFunction")
def function_name(request: Request) -> None:
    """Source: API reference of CreateFunction, FunctionName: longer texts are ARNs."""
    name = request["FunctionName"] or ""
    if len(name.split(":")[-1]) > LONGEST_NAME:
        raise _constraint("FunctionName", name, f"Member must have length less than or equal to {LONGEST_NAME}")


def _constraint(field: str, value, constraint: str) -> Rejection:
    path = field[0].lower() + field[1:]
    return Rejection(
        "ValidationException",
        f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: {constraint}",
    )


@rejects("lambda", "PutFunctionConcurrency")
def reserved_concurrency(request: Request) -> None:
    """Source: Lambda developer guide, "Configuring reserved concurrency"."""
    functions = [function for function in request.backend().list_functions() if not _is_named(function, request)]
    reserved = sum(int(function.reserved_concurrency or 0) for function in functions)
    if reserved + int(request["ReservedConcurrentExecutions"] or 0) > CONCURRENCY - UNRESERVED:
        raise _invalid(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
            f"minimum value of [{UNRESERVED}]."
        )


def _is_named(function, request: Request) -> bool:
    return request["FunctionName"] in (function.function_name, function.function_arn)


@rejects("lambda", "AddPermission")
def statement_id(request: Request) -> None:
    """Source: API reference of AddPermission, ResourceConflictException."""
    name = request["StatementId"]
    for function in request.backend().list_functions():
        ids = [statement.get("Sid") for statement in function.policy.statements]
        if _is_named(function, request) and name in ids and not request["Qualifier"]:
            raise Rejection(
                "ResourceConflictException",
                f"The statement id ({name}) provided already exists. Please provide a new statement id, or remove the existing "
                "statement.",
                409,
            )

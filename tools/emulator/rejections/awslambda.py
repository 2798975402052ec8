"""Lambda: functions and their environment."""

from .policies import parse_json
from .rejection import Rejection, rejects
from .request import Request

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


# Seconds, and concurrency: the default quota of an account and what stays unreserved of it. Source: Lambda developer guide,
# "Lambda quotas" and "Configuring reserved concurrency".
MOST_SECONDS = 900
CONCURRENCY = 1000
UNRESERVED = 100


@rejects("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def timeout(request: Request) -> None:
    """The model in botocore has no maximum. Source: API reference of CreateFunction, Timeout."""
    seconds = request["Timeout"]
    if seconds is not None and int(seconds) > MOST_SECONDS:
        raise Rejection(
            "ValidationException",
            f"1 validation error detected: Value '{seconds}' at 'timeout' failed to satisfy constraint: Member must have value "
            f"less than or equal to {MOST_SECONDS}",
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

import json

from lambda_service import Configuration, invoke
from moto.awslambda.models import LambdaFunction
from turns import turn_of_others

from .patch import around

FORGOTTEN = ["DeadLetterConfig", "KMSKeyArn", "LoggingConfig"]


@around(LambdaFunction, "__init__")
def keep_all_arguments(original, self, account_id, spec, *args, **kwargs) -> None:
    """moto drops some of a function's arguments, so every plan after the apply sets them again."""
    original(self, account_id, spec, *args, **kwargs)
    self._gap_kept = {"LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}}
    _keep(self, spec)


@around(LambdaFunction, "update_configuration")
def keep_updated_arguments(original, self, config_updates):
    """See keep_all_arguments."""
    _keep(self, config_updates)
    return original(self, config_updates)


@around(LambdaFunction, "get_configuration")
def return_kept_arguments(original, self, *args, **kwargs) -> dict:
    """See keep_all_arguments."""
    return {**original(self, *args, **kwargs), **self._gap_kept}


def _keep(function, arguments) -> None:
    function._gap_kept.update({name: arguments[name] for name in FORGOTTEN if arguments.get(name)})


@around(LambdaFunction, "_invoke_lambda")
def run_in_node(_, self, event=None) -> tuple[str, bool, str]:
    """moto runs functions in Docker images from a registry; here the machine's own Node.js runs them."""
    self.logs_backend.ensure_log_group(self.logs_group_name)
    configuration = Configuration(
        name=self.function_name,
        arn=self.function_arn,
        region=self.region,
        handler=self.handler,
        memory=int(self.memory_size),
        code=self.code_bytes,
        variables=tuple((name, str(value)) for name, value in self.environment_vars.items()),
    )
    text = "{}" if event in (None, "{}") else json.dumps(event)  # moto parses a body, and replaces an empty one by "{}"
    with turn_of_others():
        response = invoke(configuration, text, float(self.timeout))
    self.save_logs(response.output)
    return response.payload, response.failed, response.output


@around(LambdaFunction, "invoke")
def report_unhandled_errors(original, self, body, request_headers, response_headers):
    """moto calls every error "Handled"; Lambda calls errors of a function's code "Unhandled"."""
    payload = original(self, body, request_headers, response_headers)
    if "x-amz-function-error" in response_headers:
        response_headers["x-amz-function-error"] = "Unhandled"
    return payload

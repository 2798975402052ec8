from moto.awslambda.models import LambdaFunction

from .patch import around

FORGOTTEN = ["DeadLetterConfig", "KMSKeyArn", "LoggingConfig"]


@around(LambdaFunction, "__init__")
def keep_all_arguments(original, self, account_id, spec, *args, **kwargs) -> None:
    """moto drops some of a function's arguments, and every plan after the apply wants to set them again."""
    original(self, account_id, spec, *args, **kwargs)
    self._gap_kept = {"LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}}
    _keep(self, spec)


@around(LambdaFunction, "update_configuration")
def keep_updated_arguments(original, self, config_updates):
    """See keep_all_arguments."""
    _keep(self, config_updates)
    return original(self, config_updates)


@around(LambdaFunction, "get_configuration")
def answer_with_kept_arguments(original, self, *args, **kwargs) -> dict:
    """See keep_all_arguments."""
    return {**original(self, *args, **kwargs), **self._gap_kept}


def _keep(function, arguments) -> None:
    function._gap_kept.update({name: arguments[name] for name in FORGOTTEN if arguments.get(name)})

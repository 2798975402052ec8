import io
import json
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path

from moto.awslambda.models import LambdaFunction

from .patch import around

RUNTIME = Path(__file__).parent.parent / "lambda-runtime.mjs"
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


@around(LambdaFunction, "_invoke_lambda")
def run_with_node(_, self, event=None) -> tuple[str, bool, str]:
    """moto runs functions in Docker images from a registry; here the machine's own Node runs them.

    Answers as moto's does: what the function returned, whether it failed, and what it printed.
    """
    self.logs_backend.ensure_log_group(self.logs_group_name)
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(self.code_bytes)).extractall(folder)
        answer = Path(folder, ".answer.json")
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['MOTO_PORT']}",
            "AWS_REGION": self.region,
            "AWS_LAMBDA_FUNCTION_NAME": self.function_name,
            **{name: str(value) for name, value in self.environment_vars.items()},
        }
        run = subprocess.run(
            ["node", RUNTIME, self.handler, answer],
            input=json.dumps({} if event is None else event),
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=self.timeout,
        )
        printed = run.stdout + run.stderr
        self.save_logs(printed)
        return (answer.read_text() if answer.exists() else "null"), run.returncode != 0, printed

"""Makes AWS calls with boto3: reads a JSON list from standard input, writes the responses to standard output.

A call is {service, operation, params, as?}. A parameter {"$": "name.Path.0"} is replaced by a part of the response to the
call that was named with `as`. A response is {result} or {code, message, status}. Parameters are sent as they are, without
boto3's own validation.
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint = sys.argv[1]
config = Config(parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
session = boto3.Session("test", "test", region_name="us-east-1")
clients: dict = {}
named: dict = {}


def client(service: str):
    if service not in clients:
        clients[service] = session.client(service, endpoint_url=endpoint, config=config)
    return clients[service]


def resolved(value):
    if isinstance(value, dict) and set(value) == {"$"}:
        name, *path = value["$"].split(".")
        found = named[name]
        for step in path:
            found = found[int(step)] if isinstance(found, list) else found[step]
        return found
    if isinstance(value, dict):
        return {key: resolved(item) for key, item in value.items()}
    return [resolved(item) for item in value] if isinstance(value, list) else value


def make(call: dict) -> dict:
    try:
        method = getattr(client(call["service"]), snake(call["service"], call["operation"]))
        result = method(**resolved(call.get("params", {})))
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {**{key.lower(): value for key, value in error.response["Error"].items()}, "status": status}
    except Exception as error:
        return {"code": f"not sent: {type(error).__name__}", "message": str(error)}
    result.pop("ResponseMetadata", None)
    if "as" in call:
        named[call["as"]] = result
    return {"result": result}


def snake(service: str, operation: str) -> str:
    mapping = client(service).meta.method_to_api_mapping
    return next((method for method, name in mapping.items() if name == operation), operation)


print(json.dumps([make(call) for call in json.load(sys.stdin)], default=str))

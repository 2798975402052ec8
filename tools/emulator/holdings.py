"""Lists the resources in the emulator, so that a test can detect leftovers."""

import json

from moto.core.base_backend import BackendDict
from turns import own_turn

PATH = "/emulator/holdings"
PUBLISHED = "/aws/service/"
GONE = ("INACTIVE", "deleted", "PendingDeletion")


class ListHoldings:
    """Serves GET /emulator/holdings: the names of all resources, by service and collection.

    Moto keeps its state in collections on one backend object per service, account, and region. Resources that a new
    backend also has (default VPC, AWS managed policies), public ones, and deleted ones are not counted.
    """

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] != PATH:
            return self.application(environ, start_response)
        with own_turn():
            body = json.dumps(holdings()).encode()
        start_response("200 OK", [("Content-Type", "application/json")])
        return [body]


def holdings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for service in {id(service): service for service in BackendDict._instances}.values():
        for account, region, backend in list(service.iter_backends()):
            new = type(backend)(region, account)
            for collection, things in vars(backend).items():
                names = _names(things)
                if collection != "tags" and len(names) > len(_names(getattr(new, collection, None))):
                    found[f"{service.service_name}.{collection}"] = sorted(names)
    return found


def _names(things) -> list[str]:
    if isinstance(things, dict):
        held = ((str(key), value) for key, value in things.items() if not str(key).startswith(PUBLISHED))
        return [name for key, value in held for name in _names_below(key, value)]
    if isinstance(things, (list, set, tuple)):
        return [str(thing) for thing in things]
    return []


def _names_below(key: str, value) -> list[str]:
    if isinstance(value, (dict, list, set, tuple)):
        return [f"{key}/{name}" for name in _names(value)]
    return [] if _is_gone(value) else [key]


def _is_gone(thing) -> bool:
    """True for resources that AWS, too, lists for a while after their deletion."""
    return any(getattr(thing, mark, None) in GONE for mark in ("status", "state", "key_state"))

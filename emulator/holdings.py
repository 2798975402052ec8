"""What the emulator holds, so that a test can see whether anything was left behind."""

import json

from moto.core.base_backend import BackendDict

PATH = "/emulator/holdings"
PUBLISHED = "/aws/service/"
GONE = ("INACTIVE", "deleted", "PendingDeletion")


class TellHoldings:
    """Answers GET /emulator/holdings with the names of all things held, by service and collection.

    Moto keeps everything it emulates in collections on one object per service, account and region. What a new such
    object has as well (default VPC, AWS's own policies) is not counted, nor what AWS publishes or is marked as gone.
    """

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] != PATH:
            return self.application(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(holdings()).encode()]


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
    """AWS too goes on listing some things for a while after their end, marked so."""
    return any(getattr(thing, mark, None) in GONE for mark in ("status", "state", "key_state"))

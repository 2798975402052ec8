"""Rejects the requests that AWS rejects, before moto sees them.

A rule is a function for one or several operations of a service. It reads the request and raises Rejection with AWS's
error code and message. Rules run after the generic checks of constraints.py and tags.py.
"""

from collections import defaultdict
from collections.abc import Callable

from moto.core.exceptions import ServiceException

from .request import Request

Rule = Callable[[Request], None]
ANY = "*"
"""Stands in for every operation of a service."""

_rules: dict[tuple[str, str], list[Rule]] = defaultdict(list)
_consequences: dict[tuple[str, str], list[Rule]] = defaultdict(list)


class Rejection(ServiceException):
    """An error response: Rejection(code, message)."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code, message)
        self.status = status


def rejects(service: str, *operations: str) -> Callable[[Rule], Rule]:
    """Registers a rule that runs before the operations of a service, which botocore's name identifies."""
    return _register(_rules, service, operations)


def follows(service: str, *operations: str) -> Callable[[Rule], Rule]:
    """Registers a consequence, which runs after the operations have succeeded."""
    return _register(_consequences, service, operations)


def check(request: Request) -> None:
    """Runs the rules of a request's operation."""
    for operation in (ANY, request.operation):
        for rule in _rules[request.service, operation]:
            rule(request)


def conclude(request: Request) -> None:
    """Runs the consequences of a successful request."""
    for consequence in _consequences[request.service, request.operation]:
        consequence(request)


def _register(registry, service: str, operations: tuple[str, ...]) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        for operation in operations:
            registry[service, operation].append(rule)
        return rule

    return register

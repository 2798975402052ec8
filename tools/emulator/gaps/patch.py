"""Helpers that extend moto, and storage for the state of the extensions."""

import functools
import re
import sys
from types import ModuleType

from moto import backend_index
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.utilities.tagging_service import TaggingService


def missing_from(owner):
    """Adds the decorated function to `owner`. Fails once moto has its own, so that the gap is removed."""

    def add(function):
        if hasattr(owner, function.__name__):
            raise RuntimeError(f"moto has {owner.__name__}.{function.__name__} now: remove this gap")
        setattr(owner, function.__name__, function)
        return function

    return add


def around(owner, name: str):
    """Wraps a method of `owner` in the decorated function, which receives the method as its first argument."""

    def wrap(function):
        original = getattr(owner, name)

        @functools.wraps(original)
        def method(*args, **kwargs):
            return function(original, *args, **kwargs)

        setattr(owner, name, method)
        return function

    return wrap


def memory(backend, name: str) -> dict:
    """Returns a dictionary that lives as long as `backend`, moto's state of one service in one account and region."""
    return backend.__dict__.setdefault(f"_gap_{name}", {})


def tags(backend) -> TaggingService:
    """Tags of the resources of `backend` whose tags moto drops."""
    return backend.__dict__.setdefault("_gap_tags", TaggingService())


def new_service(name: str, backend, response, paths: list[str]) -> BackendDict:
    """Registers a service that moto lacks, as a module below `moto`, where moto looks for its own."""
    module_name = name.replace("-", "")
    url_base = rf"https?://{name}\.(.+)\.amazonaws\.com"
    package, urls = ModuleType(f"moto.{module_name}"), ModuleType(f"moto.{module_name}.urls")
    urls.url_bases = [url_base]
    urls.url_paths = {"{0}" + path: response.dispatch for path in paths}
    backend.__module__ = f"moto.{module_name}.models"  # moto finds a backend's urls beside it
    regions = AccountSpecificBackend.get_session().get_available_regions("ec2")  # botocore lists none for some services
    backends = BackendDict(backend, name, use_boto3_regions=False, additional_regions=regions)
    setattr(package, f"{module_name}_backends", backends)
    sys.modules.update({package.__name__: package, urls.__name__: urls})
    backend_index.backend_url_patterns.append((name, re.compile(url_base)))
    return backends

"""The two ways a gap is filled, and where it keeps what it has to remember."""

import functools


def missing_from(owner):
    """Adds the decorated function to `owner`, and complains once moto has its own: then the gap can go."""

    def add(function):
        if hasattr(owner, function.__name__):
            raise RuntimeError(f"moto has {owner.__name__}.{function.__name__} now: remove this gap")
        setattr(owner, function.__name__, function)
        return function

    return add


def around(owner, name: str):
    """Puts the decorated function around a method of `owner`; it gets the method as its first argument."""

    def wrap(function):
        original = getattr(owner, name)

        @functools.wraps(original)
        def method(*args, **kwargs):
            return function(original, *args, **kwargs)

        setattr(owner, name, method)
        return function

    return wrap


def memory(backend, name: str) -> dict:
    """A dictionary that lives as long as `backend`, moto's state of one service in one account and region."""
    return backend.__dict__.setdefault(f"_gap_{name}", {})

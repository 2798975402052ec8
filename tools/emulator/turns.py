"""Turns of requests: one at a time reads and changes moto's state.

moto iterates over its collections while the threads of other requests add to them, which fails with "dictionary changed size
during iteration".
"""

import threading
from contextlib import contextmanager

_turn = threading.Lock()
_own = threading.local()


@contextmanager
def own_turn():
    """Waits until no other thread has its turn. A thread may ask again while it has its turn."""
    if _has_turn():
        yield
        return
    with _turn:
        _own.has_turn = True
        try:
            yield
        finally:
            _own.has_turn = False


@contextmanager
def turn_of_others():
    """Lets others have their turn while this thread waits for them, such as for a function that sends requests itself."""
    if not _has_turn():
        yield
        return
    _own.has_turn = False
    _turn.release()
    try:
        yield
    finally:
        _turn.acquire()
        _own.has_turn = True


def _has_turn() -> bool:
    return getattr(_own, "has_turn", False)

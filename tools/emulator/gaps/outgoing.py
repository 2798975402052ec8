from requests import Session
from turns import turn_of_others

from .patch import around


@around(Session, "request")
def let_others_respond(original, self, *args, **kwargs):
    """The receiver of a request from moto, such as a subscriber of a topic, may ask the emulator before it responds."""
    with turn_of_others():
        return original(self, *args, **kwargs)

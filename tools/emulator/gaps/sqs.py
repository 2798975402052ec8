from moto.sqs.models import Queue
from turns import turn_of_others

from .patch import around


@around(Queue, "wait_for_messages")
def let_others_send(original, self, timeout) -> None:
    """The sender of a message that a request waits for needs its turn."""
    with turn_of_others():
        original(self, timeout)

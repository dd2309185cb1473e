"""Events that wait for a user, across all customers: who waits, until when, and how many."""

from stripe_handler_cli.operate.parked.counting import count_now
from stripe_handler_cli.operate.parked.waiting import Waiting, WaitingEvent, read_waiting

__all__ = ["Waiting", "WaitingEvent", "count_now", "read_waiting"]

"""What is stored of a user: profile, ledger, the customers' links, parked events. Read, never written."""

from stripe_handler_cli.stack.stored.customers import CustomerRecord
from stripe_handler_cli.stack.stored.owners import Ownership
from stripe_handler_cli.stack.stored.parked import ParkedEvent
from stripe_handler_cli.stack.stored.records import UserRecord
from stripe_handler_cli.stack.stored.tables import StackTables, first_to_expire
from stripe_subscription_handler.reading.as_json import plain

__all__ = [
    "CustomerRecord",
    "Ownership",
    "ParkedEvent",
    "StackTables",
    "UserRecord",
    "first_to_expire",
    "plain",
]

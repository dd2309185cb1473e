"""What is stored of a user: profile, ledger, the customers' links, parked events. Read, never written."""

from stripe_handler_cli.stack.stored.customers import CustomerRecord
from stripe_handler_cli.stack.stored.owners import Ownership
from stripe_handler_cli.stack.stored.parked import ParkedEvent
from stripe_handler_cli.stack.stored.records import UserRecord, plain
from stripe_handler_cli.stack.stored.tables import StackTables, first_to_expire

__all__ = [
    "CustomerRecord",
    "Ownership",
    "ParkedEvent",
    "StackTables",
    "UserRecord",
    "first_to_expire",
    "plain",
]

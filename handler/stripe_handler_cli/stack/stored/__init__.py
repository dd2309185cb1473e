"""What is stored of a user: profile, ledger, the customers' links, parked events. Read, never written."""

from stripe_handler_cli.stack.stored.records import CustomerRecord, ParkedEvent, UserRecord, plain
from stripe_handler_cli.stack.stored.tables import StackTables, first_to_expire

__all__ = ["CustomerRecord", "ParkedEvent", "StackTables", "UserRecord", "first_to_expire", "plain"]

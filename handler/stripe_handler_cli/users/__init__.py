"""What is stored of a user: profile, ledger, the customers' links, parked events. Read, never written."""

from stripe_handler_cli.users.reading import UserTables
from stripe_handler_cli.users.record import CustomerRecord, ParkedEvent, UserRecord

__all__ = ["CustomerRecord", "ParkedEvent", "UserRecord", "UserTables"]

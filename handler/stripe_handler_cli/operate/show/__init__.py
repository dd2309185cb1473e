"""What is stored of a user: profile, ledger, the customers' links, parked events. Read, never written."""

from stripe_handler_cli.operate.show.reading import UserTables
from stripe_handler_cli.operate.show.record import CustomerRecord, ParkedEvent, UserRecord

__all__ = ["CustomerRecord", "ParkedEvent", "UserRecord", "UserTables"]

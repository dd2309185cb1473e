"""Whether a profile's ledger is gone: it was written, by the log, and now there is none. Reads only.

Every write of ours leaves the ledger's revision on the item, and none of ours takes it away.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs
from botocore.exceptions import ClientError

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.stack.function_log import FunctionLog, LogLine
from stripe_handler_cli.stack.stored import StackTables, UserRecord
from stripe_handler_cli.stack.stored.misplaced import sync_command


@attrs.frozen
class LostLedger:
    """A ledger that was there and is gone.

    Attributes:
        has_item: Whether the user has an item at all.
        last: The newest line by which the profile was written.
        is_forgotten: Whether that was about a subscription that was forgotten since; then nothing is lost.
    """

    user_id: str
    has_item: bool
    last: LogLine
    is_forgotten: bool = False

    @property
    def told(self) -> str:
        """What has happened, for people."""
        what = f"{self.last.event_id}, handled {iso(self.last.handled_at)}"
        since = (
            "something else has replaced the whole item since, as PutItem does"
            if self.has_item
            else "something else has deleted the item since"
        )
        return f"by the function's log this profile was written (last by {what}), and {since}."

    @property
    def told_of_forgetting(self) -> str:
        """Why there is nothing, for people, where the user was forgotten."""
        at = f"{self.last.subscription_id} was {self.user_id}'s by the function's log, and has a mark"
        return f"{at}: `stripe-handler forget` erased what was stored, and later events are skipped."

    def repair(self, stack_options: str) -> str:
        """The command that restores it."""
        return sync_command(self.user_id, stack_options)

    def as_json(self, stack_options: str) -> dict[str, Any]:
        return {
            "has_item": self.has_item,
            "is_forgotten": self.is_forgotten,
            "last_event_id": self.last.event_id,
            "last_handled_at": self.last.handled_at.isoformat(),
            "repair": self.repair(stack_options),
        }


def if_forgotten(lost: LostLedger | None, tables: StackTables) -> LostLedger | None:
    """The same, with whether the user was forgotten: for that all of the sync table is looked at."""
    subscription_id = lost.last.subscription_id if lost is not None else None
    if lost is None or subscription_id is None or not tables.is_marked(subscription_id):
        return lost
    return attrs.evolve(lost, is_forgotten=True)


def lost_by_lines(record: UserRecord, lines: Iterable[LogLine]) -> LostLedger | None:
    """Tell it by the lines about a user, in order of time."""
    if record.ledger.revision is not None:
        return None
    writes = [line for line in lines if line.wrote_to(record.user_id)]
    return LostLedger(record.user_id, record.profile is not None, writes[-1]) if writes else None


@attrs.frozen
class LedgerLook:
    """What a look for a lost ledger came to.

    Attributes:
        lost: None where it is not gone, or where nothing tells that there was one.
        unread: Why the log does not tell; None where it was read to its end, or needed not be.
    """

    lost: LostLedger | None = None
    unread: str | None = None

    def as_json(self, stack_options: str) -> dict[str, Any] | None:
        return self.lost.as_json(stack_options) if self.lost else None


def look_for_lost_ledger(log: FunctionLog, record: UserRecord, now: datetime) -> LedgerLook:
    """Look for it in the log, where the profile has no ledger."""
    if record.ledger.revision is not None:
        return LedgerLook()
    try:
        since = log.read_from(now)
        line, is_complete = log.newest_write(record.user_id, since, now)
    except ClientError as error:
        code = error.response["Error"].get("Code", "an error")
        return LedgerLook(unread=f"the function's log could not be read ({code})")
    if line is not None:
        return LedgerLook(LostLedger(record.user_id, record.profile is not None, line))
    return LedgerLook(unread=None if is_complete else "the function's log is too long to be read here")

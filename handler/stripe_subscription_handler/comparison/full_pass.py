"""Keeps by which settings all profiles were gone through last, and when, in the sync table. Decides nothing.

One small item, under the partition key of the drift check, whose role may write that one alone.
"""

from typing import TYPE_CHECKING, Any

import attrs

from stripe_subscription_handler.comparison.tables import read_items
from stripe_subscription_handler.decisions.view_settings import ViewSettings, fingerprint_of
from stripe_subscription_handler.dynamodb.wire import to_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "DRIFT-CHECK"
"""How the drift check's partition keys begin; `terraform/modules/drift_check` has the same word."""
FULL_PASS_KEY = {"PK": PARTITION, "SK": "FULL-PASS"}


def reading_fingerprint(shows: ViewSettings) -> str:
    """Text that is another one where other parts of Stripe's objects are read than before.

    What was not read then is in no ledger: only Stripe can tell it.
    """
    return fingerprint_of([dict(shows.profile_attributes), sorted(shows.required_metadata)])


def needs_stripe(shows: ViewSettings) -> bool:
    """Whether anything is read of Stripe's objects that depends on the settings."""
    return bool(shows.profile_attributes or shows.required_metadata)


@attrs.frozen
class FullPass:
    """How far all profiles follow the settings.

    Attributes:
        settings: `ViewSettings.fingerprint` by which every view was computed.
        at: When that pass ended; Unix time in seconds.
        reading: `reading_fingerprint` of the last pass that asked Stripe; None where there was none.
        asked_at: When that one ended.
    """

    settings: str
    at: int
    reading: str | None = None
    asked_at: int | None = None

    def follows(self, shows: ViewSettings) -> bool:
        """Whether every view was computed by these settings."""
        return self.settings == shows.fingerprint

    def needs_stripe(self, shows: ViewSettings) -> bool:
        """Whether only Stripe can tell what these settings show or filter by."""
        return needs_stripe(shows) and self.reading != reading_fingerprint(shows)

    @classmethod
    def from_item(cls, item: dict[str, Any] | None) -> "FullPass | None":
        if item is None:
            return None
        asked_at = item.get("askedAt")
        return cls(
            item["settings"],
            int(item["at"]),
            item.get("reading"),
            None if asked_at is None else int(asked_at),
        )


def note_full_pass(
    client: "DynamoDBClient", table_name: str, shows: ViewSettings, now: float, *, asked_stripe: bool
) -> None:
    """Keep that all profiles follow these settings at a Unix time.

    Where Stripe was not asked, what was kept of the last time it was stays.
    """
    values: dict[str, Any] = {"settings": shows.fingerprint, "at": int(now)}
    if asked_stripe:
        values |= {"reading": reading_fingerprint(shows), "askedAt": int(now)}
    client.update_item(
        TableName=table_name,
        Key=to_wire(FULL_PASS_KEY),
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
        ExpressionAttributeNames={f"#{name}": name for name in values},
        ExpressionAttributeValues=to_wire({f":{name}": value for name, value in values.items()}),
    )


def read_full_pass(client: "DynamoDBClient", table_name: str) -> FullPass | None:
    return FullPass.from_item(read_items(client, table_name, {"pass": FULL_PASS_KEY}).get("pass"))

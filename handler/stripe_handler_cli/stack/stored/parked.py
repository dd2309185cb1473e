"""An event, or a moved subscription, that waits in the sync table, as a value. Pure."""

import json
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.ledger import Held
from stripe_subscription_handler.dynamodb.sync_table import CUSTOMER_ID, EXPIRES_AT, parked_id
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.fields import iso_time
from stripe_subscription_handler.reading.as_json import plain


@attrs.frozen
class ParkedEvent:
    """An event that waits for somebody to say whose it is, or a moved subscription that waits for a profile.

    Attributes:
        event_type: Stripe's event type; None if the stored event cannot be read, or if it is none.
        customer_id: The customer it is about.
        subscription_id: The subscription to label; None if the event names none.
        parked_at: Since when, ISO-8601 UTC.
        expires_at: Until when, ISO-8601 UTC; DynamoDB removes it at some time after.
        account: The account it is of, where that is not the stack's own.
        moved_to: The user without a profile to whom the subscription belongs, of which this is all that is
            known; None for an event.
    """

    event_id: str
    event_type: str | None
    customer_id: str
    subscription_id: str | None
    parked_at: str
    expires_at: str
    account: str | None = None
    moved_to: str | None = None

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "ParkedEvent":
        event_type, subscription_id, account = _about(item.get("event"))
        moved_to = None
        if "held" in item:
            subscription_id = str(item["subscription"])
            claim = Held.from_attributes(subscription_id, item["held"]).claim
            moved_to = claim.user_id if claim else "?"
        return cls(
            event_id=parked_id(item) or "",
            event_type=event_type,
            customer_id=str(item[CUSTOMER_ID]),
            subscription_id=subscription_id,
            parked_at=iso_time(int(item["parkedAt"]), "parkedAt"),
            expires_at=iso_time(int(item[EXPIRES_AT]), EXPIRES_AT),
            account=account,
            moved_to=moved_to,
        )

    @property
    def what(self) -> str:
        """What waits, for people."""
        if self.moved_to is not None:
            return f"moved subscription, until {self.moved_to} has a profile"
        return self.event_type or "unreadable"


def content_of(item: Mapping[str, Any]) -> Any:
    """All that waits, as JSON has it: Stripe's event, or what is held; None if it cannot be read."""
    if "held" in item:
        return plain(item["held"])
    try:
        return json.loads(item["event"])
    except (KeyError, TypeError, ValueError):
        return None


def is_parked(item: Mapping[str, Any]) -> bool:
    """Whether an item of the sync table (plain Python values) is one that waits."""
    return parked_id(item) is not None


def _about(text: Any) -> tuple[str | None, str | None, str | None]:
    """Type, subscription and account of a stored event, as far as it can be read."""
    try:
        event = parse_event(json.loads(text))
    except (TypeError, ValueError, InvalidEventError):
        return None, None, None
    # A thin event about a subscription has its id alone.
    related_id = None if event.is_about_invoice else event.related_id
    return event.type, event.subscription_id or related_id, event.account

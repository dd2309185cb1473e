"""What is stored of a user and of a customer, as values, and what follows from it. Pure.

Values of the app's own attributes are never kept here: they may be personal.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from stripe_handler_cli.stack.stored.words import PaymentVersion, StateVersion, why_shown
from stripe_subscription_handler.conversation.owner_links import PARKED, USERS, owner_attribute
from stripe_subscription_handler.decisions.ledger import PREFIX, Ledger, Payment, Register
from stripe_subscription_handler.decisions.view import VIEW, primary, view
from stripe_subscription_handler.dynamodb.sync_table import EXPIRES_AT, parked_key
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.fields import iso_time

_OWNER = owner_attribute("")
_PARKED = parked_key("", "")
_TOLD_OF_PARKED = attrs.filters.exclude("account", "customer_id", "subscription_id")


def plain(value: Any) -> Any:
    """A stored value as JSON has it; DynamoDB's numbers are decimals, its sets have no order."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return sorted(value) if isinstance(value, set) else value


@attrs.frozen
class UserRecord:
    """One user's profile item.

    `profile` has the attributes that the app reads, as far as they are there; it is None without an item.
    `app_attributes` are the names of the app's own.
    """

    user_id: str
    key: Mapping[str, str]
    profile: Mapping[str, Any] | None
    ledger: Ledger
    app_attributes: tuple[str, ...] = ()

    @classmethod
    def of(cls, user_id: str, key: Mapping[str, str], item: Mapping[str, Any] | None) -> "UserRecord":
        if item is None:
            return cls(user_id, key, None, Ledger())
        others = sorted(
            name for name in item if name not in VIEW and name not in key and not name.startswith(PREFIX)
        )
        profile = {name: plain(item[name]) for name in VIEW if name in item}
        return cls(user_id, key, profile, Ledger.from_item(item), tuple(others))

    @property
    def customer_ids(self) -> list[str]:
        return sorted({register.subscription.customer_id for register in self.ledger.registers.values()})

    def has(self, subscription_id: str) -> bool:
        """Whether the subscription is this user's, also where it is dead and only its id is kept."""
        register = self.ledger.registers.get(subscription_id)
        if register is not None:
            return register.subscription.user_id == self.user_id
        return any(closed.endswith(f" {subscription_id}") for closed in self.ledger.closed)

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """Attributes that do not say what the ledger says: name → (by the ledger, found).

        This project leaves none: somebody else has changed the item.
        """
        expected = view(self.ledger, self.user_id)
        found = self.profile or {}
        return {name: (expected[name], found.get(name)) for name in VIEW if expected[name] != found.get(name)}

    @property
    def registers(self) -> list[Register]:
        """The subscriptions, the one shown first, then the newest."""
        shown = primary(self.ledger.registers.values(), self.user_id)
        return sorted(
            self.ledger.registers.values(),
            key=lambda one: (shown is not None and one.subscription.id == shown.id, one.subscription.created),
            reverse=True,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "user_id": self.user_id,
            "key": dict(self.key),
            "exists": self.profile is not None,
            "profile": dict(self.profile or {}),
            "differences": {
                name: {"expected": expected, "found": found}
                for name, (expected, found) in self.differences.items()
            },
            "app_attributes": list(self.app_attributes),
            "subscriptions": [self._subscription(register) for register in self.registers],
            "payments": [_payment(key, one) for key, one in sorted(self.ledger.payments.items())],
            "closed": {"count": len(self.ledger.closed), "floor": self.ledger.floor},
        }

    def _subscription(self, register: Register) -> dict[str, Any]:
        version = StateVersion.of(register.version)
        subscription = register.subscription
        why = why_shown(register, self.ledger.registers.values(), self.user_id)
        return {
            "id": subscription.id,
            "status": subscription.status,
            "is_shown": why.startswith("shown"),
            "why": why,
            "version": {
                "second": version.second,
                "reported_by": version.rank.name.lower(),
                "is_terminal": version.is_terminal,
            },
            "owner": subscription.user_id,
            "customer": subscription.customer_id,
            "is_linked": register.linked,
            "candidates": sorted(register.candidates),
            "created": subscription.created,
            "ended": subscription.ended,
        }


def _payment(subscription_id: str, payment: Payment) -> dict[str, Any]:
    version = PaymentVersion.of(payment.version)
    values = attrs.asdict(payment, filter=lambda field, _: field.name != "version")
    return {
        "subscription": subscription_id,
        "event_id": version.event_id,
        "event_created": version.second,
        **values,
    }


@attrs.frozen
class ParkedEvent:
    """An event that waits for its customer to be linked.

    Attributes:
        event_type: Stripe's event type; None if the stored event cannot be read.
        customer_id: The customer whose link it waits for.
        subscription_id: The subscription to label; None if the event names none.
        parked_at: Since when, ISO-8601 UTC.
        expires_at: Until when, ISO-8601 UTC; DynamoDB removes it at some time after.
        account: The account it is of, where that is not the stack's own.
    """

    event_id: str
    event_type: str | None
    customer_id: str
    subscription_id: str | None
    parked_at: str
    expires_at: str
    account: str | None = None

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "ParkedEvent":
        event_type, subscription_id, account = _about(item.get("event"))
        return cls(
            event_id=str(item["SK"]).removeprefix(_PARKED["SK"]),
            event_type=event_type,
            customer_id=str(item["PK"]).removeprefix(_PARKED["PK"]),
            subscription_id=subscription_id,
            parked_at=iso_time(int(item["parkedAt"]), "parkedAt"),
            expires_at=iso_time(int(item[EXPIRES_AT]), EXPIRES_AT),
            account=account,
        )


def _about(text: Any) -> tuple[str | None, str | None, str | None]:
    """Type, subscription and account of a stored event, as far as it can be read."""
    try:
        event = parse_event(json.loads(text))
    except (TypeError, ValueError, InvalidEventError):
        return None, None, None
    # A thin event about a subscription has its id alone.
    related_id = None if event.is_about_invoice else event.related_id
    return event.type, event.subscription_id or related_id, event.account


@attrs.frozen
class CustomerRecord:
    """A customer's owner links, and what waits for them.

    Attributes:
        users: The users the customer has paid for.
        owners: Subscription id → user.
        parked: The events that wait, the oldest first.
        lost: Ids of events that should wait and whose content is gone: they waited too long.
    """

    customer_id: str
    users: tuple[str, ...]
    owners: Mapping[str, str]
    parked: tuple[ParkedEvent, ...] = ()
    lost: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, customer_id: str, links: Mapping[str, Any] | None, parked: tuple[ParkedEvent, ...]
    ) -> "CustomerRecord":
        found = links or {}
        waiting = {event.event_id for event in parked}
        return cls(
            customer_id=customer_id,
            users=tuple(sorted(found.get(USERS, ()))),
            owners={
                name.removeprefix(_OWNER): str(value["user"])
                for name, value in sorted(found.items())
                if name.startswith(_OWNER)
            },
            parked=parked,
            lost=tuple(sorted(set(found.get(PARKED, ())) - waiting)),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.customer_id,
            "users": list(self.users),
            "owners": dict(self.owners),
            "parked": [attrs.asdict(event, filter=_TOLD_OF_PARKED) for event in self.parked],
            "lost": list(self.lost),
        }

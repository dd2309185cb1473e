"""The ledger inside the profile item: what is known of each subscription, and how new it is. Pure.

It has a register for each subscription of the user (its newest state), a payment (its newest payment event)
and the claim by which the subscription is this user's. Versions are text that sorts in time order, so a
DynamoDB condition can compare them. Nothing here but the revision depends on when or how often an event was
delivered.

Attribute names begin with `stripeLedger`.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.events.event_types import Rank
from stripe_subscription_handler.events.invoices import Invoice
from stripe_subscription_handler.events.subscriptions import Subscription

PREFIX = "stripeLedger"
KNOWN = f"{PREFIX}Known"
"""String set: ids that have a register or a payment."""
LIVE = f"{PREFIX}Live"
"""String set: ids of the subscriptions that have not ended."""
CLOSED = f"{PREFIX}Closed"
"""String set: forgotten dead subscriptions, each as "creation id"."""
FLOOR = f"{PREFIX}Floor"
"""Text: the newest creation among the closed subscriptions that were dropped from `CLOSED` for space."""
REVISION = f"{PREFIX}Revision"
"""Text: a random token that every write of the ledger sets anew, so that a condition can ask whether anything
has changed. A counter would not do: an item that was deleted and made again could have the same count."""

ENTITLEMENTS = f"{PREFIX}Entitlements_"
"""How the attributes begin that hold the lookup keys of one customer each."""

FIELDS = {
    "userId": "user_id",
    "customerId": "customer_id",
    "status": "status",
    "created": "created",
    "ended": "ended",
    "priceId": "price_id",
    "productId": "product_id",
    "quantity": "quantity",
    "currentPeriodStart": "current_period_start",
    "currentPeriodEnd": "current_period_end",
    "trialEnd": "trial_end",
    "cancelAt": "cancel_at",
    "canceledAt": "canceled_at",
    "cancelAtPeriodEnd": "cancel_at_period_end",
}
"""Stored field name → attribute of `Subscription`. The id is in the register's attribute name."""

PAYMENT_FIELDS = {
    "version": "version",
    "status": "status",
    "at": "at",
    "invoiceId": "invoice_id",
    "amount": "amount",
    "currency": "currency",
    "attemptCount": "attempt_count",
    "nextAttemptAt": "next_attempt_at",
}
"""Stored field name → attribute of `Payment`."""

# Best first. A status Stripe may invent ranks below past_due: the user keeps what another subscription gives.
STATUS_RANK = {
    "active": 6,
    "trialing": 6,
    "past_due": 5,
    "unpaid": 3,
    "paused": 3,
    "incomplete": 2,
    "canceled": 1,
    "incomplete_expired": 0,
}
UNKNOWN_STATUS_RANK = 4


def register_attribute(subscription_id: str) -> str:
    return f"{PREFIX}Subscription_{subscription_id}"


def payment_attribute(subscription_id: str) -> str:
    return f"{PREFIX}Payment_{subscription_id}"


def claim_attribute(subscription_id: str) -> str:
    return f"{PREFIX}Claim_{subscription_id}"


def entitlements_attribute(customer_id: str) -> str:
    """String set: the lookup keys that one of the user's customers may use."""
    return f"{ENTITLEMENTS}{customer_id}"


UNLINKED = "unlinked"
"""Stands in a claim's attribute while parked events are still to be applied."""
LOWEST_SECOND = "0000-00-00T00:00:00Z"


def subscription_version(subscription: Subscription, second: str, rank: Rank) -> str:
    """Version of a subscription's state: terminal first, then the second, then the rank inside it.

    Terminal beats every non-terminal event because Stripe may stamp an update a second after the deletion it
    preceded. A `created` is older than anything else, whatever its stamp: stamps of one action can invert.
    The event's id is left out on purpose: two updates of one second have the same version, and their order is
    settled by what they changed.
    """
    if rank is Rank.CREATED:
        return f"0 {LOWEST_SECOND} {int(rank)}"
    return f"{int(subscription.is_terminal)} {second} {int(rank)}"


def primary_key(subscription: Subscription) -> str:
    """Sort key for "which subscription does the app see": status, then time, then id; the highest wins.

    Time is the creation while it lives and the end once it is dead; never the current period's start, which
    would flip between two monthly subscriptions.
    """
    rank = STATUS_RANK.get(subscription.status, UNKNOWN_STATUS_RANK)
    time = (subscription.ended or subscription.created) if subscription.is_terminal else subscription.created
    return f"{rank} {time} {subscription.id}"


@attrs.frozen
class Candidate:
    """An `updated` event of a register's newest second: an edge from one state to another.

    Attributes:
        before: None where `previous_attributes` told nothing.
    """

    after: Subscription
    before: Subscription | None


@attrs.frozen
class Register:
    """The newest known state of one subscription.

    Attributes:
        version: See `subscription_version`.
        second: When the state was reported, ISO-8601 UTC.
        subscription: The state; its `user_id` is the label, whoever the owner is.
        candidates: Event id → candidate; every `updated` event of the version's second, else empty.
    """

    version: str
    second: str
    subscription: Subscription
    candidates: Mapping[str, Candidate] = attrs.Factory(dict)

    def to_attribute(self) -> dict[str, Any]:
        """Return the DynamoDB map (plain Python values)."""
        attribute: dict[str, Any] = {
            "version": self.version,
            "second": self.second,
            "fields": _stored(self.subscription, FIELDS),
        }
        if self.candidates:
            attribute["candidates"] = {
                event_id: self._candidate_attribute(candidate)
                for event_id, candidate in self.candidates.items()
            }
        return attribute

    def _candidate_attribute(self, candidate: Candidate) -> dict[str, Any]:
        attribute: dict[str, Any] = {}
        if len(self.candidates) > 1:
            attribute["after"] = _stored(candidate.after, FIELDS)
        if candidate.before is not None:
            attribute["before"] = {
                name: getattr(candidate.before, field)
                for name, field in FIELDS.items()
                if getattr(candidate.before, field) != getattr(candidate.after, field)
            }
        return attribute

    @classmethod
    def from_attribute(cls, subscription_id: str, attribute: Mapping[str, Any]) -> "Register":
        def state(stored: Mapping[str, Any]) -> Subscription:
            return Subscription(id=subscription_id, **_read(stored, FIELDS))

        subscription = state(attribute["fields"])
        candidates = {}
        for event_id, stored in attribute.get("candidates", {}).items():
            after = state(stored["after"]) if "after" in stored else subscription
            before = None
            if "before" in stored:
                old = {FIELDS[name]: _integral(value) for name, value in stored["before"].items()}
                before = attrs.evolve(after, **old)
            candidates[event_id] = Candidate(after=after, before=before)
        return cls(attribute["version"], attribute["second"], subscription, candidates)


def _stored(source: "Subscription | Payment", fields: Mapping[str, str]) -> dict[str, Any]:
    values = ((name, getattr(source, field)) for name, field in fields.items())
    return {name: value for name, value in values if value is not None}


def _read(stored: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    return {field: _integral(stored.get(name)) for name, field in fields.items()}


def _integral(value: Any) -> Any:
    # DynamoDB numbers come back as Decimal; every number kept here is a whole one.
    return value if value is None or isinstance(value, str | bool) else int(value)


@attrs.frozen
class Payment:
    """The newest payment event of one subscription. Times are ISO-8601 UTC, the amount is in minor units.

    Attributes:
        version: Second, the invoice's creation, failed < succeeded, event id: a total order.
        status: `succeeded` or `failed`.
        at: When it was paid, or when the attempt failed.
        amount: What was paid, or what was due where the attempt failed.
        currency: Three-letter code in lower case.
    """

    version: str
    status: str
    at: str
    invoice_id: str
    amount: int | None
    currency: str | None
    attempt_count: int | None
    next_attempt_at: str | None

    @classmethod
    def of(cls, invoice: Invoice, *, status: str, second: str, event_id: str) -> "Payment":
        succeeded = status == "succeeded"
        # Invoices before 2018 have no amount_paid; what was due is then what was paid.
        paid = invoice.amount_due if invoice.amount_paid is None else invoice.amount_paid
        return cls(
            version=f"{second} {invoice.created} {int(succeeded)} {event_id}",
            status=status,
            at=(invoice.paid_at or second) if succeeded else second,
            invoice_id=invoice.id,
            amount=paid if succeeded else invoice.amount_due,
            currency=invoice.currency,
            attempt_count=invoice.attempt_count,
            next_attempt_at=None if succeeded else invoice.next_payment_attempt,
        )

    def to_attribute(self) -> dict[str, Any]:
        return _stored(self, PAYMENT_FIELDS)

    @classmethod
    def from_attribute(cls, attribute: Mapping[str, Any]) -> "Payment":
        return cls(**_read(attribute, PAYMENT_FIELDS))


@attrs.frozen
class Held:
    """What an item holds of one subscription.

    Attributes:
        claim: Why the subscription is this user's.
        linked: Whether all that was parked for the customer when it came here has been applied since.
    """

    register: Register | None = None
    payment: Payment | None = None
    claim: Claim | None = None
    linked: bool = True

    def to_attributes(self, subscription_id: str) -> dict[str, Any]:
        """Return the item's attributes (plain Python values); None stands for "not on the item"."""
        unlinked = {} if self.linked else {UNLINKED: True}
        return {
            register_attribute(subscription_id): self.register.to_attribute() if self.register else None,
            payment_attribute(subscription_id): self.payment.to_attribute() if self.payment else None,
            claim_attribute(subscription_id): self.claim.to_attribute() | unlinked if self.claim else None,
        }

    @classmethod
    def from_attributes(cls, subscription_id: str, item: Mapping[str, Any]) -> "Held":
        register = item.get(register_attribute(subscription_id))
        payment = item.get(payment_attribute(subscription_id))
        claim = item.get(claim_attribute(subscription_id))
        return cls(
            Register.from_attribute(subscription_id, register) if register else None,
            Payment.from_attribute(payment) if payment else None,
            Claim.from_attribute(claim) if claim else None,
            UNLINKED not in (claim or {}),
        )


NOTHING = Held()


@attrs.frozen
class Ledger:
    """Everything the item tells of its user's subscriptions.

    Attributes:
        held: Subscription id → what is known of it.
        closed: Forgotten dead subscriptions, each as `creation id`.
        floor: Newest creation that was dropped from `closed`.
        revision: See `REVISION`; None where no ledger was ever written.
        entitlements: Customer id → the lookup keys that are shown to this user because of that customer.
    """

    held: Mapping[str, Held] = attrs.Factory(dict)
    closed: frozenset[str] = frozenset()
    floor: str | None = None
    revision: str | None = None
    entitlements: Mapping[str, frozenset[str]] = attrs.Factory(dict)

    @classmethod
    def from_item(cls, item: Mapping[str, Any] | None) -> "Ledger":
        """Read the ledger out of a profile item (plain Python values); empty when there is no item."""
        item = item or {}
        return cls(
            held={one: Held.from_attributes(one, item) for one in item.get(KNOWN, ())},
            closed=frozenset(item.get(CLOSED, ())),
            floor=item.get(FLOOR),
            revision=item.get(REVISION),
            entitlements={
                name.removeprefix(ENTITLEMENTS): frozenset(keys)
                for name, keys in item.items()
                if name.startswith(ENTITLEMENTS)
            },
        )

    @property
    def registers(self) -> dict[str, Register]:
        """The registers by subscription id."""
        return {key: one.register for key, one in self.held.items() if one.register is not None}

    @property
    def payments(self) -> dict[str, Payment]:
        """The payments by subscription id."""
        return {key: one.payment for key, one in self.held.items() if one.payment is not None}

    @property
    def live(self) -> frozenset[str]:
        """Ids of the subscriptions that have not ended."""
        return frozenset(key for key, one in self.registers.items() if not one.subscription.is_terminal)

    def of(self, subscription_id: str) -> Held:
        """What is known of one subscription."""
        return self.held.get(subscription_id, NOTHING)

    def with_held(self, subscription_id: str, held: Held) -> "Ledger":
        """The same with something else known of one subscription; with `NOTHING`, without it."""
        others = {key: one for key, one in self.held.items() if key != subscription_id}
        return attrs.evolve(self, held=others if held == NOTHING else {**others, subscription_id: held})


def knows(item: Mapping[str, Any] | None, subscription_id: str) -> bool:
    """Whether an item holds a subscription, or shows it."""
    found = item or {}
    return subscription_id in found.get(KNOWN, ()) or found.get("subscriptionId") == subscription_id

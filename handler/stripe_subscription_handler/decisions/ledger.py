"""The ledger inside the profile item: what is known of each subscription, and how new it is. Pure.

It has a register for each subscription of the user (its newest state), a payment (its newest invoice) and the
claim by which the subscription is this user's. Versions are text that sorts in time order, so a DynamoDB
condition can compare them. Nothing here but the revision depends on when or how often an event was delivered.

Attribute names begin with `stripeLedger`.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.decisions.filters import is_ours
from stripe_subscription_handler.decisions.payments import Payment
from stripe_subscription_handler.decisions.registers import Register
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.subscriptions import Subscription
from stripe_subscription_handler.value import Value

PREFIX = "stripeLedger"
LIVE = f"{PREFIX}Live"
"""String set: ids of the subscriptions that are ours and have not ended."""
OTHERS = f"{PREFIX}Others"
"""String set: the other ids that have a register or a payment."""
CLOSED = f"{PREFIX}Closed"
"""String set: forgotten dead subscriptions, each as "creation id"."""
FLOOR = f"{PREFIX}Floor"
"""Text: the newest creation among the closed subscriptions that were dropped from `CLOSED` for space."""
REVISION = f"{PREFIX}Revision"
"""Text: a random token that every write of the ledger sets anew, so that a condition can ask whether anything
has changed. A counter would not do: an item that was deleted and made again could have the same count."""
SETTINGS = f"{PREFIX}Settings"
"""Text: `ViewSettings.fingerprint` of the settings by which the view was computed."""
OWN_ATTRIBUTES = f"{PREFIX}OwnAttributes"
"""String set: names of the attributes that the app's own `profile_attributes` put there."""
ENTITLEMENTS = f"{PREFIX}Entitlements_"
"""How the attributes begin that hold the lookup keys of one customer each."""


REGISTER, PAYMENT, CLAIM = "r", "p", "c"
"""Parts of what an item holds of one subscription."""


def subscription_attribute(subscription_id: str) -> str:
    """Map: the register, the payment and the claim of one subscription."""
    return f"{PREFIX}_{subscription_id}"


def entitlements_attribute(customer_id: str) -> str:
    """String set: the lookup keys that one of the user's customers may use."""
    return f"{ENTITLEMENTS}{customer_id}"


UNLINKED = "unlinked"
"""Stands in a claim's map while parked events are still to be applied."""


@attrs.frozen(repr=False)
class Held(Value):
    """What an item holds of one subscription.

    Attributes:
        claim: Why the subscription is this user's.
        linked: Whether all that was parked for the customer when it came here has been applied since.
    """

    register: Register | None = None
    payment: Payment | None = None
    claim: Claim | None = None
    linked: bool = True

    def parts(self) -> dict[str, Any]:
        """Return what stands in the subscription's map (plain Python values)."""
        claimed = self.claim.user_id if self.claim else None
        parts: dict[str, Any] = {}
        if self.register is not None:
            parts[REGISTER] = self.register.to_attribute(claimed)
        if self.payment is not None:
            parts[PAYMENT] = self.payment.to_attribute()
        if self.claim is not None:
            parts[CLAIM] = self.claim.to_attribute() | ({} if self.linked else {UNLINKED: True})
        return parts

    def to_attributes(self, subscription_id: str) -> dict[str, Any]:
        """Return the item's attribute (plain Python values); None stands for "not on the item"."""
        return {subscription_attribute(subscription_id): self.parts() or None}

    @classmethod
    def from_attributes(cls, subscription_id: str, item: Mapping[str, Any]) -> "Held":
        parts = item.get(subscription_attribute(subscription_id), {})
        register, payment, found = (parts.get(name) for name in (REGISTER, PAYMENT, CLAIM))
        claim = Claim.from_attribute(found) if found else None
        claimed = claim.user_id if claim else None
        return cls(
            Register.from_attribute(subscription_id, register, claimed) if register else None,
            Payment.from_attribute(payment) if payment else None,
            claim,
            UNLINKED not in (found or {}),
        )


NOTHING = Held()


@attrs.frozen(repr=False)
class Ledger(Value):
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
        if not item:
            return _EMPTY
        return cls(
            held={one: Held.from_attributes(one, item) for one in known_ids(item)},
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

    def ours(self, shows: ViewSettings) -> dict[str, Subscription]:
        """The states of those subscriptions that are ours, by subscription id."""
        states = ((key, register.subscription) for key, register in self.registers.items())
        return {key: state for key, state in states if is_ours(state, shows)}

    def living(self, shows: ViewSettings) -> dict[str, Subscription]:
        """The states of those of ours that have not ended, by subscription id."""
        return {key: state for key, state in self.ours(shows).items() if not state.is_terminal}

    def of(self, subscription_id: str) -> Held:
        """What is known of one subscription."""
        return self.held.get(subscription_id, NOTHING)

    def with_held(self, subscription_id: str, held: Held) -> "Ledger":
        """The same with something else known of one subscription; with `NOTHING`, without it."""
        others = {key: one for key, one in self.held.items() if key != subscription_id}
        return attrs.evolve(self, held=others if held == NOTHING else {**others, subscription_id: held})


_EMPTY = Ledger()


def known_ids(item: Mapping[str, Any]) -> frozenset[str]:
    """Ids of all subscriptions of which an item holds a register or a payment."""
    return frozenset((*item.get(LIVE, ()), *item.get(OTHERS, ())))


def knows(item: Mapping[str, Any] | None, subscription_id: str) -> bool:
    """Whether an item holds a subscription, or shows it."""
    found = item or {}
    return subscription_id in known_ids(found) or found.get("subscriptionId") == subscription_id

"""The newest known state of one subscription, as it stands on the profile item. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.short_forms import (
    LOWEST_SECOND,
    read_time,
    read_version,
    stored_time,
    stored_version,
)
from stripe_subscription_handler.events.event_types import Rank
from stripe_subscription_handler.events.subscription_items import SubscriptionItem
from stripe_subscription_handler.events.subscriptions import Subscription
from stripe_subscription_handler.value import Value

VERSION = "v"
"""Stored name of a register's version, which conditions compare."""
_SECOND = "at"
_CANDIDATES = "t"
_BEFORE, _AFTER = "o", "n"
"""Stored names of a candidate's old state, as far as it differs, and of its new one."""
_LABEL = "u"
_ITEMS = "i"
_METADATA = "m"
_START, _LATEST_START, _END = "f", "l", "e"

FIELDS = {
    _LABEL: "user_id",
    "c": "customer_id",
    "s": "status",
    "b": "created",
    "x": "ended",
    _ITEMS: "items",
    _START: "current_period_start",
    _END: "current_period_end",
    _LATEST_START: "latest_period_start",
    "te": "trial_end",
    "ca": "cancel_at",
    "cd": "canceled_at",
    "ce": "cancel_at_period_end",
    "pc": "pause_collection",
    "pr": "pause_resumes_at",
    _METADATA: "metadata",
    "own": "own",
}
"""Stored field name → attribute of `Subscription`. The id is in the attribute's name."""

ITEM_FIELDS = {
    "p": "product_id",
    "r": "price_id",
    "k": "lookup_key",
    "q": "quantity",
    "m": "metered",
    _END: "period_end",
}
"""Stored field name → attribute of `SubscriptionItem`."""

_TIMES = frozenset({"b", "x", _START, _END, _LATEST_START, "te", "ca", "cd", "pr"})
"""Fields that are times; they are stored as seconds since 1970."""
_TIMES_IN_VERSION = (1,)
_UNTOLD = {"user_id": None}
"""What a state must be made with, whether or not it is stored."""


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


@attrs.frozen(repr=False)
class Candidate(Value):
    """An `updated` event of a register's newest second: an edge from one state to another.

    Attributes:
        before: None where `previous_attributes` told nothing.
    """

    after: Subscription
    before: Subscription | None


@attrs.frozen(repr=False)
class Register(Value):
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

    def to_attribute(self, claimed: str | None) -> dict[str, Any]:
        """Return the DynamoDB map (plain Python values).

        `claimed` is the user of the claim that stands beside it, so that the same label is not stored twice.
        """
        version = stored_version(self.version, _TIMES_IN_VERSION)
        attribute: dict[str, Any] = {VERSION: version} | _stored(self.subscription)
        if self.second != _second_of(self.version):
            attribute[_SECOND] = stored_time(self.second)
        if self.candidates:
            attribute[_CANDIDATES] = {
                event_id: self._candidate_attribute(candidate)
                for event_id, candidate in self.candidates.items()
            }
        label = self.subscription.user_id
        if label is None:
            # It says so, for what says nothing has the claim's user as its label.
            attribute[_LABEL] = None
        elif label == claimed:
            del attribute[_LABEL]
        return attribute

    def _candidate_attribute(self, candidate: Candidate) -> dict[str, Any]:
        attribute: dict[str, Any] = {}
        if len(self.candidates) > 1:
            attribute[_AFTER] = _stored(candidate.after)
        if candidate.before is not None:
            attribute[_BEFORE] = _changed(candidate.before, candidate.after)
        return attribute

    @classmethod
    def from_attribute(
        cls, subscription_id: str, attribute: Mapping[str, Any], claimed: str | None
    ) -> "Register":
        version = read_version(attribute[VERSION], _TIMES_IN_VERSION)
        second = read_time(attribute.get(_SECOND)) or _second_of(version)
        fields = attribute if _LABEL in attribute else {**attribute, _LABEL: claimed}
        candidates = {}
        for event_id, stored in attribute.get(_CANDIDATES, {}).items():
            after = stored.get(_AFTER, fields)
            before = _read(subscription_id, {**after, **stored[_BEFORE]}) if _BEFORE in stored else None
            candidates[event_id] = Candidate(_read(subscription_id, after), before)
        return cls(version, second, _read(subscription_id, fields), candidates)


def _second_of(version: str) -> str:
    return version.split(" ")[_TIMES_IN_VERSION[0]]


def _stored(subscription: Subscription, names: Iterable[str] = FIELDS) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    for name in names:
        value = getattr(subscription, FIELDS[name])
        if value is None or value is False or value == ():
            continue
        if name in _TIMES:
            value = stored_time(value)
        elif name == _ITEMS:
            value = [_stored_item(item) for item in value]
        elif name == _METADATA:
            value = dict(value)
        stored[name] = value
    if subscription.latest_period_start == subscription.current_period_start:
        stored.pop(_LATEST_START, None)
    return stored


def _changed(before: Subscription, after: Subscription) -> dict[str, Any]:
    """What was otherwise before; None stands for "not there"."""
    names = [name for name, field in FIELDS.items() if getattr(before, field) != getattr(after, field)]
    if _START in names and _LATEST_START not in names:
        names.append(_LATEST_START)
    old, new = _stored(before, names), _stored(after, names)
    return {name: old.get(name) for name in names if old.get(name) != new.get(name)}


def _stored_item(item: SubscriptionItem) -> dict[str, Any]:
    values = ((name, getattr(item, field)) for name, field in ITEM_FIELDS.items())
    return {
        name: stored_time(value) if name == _END else value
        for name, value in values
        if value is not None and value is not False
    }


def _read(subscription_id: str, stored: Mapping[str, Any]) -> Subscription:
    values: dict[str, Any] = {}
    for name, value in stored.items():
        if value is not None and name in FIELDS:
            values[FIELDS[name]] = read_time(value) if name in _TIMES else value
    values["items"] = tuple(_read_item(item) for item in stored.get(_ITEMS) or ())
    values["metadata"] = tuple(sorted((stored.get(_METADATA) or {}).items()))
    values.setdefault("latest_period_start", values.get("current_period_start"))
    return Subscription(id=subscription_id, **{**_UNTOLD, **values})


def _read_item(stored: Mapping[str, Any]) -> SubscriptionItem:
    quantity = stored.get("q")
    return SubscriptionItem(
        stored.get("p"),
        stored.get("r"),
        stored.get("k"),
        None if quantity is None else int(quantity),  # DynamoDB's numbers come back as Decimal
        bool(stored.get("m")),
        read_time(stored.get(_END)),
    )

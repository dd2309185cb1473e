"""Who says whose a subscription is, and who is right? Pure.

A claim names a user. The highest kind wins, inside a kind the newest version, so whose a subscription is does
not depend on the order in which the claims come.
"""

import enum
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

import attrs

from stripe_subscription_handler.decisions.short_forms import read_version, stored_version
from stripe_subscription_handler.decisions.ties import Step, walks_end
from stripe_subscription_handler.value import Value

KEY = "k"
"""Stored name of a claim's key, which conditions compare."""
USER = "u"
_STEPS = "s"


class Kind(enum.IntEnum):
    """Who names the user; the higher one is right.

    `GUESS`: the only owner that the customer's subscriptions have. `CUSTOMER`: the customer's metadata, or a
    checkout session, which speaks for its own subscription only. `INVOICE`: the copy of the subscription's
    metadata on an invoice. `LABEL`: the subscription's own metadata.
    """

    GUESS = 0
    CUSTOMER = 1
    INVOICE = 2
    LABEL = 3


_TIMES_IN_KEY = {Kind.GUESS: (), Kind.CUSTOMER: (1, 3), Kind.INVOICE: (1,), Kind.LABEL: (2,)}
"""Kind → which words of a claim's key are times."""


@attrs.frozen(repr=False)
class Claim(Value):
    """Somebody says that a subscription belongs to a user.

    Attributes:
        version: Text that sorts in time order inside a kind; for a label it is the version of the state that
            carries it.
        steps: Event id → (user before, user after), of each event of the version that changed the label. None
            stands for "no label".
    """

    kind: Kind
    version: str
    user_id: str
    steps: Mapping[str, Step[str | None]] = attrs.Factory(dict)

    @property
    def key(self) -> str:
        """Text that sorts by kind, then by version, so that a DynamoDB condition can compare it."""
        return f"{int(self.kind)} {self.version}"

    def to_attribute(self) -> dict[str, Any]:
        """Return the DynamoDB map (plain Python values)."""
        steps = {event_id: list(step) for event_id, step in self.steps.items()}
        return {KEY: stored_version(self.key, _TIMES_IN_KEY[self.kind]), USER: self.user_id} | (
            {_STEPS: steps} if steps else {}
        )

    @classmethod
    def from_attribute(cls, attribute: Mapping[str, Any]) -> "Claim":
        kind = Kind(int(attribute[KEY].partition(" ")[0]))
        version = read_version(attribute[KEY], _TIMES_IN_KEY[kind]).partition(" ")[2]
        steps = {event_id: (old, new) for event_id, (old, new) in attribute.get(_STEPS, {}).items()}
        return cls(kind, version, attribute[USER], steps)


@attrs.frozen(repr=False)
class Verdict(Value):
    """Who is right of several claims.

    Attributes:
        certain: Whether the claims prove it. If not, the choice is still the same in every order.
    """

    claim: Claim
    certain: bool = True


def strongest(claims: Iterable[Claim | None]) -> Verdict | None:
    """Find the claim that wins; None where there is none.

    Labels of one second have the same version: what each changed puts them in order, as it does for states.
    """
    found = [claim for claim in claims if claim is not None]
    if not found:
        return None
    highest = max(claim.key for claim in found)
    rivals = [claim for claim in found if claim.key == highest]
    return reduce(_united, rivals[1:], Verdict(rivals[0]))


def _united(verdict: Verdict, other: Claim) -> Verdict:
    one = verdict.claim
    steps = {**one.steps, **other.steps}
    if one.user_id == other.user_id and steps == one.steps:
        return verdict
    if not steps:
        # Nothing tells which came first, as of two sessions of one second.
        return Verdict(max(one, other, key=lambda claim: claim.user_id), certain=False)
    end, certain = walks_end(steps)
    named = {user for step in steps.values() for user in step if user is not None}
    if len(named) == 1:
        return Verdict(Claim(one.kind, one.version, named.pop(), steps))
    if end is None:
        # It was taken off: whoever was named last still counts.
        into = sorted({old for old, new in steps.values() if new is None and old is not None})
        end, certain = into[-1], certain and len(into) == 1
    return Verdict(Claim(one.kind, one.version, end, steps), certain)

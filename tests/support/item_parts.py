"""What each part of a profile item is for, and its bytes, of a user with one subscription. Pure.

The subscription was activated in the second in which it began, and paid for; ids are as long as Stripe's own,
and the user's is a UUID.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from benchmarks.capacity import item_bytes
from stripe_subscription_handler.decisions.ledger import (
    CLAIM,
    LIVE,
    PAYMENT,
    PREFIX,
    REGISTER,
    REVISION,
    SETTINGS,
    subscription_attribute,
)
from stripe_subscription_handler.dynamodb.wire import to_wire
from support import many

USER = "0f5f6ab8-93a1-4d0e-9a0e-000000000001"
_NAME = subscription_attribute(many.subscription_id(0))
_MAP_BYTES, _MEMBER_BYTES = 3, 1
_VERSION, _CANDIDATES = ("v", "at"), ("t",)
Item = Mapping[str, Any]


@attrs.frozen
class Part:
    """A part of the item.

    Attributes:
        told: What it is for.
        before: Its bytes in the first form of the ledger, at 793ef58: three attributes a subscription.
        measure: Gives its bytes in an item of today.
        is_of_one: Whether each further live subscription brings it along.
    """

    told: str
    before: int
    measure: Callable[[Item], int]
    is_of_one: bool = False


def _sum(values: Item) -> int:
    return item_bytes(to_wire(values))


def _named(item: Item, *names: str) -> int:
    return _sum({name: item[name] for name in names if name in item})


def _view(item: Item, *, paid: bool) -> int:
    names = (name for name in item if name[0].islower() and not name.startswith(PREFIX))
    return _named(item, *(name for name in names if ("Payment" in name) is paid))


def _members(values: Item) -> int:
    """Bytes of a map's members, each with the byte that DynamoDB counts for it."""
    return _sum(values) + _MEMBER_BYTES * len(values)


def _register(item: Item, names: Iterable[str]) -> int:
    register = item[_NAME][REGISTER]
    return _members({name: register[name] for name in names if name in register})


def _state(item: Item) -> int:
    return _register(item, item[_NAME][REGISTER].keys() - {*_VERSION, *_CANDIDATES})


PARTS = (
    Part("its keys", 52, lambda item: _named(item, "PK", "SK")),
    Part("what the app reads of the subscription", 565, lambda item: _view(item, paid=False)),
    Part("what the app reads of the payment", 172, lambda item: _view(item, paid=True)),
    Part("the settings' fingerprint", 32, lambda item: _named(item, SETTINGS)),
    Part("the revision", 36, lambda item: _named(item, REVISION)),
    Part("the names of the sets of ids", 33, lambda _: len(LIVE)),
    Part(
        "the subscription's id among those that live",
        56,
        lambda _: len(many.subscription_id(0)),
        is_of_one=True,
    ),
    Part(
        "its name, and the maps",
        156,
        lambda item: len(_NAME) + _MAP_BYTES + len(item[_NAME]) * (2 + _MAP_BYTES),
        is_of_one=True,
    ),
    Part("register: version and second", 59, lambda item: _register(item, _VERSION), is_of_one=True),
    Part("register: the state", 309, _state, is_of_one=True),
    Part("register: the update of its second", 73, lambda item: _register(item, _CANDIDATES), is_of_one=True),
    Part("claim", 71, lambda item: _members(item[_NAME][CLAIM]), is_of_one=True),
    Part("payment", 228, lambda item: _members(item[_NAME][PAYMENT]), is_of_one=True),
)


def item() -> dict[str, Any]:
    """The item, with its keys."""
    tables = many.of_one_user([many.life(0, USER)], USER)
    return {"PK": f"USER#{USER}", "SK": "PROFILE", **tables.profiles[USER], REVISION: many.REVISION_TEXT}


def table() -> list[str]:
    """The parts, their sum, and what each further live subscription brings."""
    found = item()
    rows = [(part.told, part.before, part.measure(found), part.is_of_one) for part in PARTS]
    assert sum(now for _, _, now, _ in rows) == _sum(found), "a part is missing, or counted twice"
    lines = [f"{told:<47}{before:>8,}{now:>8,}" for told, before, now, _ in rows]
    for told, counted in (
        ("the item", rows),
        ("of it, each further live subscription", [row for row in rows if row[3]]),
    ):
        sums = [sum(row[place] for row in counted) for place in (1, 2)]
        lines.append(f"{told:<47}{sums[0]:>8,}{sums[1]:>8,}")
    return [f"{'bytes of':<47}{'before':>8}{'now':>8}", *lines]

"""The facts about Stripe's objects in `facts.txt`, which `extract` writes and the tests read.

The first line names the API versions. Each other one has a field's path, what it can be, and where that is
not true of all versions, the first and the last of which it is.

    subscription.cancel_at -null/-number
    subscription.current_period_end -number 2023-10-16..2024-06-20

Words without a dash are an enumeration's. `-map` has any keys; `-object` has fields of its own below it, and
`@name` under its own name; `array<…>` is a list, `apilist<…>` one as Stripe pages it. A field with `?` after
its path may be missing.
"""

from collections.abc import Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

import attrs

FACTS: Final = Path(__file__).with_name("facts.txt")
ROOTS: Final[Mapping[str, str]] = {
    "Subscription": "subscription",
    "SubscriptionItem": "subscription_item",
    "Plan": "plan",
    "Price": "price",
    "Product": "product",
    "Invoice": "invoice",
    "InvoiceLineItem": "line_item",
    "Customer": "customer",
    "DeletedCustomer": "deleted_customer",
    "Checkout.Session": "checkout.session",
    "Entitlements.ActiveEntitlementSummary": "entitlements.active_entitlement_summary",
    "Entitlements.ActiveEntitlement": "entitlements.active_entitlement",
    "EventBase": "event",
    "V2.Core.EventBase": "v2.core.event",
    "V2.Core.EventDestination": "v2.core.event_destination",
}
"""Interface of the package `stripe` → Stripe's word for the object."""


@attrs.frozen
class Field:
    """What a field can be, and whether it may be missing."""

    kinds: frozenset[str]
    is_optional: bool


def written(versions: Mapping[str, Mapping[str, Field]]) -> str:
    """The facts of versions, the oldest first, as the file has them."""
    names = list(versions)
    paths = sorted({path for fields in versions.values() for path in fields})
    lines = [f"{' '.join(names)}\n"]
    for path in paths:
        for field, group in groupby(names, key=lambda name: versions[name].get(path)):
            span = list(group)
            if field is not None:
                mark = "?" if field.is_optional else ""
                when = "" if span == names else f" {span[0]}..{span[-1]}"
                lines.append(f"{path}{mark} {'/'.join(sorted(field.kinds))}{when}\n")
    return "".join(lines)


@cache
def _lines() -> tuple[str, ...]:
    return tuple(FACTS.read_text("utf-8").splitlines())


def versions() -> tuple[str, ...]:
    """The API versions that have facts, the oldest first."""
    return tuple(_lines()[0].split(" "))


@cache
def fields_of(version: str) -> Mapping[str, Mapping[str, Field]]:
    """Path of an object → its fields by name, in one API version."""
    found: dict[str, dict[str, Field]] = {}
    for line in _lines()[1:]:
        path, kinds, *when = line.split(" ")
        first, _, last = when[0].partition("..") if when else ("", "", version)
        if first <= version <= last:
            holder, _, name = path.removesuffix("?").rpartition(".")
            field = Field(frozenset(kinds.split("/")), is_optional=path.endswith("?"))
            found.setdefault(holder, {})[name] = field
    return found

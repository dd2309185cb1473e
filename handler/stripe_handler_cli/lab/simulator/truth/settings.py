"""The handler's settings that shape a profile, under the names they have in Terraform. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.lab.simulator.catalogue import OUR_PRODUCTS, PLAN_PRODUCTS


def _tuple(value: Iterable[str]) -> tuple[str, ...]:
    return tuple(value)


def _set(value: Iterable[str]) -> frozenset[str]:
    return frozenset(value)


@attrs.frozen
class Settings:
    """What a profile shows.

    Attributes:
        access_renewal_grace_hours: How long access goes on after a period's end.
        access_past_due_days: How long a subscription that is past due gives access, counted from its last
            bill; None: as one that is not.
        access_while_collection_paused: Whether it does while its collection is paused.
        plan_product_ids: Products of the plans, the best first.
        handled_product_ids: A subscription without any of these is another app's; empty: none is.
        required_metadata: A subscription without these values in its metadata is another app's.
        profile_attributes: Attribute of the profile → JMESPath over the primary subscription. Only what every
            API version tells at the same place, or not at all, is true in every life.
    """

    access_renewal_grace_hours: int = 72
    access_past_due_days: int | None = None
    access_while_collection_paused: bool = True
    plan_product_ids: tuple[str, ...] = attrs.field(default=(), converter=_tuple)
    handled_product_ids: frozenset[str] = attrs.field(default=frozenset(), converter=_set)
    required_metadata: Mapping[str, str] = attrs.Factory(dict)
    profile_attributes: Mapping[str, str] = attrs.Factory(dict)

    @property
    def has_filter(self) -> bool:
        """Whether some subscriptions of the account may be another app's."""
        return bool(self.handled_product_ids or self.required_metadata)

    def place(self, product_id: str | None) -> int:
        """The place among the plans, the best 0; what is no plan has the place after them all."""
        plans = self.plan_product_ids
        return plans.index(product_id) if product_id in plans else len(plans)

    def as_values(self) -> dict[str, Any]:
        """Every setting by its name, as JSON and Terraform take it."""
        values = attrs.asdict(self, recurse=False)
        return values | {
            "plan_product_ids": list(self.plan_product_ids),
            "handled_product_ids": sorted(self.handled_product_ids),
        }


DEFAULTS = Settings()
"""What the handler does where nothing is chosen."""

CHOSEN = Settings(
    access_renewal_grace_hours=24,
    access_past_due_days=3,
    access_while_collection_paused=False,
    plan_product_ids=PLAN_PRODUCTS,
    handled_product_ids=OUR_PRODUCTS,
    profile_attributes={"team": "metadata.team", "firstKey": "items.data[0].price.lookup_key"},
)
"""Something else than the default of each, for the simulator's catalogue."""


def parse_settings(assignments: Iterable[str], base: Settings = DEFAULTS) -> Settings:
    """Read `NAME=VALUE` pairs over other settings; each value is JSON.

    Raises:
        ValueError: A name is unknown, or a value is none for it; the message says which.
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, _, text = assignment.partition("=")
        values[name] = _parsed(name, text)
    return attrs.evolve(base, **values)


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "access_renewal_grace_hours": int,
    "access_past_due_days": (int, type(None)),
    "access_while_collection_paused": bool,
    "plan_product_ids": list,
    "handled_product_ids": list,
    "required_metadata": dict,
    "profile_attributes": dict,
}


def _parsed(name: str, text: str) -> Any:
    if name not in _KINDS:
        raise ValueError(f"unknown setting {name!r}; known are {', '.join(_KINDS)}")
    try:
        value = json.loads(text)
    except ValueError:
        raise ValueError(f"{name} wants JSON, got {text!r}") from None
    is_number = isinstance(value, int) and not isinstance(value, bool)
    wants_number = name in {"access_renewal_grace_hours", "access_past_due_days"}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    is_fitting = isinstance(value, _KINDS[name]) and all(isinstance(one, str) for one in inner)
    if not is_fitting or (wants_number and value is not None and not is_number):
        raise ValueError(f"{name} cannot be {text}")
    return value

"""Which events a rule's pattern admits, as far as it is like those that Terraform writes. Pure.

EventBridge itself tells what a pattern makes of one event: `TestEventPattern`, which the doctor asks.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from stripe_subscription_handler.events.event_types import HANDLED_TYPES

_THIN_PREFIX = "v1."


@attrs.frozen
class EventPattern:
    """A rule's pattern.

    Attributes:
        sources: Those that it names, in its order.
        alternatives: Each has the detail types that it names and the pattern for the Stripe event, empty
            where any will do.
    """

    sources: tuple[str, ...] = ()
    alternatives: tuple[tuple[frozenset[str], Mapping[str, Any]], ...] = ()

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> "EventPattern":
        """Read the rule that `DescribeRule` answers with; one without a pattern admits nothing by name."""
        pattern = json.loads(rule.get("EventPattern") or "{}")
        return cls(
            sources=_names(pattern.get("source", ())),
            alternatives=tuple(
                (frozenset(_names(one.get("detail-type", ()))), one.get("detail", {}))
                for one in ({**pattern, **alternative} for alternative in pattern.get("$or", [{}]))
            ),
        )

    @property
    def event_types(self) -> frozenset[str]:
        """The detail types that it names."""
        return frozenset[str]().union(*(types for types, _ in self.alternatives))

    @property
    def handled_types(self) -> list[str]:
        """The types it names that the handler handles, thin ones by their snapshots' names."""
        names = {name.removeprefix(_THIN_PREFIX) for name in self.event_types}
        return sorted(names.intersection(HANDLED_TYPES))

    def admits(self, event: Mapping[str, Any]) -> bool:
        """Whether a Stripe event passes, of a source that does; an operator not known here is let pass."""
        return any(event["type"] in types and _matches(detail, event) for types, detail in self.alternatives)


def _names(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple(name for name in values if isinstance(name, str))


def _matches(pattern: Mapping[str, Any], value: Any) -> bool:
    here = value if isinstance(value, Mapping) else {}
    return all(
        _matches(wanted, here.get(key)) if isinstance(wanted, Mapping) else _fits(wanted, _leaves(here, key))
        for key, wanted in pattern.items()
    )


def _leaves(here: Mapping[str, Any], key: str) -> list[Any]:
    """The values that EventBridge compares: null is one, an object is none, and of a list each element is."""
    if key not in here:
        return []
    values = here[key] if isinstance(here[key], list) else [here[key]]
    return [value for value in values if not isinstance(value, Mapping | list)]


def _fits(wanted: Sequence[Any], leaves: Sequence[Any]) -> bool:
    return any(
        one.get("exists", bool(leaves)) == bool(leaves) if isinstance(one, Mapping) else one in leaves
        for one in wanted
    )


def telling(event_type: str, user_id_metadata_key: str, mode: str = "subscription") -> dict[str, Any]:
    """The least of a Stripe event with which a session or a customer says whose a subscription is."""
    label = {user_id_metadata_key: "user_doctor"}
    thing = {"mode": mode, "metadata": label}
    return {"type": event_type, "data": {"object": thing, "previous_attributes": {"metadata": label}}}

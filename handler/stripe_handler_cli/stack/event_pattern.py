"""Which events a rule's pattern admits, as far as it names them in full. Pure.

EventBridge itself tells what a pattern makes of one event: `TestEventPattern`, which the doctor asks.
"""

import json
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.events.event_types import HANDLED_TYPES

_THIN_PREFIX = "v1."


@attrs.frozen
class EventPattern:
    """The sources that a rule's pattern names, in its order, and the detail types."""

    sources: tuple[str, ...] = ()
    event_types: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> "EventPattern":
        """Read the rule that `DescribeRule` answers with; one without a pattern admits nothing by name."""
        pattern = json.loads(rule.get("EventPattern") or "{}")
        sources, types = (
            tuple(name for name in pattern.get(field, ()) if isinstance(name, str))
            for field in ("source", "detail-type")
        )
        return cls(sources, frozenset(types))

    @property
    def handled_types(self) -> list[str]:
        """The types it names that the handler handles, thin ones by their snapshots' names."""
        names = {name.removeprefix(_THIN_PREFIX) for name in self.event_types}
        return sorted(names.intersection(HANDLED_TYPES))

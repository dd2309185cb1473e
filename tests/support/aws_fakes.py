"""Hand-written stand-ins for the few AWS calls that `send` and `listen` make. No AWS rules beyond those."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs


@attrs.frozen
class FakeLogs:
    """A log group.

    Attributes:
        events: Its events, as `FilterLogEvents` shows them.
        asked: The arguments of every look.
    """

    events: list[dict[str, Any]] = attrs.Factory(list)
    asked: list[dict[str, Any]] = attrs.Factory(list)

    def say(self, at_milliseconds: int = 0, **line: Any) -> None:
        """Log a line of the handler's, with a time of its own as each has."""
        self.say_text(
            json.dumps(
                {"timestamp": len(self.events), "decision": "write", "reason": "primary", "requests": 1}
                | line
            ),
            at_milliseconds,
        )

    def say_text(self, message: str, at_milliseconds: int = 0) -> None:
        """Log anything."""
        self.events.append({"timestamp": at_milliseconds, "message": message})

    def get_paginator(self, _: str) -> "FakeLogs":
        """The paginator of `FilterLogEvents`."""
        return self

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        """One page an event."""
        self.asked.append(arguments)
        yield from (
            {"events": [event]} for event in self.events if event["timestamp"] >= arguments["startTime"]
        )


@attrs.frozen
class FakeEvents:
    """EventBridge with one rule.

    Attributes:
        endpoint_url: Where it claims to be.
        pattern: The rule's pattern.
    """

    endpoint_url: str
    pattern: Mapping[str, Any]

    @property
    def meta(self) -> "FakeEvents":
        """The client's meta data."""
        return self

    def describe_rule(self, **_: Any) -> dict[str, Any]:
        """The rule."""
        return {"EventPattern": json.dumps(self.pattern)}

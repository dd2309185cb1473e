"""What a stack tells of the day afterwards: its log, its alarms, its queues. Reads only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from stripe_handler_cli.lab.chaos.counterexamples import HANDLED
from stripe_handler_cli.lab.chaos.day.certificate import percentile
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT

Line = Mapping[str, Any]


@attrs.frozen
class Log:
    """The handler's lines about the day's events.

    Attributes:
        lines: Oldest first.
    """

    lines: Sequence[Line]

    @classmethod
    def of(cls, lines: Iterable[Line], event_ids: Iterable[str]) -> "Log":
        ids = frozenset(event_ids)
        return cls([line for line in lines if line.get("event_id") in ids])

    @property
    def errors(self) -> dict[str, int]:
        """By type, of the attempts that the handler itself ended with an error."""
        found = Counter(str(line.get("error_type")) for line in self.lines if line["decision"] == "error")
        return dict(sorted(found.items()))

    @property
    def told_missed(self) -> int:
        """How many times Stripe said what it had failed to tell, and that was applied or known."""
        return sum(
            line.get("event_type") == GENERATION_FAILURE_EVENT and line["decision"] in HANDLED
            for line in self.lines
        )

    def usual(
        self, put_at: Mapping[str, float], apart: Iterable[str]
    ) -> tuple[float | None, float | None, float | None]:
        """Seconds from put to handled of the events that nothing befell: p50, p99, the longest.

        `apart` are the ids of the others.
        """
        others, first = frozenset(apart), dict[str, float]()
        for line in self.lines:
            event_id = str(line["event_id"])
            if line["decision"] in HANDLED and event_id in put_at and event_id not in others:
                first.setdefault(event_id, _moment(line))
        seconds = [max(0.0, at - put_at[event_id]) for event_id, at in first.items()]
        return percentile(seconds, 0.5), percentile(seconds, 0.99), max(seconds, default=None)


def _moment(line: Line) -> float:
    return datetime.fromisoformat(str(line["timestamp"])).timestamp()


def alarms_rung(endpoint: Endpoint, names: Mapping[str, str], since: datetime) -> dict[str, int]:
    """Alarm → how often it began to ring since a moment; only those that did."""
    cloudwatch = endpoint.client("cloudwatch")
    rung = {}
    for key, name in sorted(names.items()):
        pages = cloudwatch.get_paginator("describe_alarm_history").paginate(
            AlarmName=name, HistoryItemType="StateUpdate", StartDate=since, EndDate=datetime.now(UTC)
        )
        count = sum(
            item["HistorySummary"].endswith("to ALARM")
            for page in pages
            for item in page["AlarmHistoryItems"]
        )
        if count:
            rung[key] = count
    return rung


def waiting(endpoint: Endpoint, outputs: Mapping[str, Any]) -> tuple[int, int]:
    """How many messages wait in the failure queue and in the delivery dead-letter queue."""

    def count(url: str) -> int:
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = endpoint.queues.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    return count(outputs["failure_queue_url"]), count(outputs["delivery_dead_letter_queue_url"])

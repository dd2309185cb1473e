"""How much work local AWS still holds, by the metrics it counts itself. Reads only; local AWS only.

The log alone does not tell: a handler may log its line and die before it answers, and is then tried again.
On AWS these metrics are a minute late; local AWS counts them at once.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

import attrs

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_METRICS = ("AsyncEventsReceived", "Invocations", "Errors", "AsyncEventsDropped")
_SPAN = timedelta(hours=12)


@attrs.frozen
class Account:
    """What became of the events that Lambda took; the dropped ones were given up after their last attempt."""

    received: int
    attempts: int
    failed: int
    dropped: int

    @property
    def outstanding(self) -> int:
        """Events that are neither done nor given up yet."""
        return self.received - (self.attempts - self.failed) - self.dropped

    def since(self, earlier: "Account") -> Self:
        """What was counted after another account was taken."""
        mine, theirs = attrs.astuple(self), attrs.astuple(earlier)
        return type(self)(*(now - then for now, then in zip(mine, theirs, strict=True)))


def read_account(cloudwatch: "CloudWatchClient", function_name: str) -> Account:
    now = datetime.now(UTC)
    # In the order of _METRICS, so that what happens between the reads makes `outstanding` too large, never
    # too small, once all events are received.
    return Account(*(_sum(cloudwatch, name, function_name, now) for name in _METRICS))


def _sum(cloudwatch: "CloudWatchClient", name: str, function_name: str, now: datetime) -> int:
    response = cloudwatch.get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=name,
        Dimensions=[{"Name": "FunctionName", "Value": function_name}],
        StartTime=now - _SPAN,
        EndTime=now + timedelta(minutes=1),
        Period=int(_SPAN.total_seconds()),
        Statistics=["Sum"],
    )
    return round(sum(point["Sum"] for point in response["Datapoints"]))

"""Puts events on the bus, as fast as the handlers take them or at a given rate, and waits for the last one.

Notes when each event was put. What became of it, the function's log tells.
"""

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.chaos.accounts import Account, read_account
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline

Event = dict[str, Any]
_BATCH = 10
_POLL_SECONDS = 1.5
_AHEAD = 300
"""Events that may be put and not yet handled: some seconds' work, since each look costs the emulator more."""
_PATIENCE_SECONDS = 60.0
_SPAN = timedelta(hours=12)


@attrs.frozen
class Delivered:
    """What was put.

    Attributes:
        put_at: Event id → Unix time right before the request that put it.
        began: Right before the first request, Unix time.
        account: What became of them, by Lambda's own count.
    """

    put_at: dict[str, float]
    began: float
    account: Account


@attrs.define
class Deliverer:
    """Delivers events to one function, and counts its invocations.

    Attributes:
        endpoint: Local AWS, which counts a metric at once.
        pipeline: The bus the events are put on.
        function_name: The function they reach.
    """

    endpoint: Endpoint
    pipeline: Pipeline
    function_name: str
    _cloudwatch: Any = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Connect."""
        self._cloudwatch = self.endpoint.client("cloudwatch")

    def deliver(self, events: Sequence[Event], *, ahead: int | None = _AHEAD) -> Delivered:
        """Put events in batches, not far ahead of the handlers, and wait until all are handled.

        Args:
            events: In the order in which they are put.
            ahead: How many may be put and not yet handled; None puts all at once.

        Raises:
            CliError: Nothing happened for too long although something is left.
        """
        account, put_at = self._account(), {}
        before, began = account.attempts, time.time()
        batches = _batches(events)
        for batch in batches:
            while ahead is not None and len(put_at) - (self.invocations() - before) >= ahead:
                time.sleep(_POLL_SECONDS)
            # A few batches between two looks, so that looking costs little.
            for one in itertools.chain((batch,), itertools.islice(batches, _AHEAD // _BATCH // 4)):
                self._put(one, put_at)
        return Delivered(put_at, began, self._wait(account, len(events)))

    def deliver_at(self, events: Sequence[Event], rate_per_second: float) -> Delivered:
        """Put events one by one at a steady rate, whatever the handlers do, and wait until all are handled.

        Raises:
            CliError: Nothing happened for too long although something is left.
        """
        account, put_at = self._account(), {}
        began, started = time.time(), time.monotonic()
        for number, event in enumerate(events):
            time.sleep(max(0.0, started + number / rate_per_second - time.monotonic()))
            self._put([event], put_at)
        return Delivered(put_at, began, self._wait(account, len(events)))

    def invocations(self) -> int:
        """How many invocations of the function have ended so far, failed ones included."""
        now = datetime.now(UTC)
        points = self._cloudwatch.get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="Invocations",
            Dimensions=[{"Name": "FunctionName", "Value": self.function_name}],
            StartTime=now - _SPAN,
            EndTime=now + timedelta(minutes=1),
            Period=int(_SPAN.total_seconds()),
            Statistics=["Sum"],
        )["Datapoints"]
        return round(sum(point["Sum"] for point in points))

    def _put(self, batch: Sequence[Event], put_at: dict[str, float]) -> None:
        now = time.time()
        put_at.update((event["id"], now) for event in batch)
        self.pipeline.put(*batch)

    def _account(self) -> Account:
        return read_account(self._cloudwatch, self.function_name)

    def _wait(self, before: Account, events: int) -> Account:
        moved, last = time.monotonic(), before
        while True:
            account = self._account()
            since = account.since(before)
            if since.received >= events and not since.outstanding:
                return since
            if account != last:
                moved, last = time.monotonic(), account
            elif time.monotonic() - moved > _PATIENCE_SECONDS:
                raise CliError(f"nothing happened for {_PATIENCE_SECONDS:.0f} s; Lambda counts {since}")
            time.sleep(_POLL_SECONDS)


def _batches(events: Iterable[Event]) -> Iterator[list[Event]]:
    remaining = iter(events)
    while batch := list(itertools.islice(remaining, _BATCH)):
        yield batch

"""Counts what an exercise did, and says what AWS takes for it. Its own requests are counted as they are made.

What the function did is read off its log lines: how long it ran, how many requests it made. Of those each is
taken for four write units, which is more than any of them cost, so the price is an upper bound.
"""

import math
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import attrs

from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.prices import cost

_UNITS_OF_A_REQUEST = 4
_INVOCATION_SECONDS = Decimal(1)
"""Of every invocation at least, a cold start included; of those without a line of ours just that."""
_BYTES_OF_A_LINE = 2_000
_GB = 1_000_000_000
_OF_OTHERS = {"TransactWriteItems": "write_unit", "UpdateItem": "write_unit", "DeleteItem": "write_unit"}
_BY_SERVICE = {"dynamodb": "read_unit", "sqs": "queue_request", "cloudwatch": "metric_request"}
_EVENTS = {"PutEvents", "PutPartnerEvents"}


@attrs.define
class Meter:
    """What was asked of AWS, by service and operation."""

    asked: dict[tuple[str, str], int] = attrs.Factory(dict)

    def counting(self, endpoint: Endpoint) -> Endpoint:
        """The same AWS, whose clients count what they are asked."""
        made: dict[str, Any] = {}

        def make(service: str) -> Any:
            if service not in made:
                made[service] = endpoint.client(service)
                made[service].meta.events.register("before-call", self._count)
            return made[service]

        return attrs.evolve(endpoint, make_client=make)

    def _count(self, model: Any, **_: Any) -> None:
        key = model.service_model.service_name, model.name
        self.asked[key] = self.asked.get(key, 0) + 1

    def used(self, lines: Collection[LogLine], memory_mb: int, others: int) -> Mapping[str, Decimal]:
        """What was used, by the names of `PRICES`.

        Args:
            lines: The function's log lines of the exercise's events.
            memory_mb: Of the function.
            others: How many other invocations there were: of the profile events and the drift check.
        """
        events = sum(count for (_, name), count in self.asked.items() if name in _EVENTS)
        replayed = sum(line.replay is not None for line in lines)
        invocations = len(lines) + others
        seconds = sum(
            (max(Decimal(str(line.duration_ms)) / 1000, _INVOCATION_SECONDS) for line in lines), Decimal(0)
        )
        found: dict[str, Decimal] = {
            "event": Decimal(events + replayed + others),
            "invocation": Decimal(invocations),
            "gb_second": (seconds + others * _INVOCATION_SECONDS) * memory_mb / 1024,
            "write_unit": Decimal(_UNITS_OF_A_REQUEST * sum(line.requests or 1 for line in lines)),
            "log_gb": Decimal(_BYTES_OF_A_LINE * invocations) / _GB,
        }
        for (service, name), count in self.asked.items():
            price = _OF_OTHERS.get(name) or _BY_SERVICE.get(service)
            if price is not None:
                found[price] = found.get(price, Decimal(0)) + count
        return found


def cents(used: Mapping[str, Decimal]) -> Decimal:
    """What that costs at most, in cents, rounded up to a hundredth of one."""
    dollars = sum((cost(name, amount) for name, amount in used.items()), Decimal(0))
    return Decimal(math.ceil(dollars * 10_000)) / 100

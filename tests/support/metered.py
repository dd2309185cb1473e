"""A model of both tables that counts what each request costs: DynamoDB's requests and units.

The rules of units are those of `benchmarks.capacity`; that the sums are those that were measured on the real
code, tests/contract/test_costs.py says.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from benchmarks.capacity import read_units, write_units
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Commit,
    Request,
    Written,
)
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.decision import ReadItem, Write
from stripe_subscription_handler.dynamodb.sync_table import (
    customer_key,
    link_ids,
    link_key,
    parked_key,
)
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.events.envelope import StripeEvent

_CONFIG = Config(table_name="profiles", sync_table_name="sync")
_PARKED_BYTES = "x" * 6_000
"""In place of a parked event, as large as one."""


@attrs.define
class Metered(Tables):
    """Both tables, and what was asked of them.

    Attributes:
        write_units: Written, or tried to.
        read_units: Read.
        asked: Requests to DynamoDB.
    """

    write_units: float = 0
    read_units: float = 0
    asked: int = 0

    def execute(self, request: Request, event: StripeEvent | None = None) -> Answer:
        """Execute a request, and count it."""
        before = dict(self._touched(request))
        answer = super().execute(request, event)
        if not before:
            return answer  # Stripe was asked
        self.asked += 1
        is_commit = isinstance(request, Commit)
        if is_commit or isinstance(request, Write):
            after = dict(self._touched(request)) if isinstance(answer, Written) else before
            pairs = ((item, after.get(name, item)) for name, item in before.items())
            self.write_units += sum(write_units(*pair, in_transaction=is_commit) for pair in pairs)
        else:
            self.read_units += sum(read_units(item, consistent=True) for item in before.values())
        return answer

    def _touched(self, request: Request) -> Iterator[tuple[str, Any]]:
        """Name → item on the wire, of everything that a request is about."""
        match request:
            case Write(user_id=user_id) | ReadItem(user_id):
                yield user_id, self._profile(user_id)
            case Commit():
                yield from self._touched_by(request)
            case _:
                customer_id = getattr(request, "customer_id", None)
                if customer_id is not None:
                    yield "customer", self._customer_item(customer_id)
                    yield "link", self._link_item(customer_id, getattr(request, "subscription_id", ""))

    def _touched_by(self, commit: Commit) -> Iterator[tuple[str, Any]]:
        for write in commit.writes:
            yield write.user_id, self._profile(write.user_id)
        if commit.absent is not None:
            yield commit.absent, self._profile(commit.absent)
        if commit.link is not None:
            yield "link", self._link_item(commit.customer_id, commit.link.subscription_id)
        if commit.customer is not None:
            yield "customer", self._customer_item(commit.customer_id)
        for one in filter(None, (commit.parks and commit.parks.id, commit.unparks)):
            key = parked_key(commit.customer_id, one)
            yield one, _wire(key, {"event": _PARKED_BYTES, "customer": commit.customer_id})

    def _profile(self, user_id: str) -> Any:
        return _wire(_CONFIG.profile_key(user_id), self.profiles.get(user_id))

    def _customer_item(self, customer_id: str) -> Any:
        return _wire(customer_key(customer_id), self.customers.get(customer_id))

    def _link_item(self, customer_id: str, subscription_id: str) -> Any:
        item = self.links.get((customer_id, subscription_id))
        ids = link_ids(customer_id, subscription_id)
        return _wire(link_key(customer_id, subscription_id), None if item is None else {**ids, **item})


def _wire(key: Mapping[str, str], item: Mapping[str, Any] | None) -> Any:
    return None if item is None else to_wire({**key, **item})

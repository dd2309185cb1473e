"""Counting the events that wait for a user: which ones, in how many requests, found by what."""

import pytest

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.operations.parked_count import EXPIRING_SECONDS, ParkedCount, count_parked
from support import events
from support.dynamodb import ScriptedDynamoDB
from support.parked_index import ParkedIndex

NOW = 1_790_000_000
DAY = 24 * 3600
TIMES = [NOW - 60, NOW + EXPIRING_SECONDS, NOW + EXPIRING_SECONDS + 1, NOW + 29 * DAY]


@pytest.mark.parametrize("page_size", [1, 3, 100])
def test_all_pages_are_counted(page_size: int) -> None:
    """Expiring: within seven days, or overdue and not removed yet."""
    count = count_parked(ParkedIndex(TIMES, page_size=page_size), "sync", NOW)  # type: ignore[arg-type]
    assert (count.parked, count.expiring) == (4, 2)
    assert count.oldest_seconds == 30 * DAY + 60
    assert count.requests == {1: 5, 3: 3, 100: 3}[page_size]


def test_nothing_waits() -> None:
    """Two requests, and no oldest."""
    assert count_parked(ParkedIndex([]), "sync", NOW) == ParkedCount(0, 0, None, 2)  # type: ignore[arg-type]


def test_the_last_one_is_applied_while_it_is_counted() -> None:
    """The index is empty when its oldest is asked for: no age, no failure."""
    client = ScriptedDynamoDB([{"Count": 1}, {"Count": 0}, {"Items": []}])
    assert count_parked(client, "sync", NOW) == ParkedCount(1, 1, None, 3)  # type: ignore[arg-type]


def test_a_parked_event_is_in_the_index_from_the_start() -> None:
    """Both keys of the index come in the transaction that parks it; no other item gets either."""
    config = Config(table_name="profiles", sync_table_name="sync")
    client = ScriptedDynamoDB([{"Items": []}, {}])
    store = Store(client, config, clock=lambda: NOW)  # type: ignore[arg-type]
    event = parse_event(events.paid(events.invoice(user=None)))
    store.run(handling(event), {"id": event.id})
    operation, parameters = client.calls[-1]
    assert operation == "TransactWriteItems"
    *others, parked = parameters["TransactItems"]
    update = parked["Update"]
    assert {"waitingFor", "expiresAt"} <= set(update["ExpressionAttributeNames"].values())
    written = list(update["ExpressionAttributeValues"].values())
    assert {"S": "user"} in written
    assert {"N": str(NOW + 30 * DAY)} in written
    assert not any(name in str(others) for name in ("waitingFor", "expiresAt"))

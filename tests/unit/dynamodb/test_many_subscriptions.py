"""What many subscriptions of one user, or many users of one customer, cost."""

from functools import partial

import pytest

from benchmarks.capacity import item_bytes
from stripe_subscription_handler.decisions.ledger import REVISION
from stripe_subscription_handler.dynamodb.sync_table import link_ids, link_key
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.events.envelope import StripeEvent
from support import many
from support.model import Tables

USER = "user_42"


def live(count: int) -> Tables:
    """A user with so many subscriptions, all paid for."""
    return many.of_one_user((many.life(place, USER) for place in range(count)), USER)


def counted(tables: Tables, event: StripeEvent) -> int:
    """The requests of an event that is applied."""
    before = tables.requests
    assert tables.deliver(event).applied
    return tables.requests - before


def test_a_user_put_together_is_what_deliveries_leave() -> None:
    """Otherwise the sizes here would be those of nobody's item."""
    delivered = Tables()
    for place in range(5):
        for event in many.life(place, USER):
            delivered.deliver(event)
    made = live(5)
    assert made.profiles[USER] | {REVISION: ""} == delivered.profiles[USER] | {REVISION: ""}
    assert made.links == delivered.links


@pytest.mark.parametrize("count", [2, 400])
def test_requests_of_a_user_with_many_live_subscriptions(count: int) -> None:
    """The guard asks for one attribute: two requests for any but the one that is shown, one for that."""
    tables = live(count)
    primary = count - 1
    assert counted(tables, many.updated(0, USER, 9_000, {"cancel_at_period_end": True})) == 2
    assert counted(tables, many.paid(0, USER, 9_001)) == 2
    assert counted(tables, many.paid(primary, USER, 9_002)) == 1
    assert counted(tables, next(many.life(count, USER))) == 2


def test_five_hundred_live_subscriptions_that_nobody_paid_for() -> None:
    """Abandoned checkouts: two requests, for the one that is paid for at last too."""
    tables = many.of_one_user(([many.abandoned(place, USER)] for place in range(500)), USER)
    assert many.profile_bytes(tables, USER) < many.LARGEST_BYTES
    assert counted(tables, many.updated(7, USER, 9_000, {"status": "incomplete"})) == 2
    assert tables.profiles[USER]["subscriptionId"] == many.subscription_id(7)


def test_five_hundred_users_of_one_customer_cost_what_one_does() -> None:
    """Each has an item and a link of its own, and the customer's record does not grow."""
    tables = Tables()
    for place in range(500):
        costs = [counted(tables, event) for event in many.life(place, f"user_{place}")]
        assert costs == [1, 1, 1]
    assert tables.customers[many.CUSTOMER].keys() == {"revision"}
    sizes = list(map(partial(many.profile_bytes, tables), tables.profiles))
    assert max(sizes) - min(sizes) < 20
    links = (to_wire(link_key(*key) | link_ids(*key) | dict(link)) for key, link in tables.links.items())
    assert 20 < sum(map(item_bytes, links)) / 4096 < 21

"""Until when a user may use what: the table of section 3 of the design, on subscriptions written by hand."""

from typing import Any

import pytest

from stripe_handler_cli.lab.simulator.api_versions import CURRENT, ApiVersion
from stripe_handler_cli.lab.simulator.book import PaymentFact
from stripe_handler_cli.lab.simulator.calendar_time import DAY, HOUR, iso
from stripe_handler_cli.lab.simulator.catalogue import ADD_ON_YEARLY, BASIC, PRO, PRO_YEARLY, SEAT, Price
from stripe_handler_cli.lab.simulator.catalogue import SEAT_WITH_SUPPORT as BETTER_SEAT
from stripe_handler_cli.lab.simulator.state import Customer, Invoice, Item, Line, Subscription
from stripe_handler_cli.lab.simulator.truth.access import Living, access_attributes
from stripe_handler_cli.lab.simulator.truth.settings import Settings
from stripe_handler_cli.lab.simulator.truth.sight import Sight

T0 = 1_700_000_000
END = T0 + 30 * DAY
YEAR = T0 + 365 * DAY
CUSTOMER = Customer("cus_1", T0, 1)


def item(price: Price = PRO, end: int = END, start: int = T0, quantity: int | None = 1) -> Item:
    """One item."""
    return Item(f"si_{price.id}", price, quantity, start, start, end)


def sight(settings: Settings = Settings(), version: ApiVersion = CURRENT, **changes: Any) -> Sight:  # noqa: B008
    """A subscription of one item, unless told otherwise."""
    fields: dict[str, Any] = {
        "id": "sub_1",
        "customer": CUSTOMER,
        "owner": "u",
        "created": T0,
        "status": "active",
        "items": [item()],
        "anchor": T0,
        "flexible": False,
        "changed_plan_at": T0,
    }
    return Sight(Subscription(**fields | changes), version, settings)


def failed(created: int, status: str = "failed") -> PaymentFact:
    """The newest invoice."""
    line = Line("il_1", PRO, 2900, 1, T0, END)
    invoice = Invoice("in_1", 1, CUSTOMER, None, created, "subscription_cycle", (line,), metadata={})
    return PaymentFact("sub_1", status=status, second=created, invoice=invoice)


def until(seen: Sight, payment: PaymentFact | None = None) -> int | None:
    """Until when its first item gives access."""
    return Living(seen, payment).until(seen.state.items[0])


@pytest.mark.parametrize(
    ("changes", "settings", "expected"),
    [
        ({}, {}, END + 72 * HOUR),
        ({}, {"access_renewal_grace_hours": 0}, END),
        ({"status": "trialing"}, {"access_renewal_grace_hours": 5}, END + 5 * HOUR),
        ({"cancel_at": END}, {}, END),
        ({"cancel_at": END - 5}, {}, END - 5),
        ({"cancel_at": YEAR}, {}, END + 72 * HOUR),
        ({"cancel_at_period_end": True}, {}, END),
        ({"cancel_at_period_end": True, "cancel_at": END + 9}, {}, END + 9),
        ({"status": "past_due"}, {}, END + 72 * HOUR),
        ({"status": "past_due"}, {"access_past_due_days": 0}, None),
        ({"status": "past_due"}, {"access_past_due_days": 3}, T0 + 3 * DAY),
        ({"status": "past_due"}, {"access_past_due_days": 400}, END + 72 * HOUR),
        ({"status": "past_due", "cancel_at": T0 + DAY}, {"access_past_due_days": 3}, T0 + DAY),
        ({"status": "active"}, {"access_past_due_days": 0}, END + 72 * HOUR),
        ({"status": "hibernating"}, {}, END),
        ({"status": "hibernating", "cancel_at": END - 1}, {}, END - 1),
        *(({"status": word}, {}, None) for word in ("incomplete", "incomplete_expired", "unpaid", "paused")),
        ({"status": "canceled", "ended_at": T0}, {}, None),
        ({"pause_behavior": "void"}, {}, END + 72 * HOUR),
        ({"pause_behavior": "void"}, {"access_while_collection_paused": False}, None),
        ({"pause_behavior": "void", "status": "past_due"}, {"access_while_collection_paused": False}, None),
    ],
)
def test_a_status_gives_access_until(
    changes: dict[str, Any], settings: dict[str, Any], expected: int | None
) -> None:
    """Each row of the table, with its limits."""
    assert until(sight(Settings(**settings), **changes)) == expected


def test_what_is_past_due_counts_from_its_last_bill() -> None:
    """The latest start of any item's period, or the newest invoice where its payment failed."""
    settings = Settings(access_past_due_days=2)
    late = sight(settings, status="past_due", items=[item(), item(SEAT, start=T0 + 9)])
    assert until(late) == T0 + 9 + 2 * DAY
    assert until(late, failed(T0 + 99)) == T0 + 99 + 2 * DAY
    assert until(late, failed(T0 + 99, "voided")) == T0 + 9 + 2 * DAY


def test_a_version_that_does_not_tell_of_pauses_and_cancellations_gives_access_all_the_same() -> None:
    """Only what is told counts."""
    old = ApiVersion("2018-02-28", "2016")
    seen = sight(Settings(access_while_collection_paused=False), old, pause_behavior="void", cancel_at=T0)
    assert until(seen) == END + 72 * HOUR


def test_items_have_periods_of_their_own() -> None:
    """The latest counts for the whole, each for its product."""
    seen = sight(items=[item(), item(ADD_ON_YEARLY, YEAR)])
    told = access_attributes([Living(seen)], seen)
    assert told["subscriptionAccessUntil"] == iso(YEAR + 72 * HOUR)
    products = told["subscriptionProducts"]
    assert products[PRO.product_id]["accessUntil"] == iso(END + 72 * HOUR)
    assert products[ADD_ON_YEARLY.product_id]["accessUntil"] == iso(YEAR + 72 * HOUR)


def test_a_product_in_two_subscriptions_has_the_latest_time_and_the_better_ones_fields() -> None:
    """Seats are not summed."""
    better = sight(items=[item(quantity=2)])
    other = sight(id="sub_2", status="past_due", items=[item(PRO_YEARLY, YEAR, quantity=7)])
    told = access_attributes([Living(better), Living(other)], better)
    assert told["subscriptionProducts"] == {
        PRO.product_id: {
            "accessUntil": iso(YEAR + 72 * HOUR),
            "status": "active",
            "subscriptionId": "sub_1",
            "priceId": PRO.id,
            "lookupKey": "pro_monthly",
            "quantity": 2,
        }
    }


def test_a_product_that_stands_twice_in_a_subscription_shows_the_first_item() -> None:
    """And the time of the later one."""
    seen = sight(items=[item(BETTER_SEAT, quantity=3), item(SEAT, YEAR)])
    [entry] = access_attributes([Living(seen)], seen)["subscriptionProducts"].values()
    assert (entry["priceId"], entry["quantity"], "lookupKey" in entry) == (BETTER_SEAT.id, 3, False)
    assert entry["accessUntil"] == iso(YEAR + 72 * HOUR)


def test_what_gives_no_access_has_no_products() -> None:
    """One that is unpaid lives, so an ended one beside it does not tell since when."""
    seen = sight(status="unpaid")
    told = access_attributes([Living(seen)], seen)
    assert told == {"subscriptionAccessUntil": None, "subscriptionProducts": None}


def test_where_none_lives_the_end_of_the_primary_is_told() -> None:
    """If it was canceled; one that nobody ever paid gave nothing."""
    ended = sight(status="canceled", ended_at=T0 + 5, items=[item(BASIC)])
    assert access_attributes([], ended) == {"subscriptionAccessUntil": iso(T0 + 5)}
    expired = sight(status="incomplete_expired", ended_at=T0 + 5)
    assert access_attributes([], expired) == {"subscriptionAccessUntil": None}

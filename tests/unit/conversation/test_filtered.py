"""Subscriptions of other apps on the same Stripe account, by the environment's filters."""

from typing import Any

import pytest

from stripe_subscription_handler import Policy, Reason, parse_event
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.view import view
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.selection import Selection
from support import events
from support.model import Tables

T0 = events.T0
OURS = ViewSettings(handled_product_ids=frozenset({"prod_1"}))
LABELLED = ViewSettings(required_metadata={"app": "shop"})
SELECTION = Selection(metadata_keys=("app",), reads_products=True)


def theirs(**changes: Any) -> dict[str, Any]:
    """A subscription to another app's product."""
    item = {"price": {"id": "price_theirs", "product": "prod_theirs"}, "quantity": 1}
    return events.subscription(items={"object": "list", "data": [item]}, **changes)


def bill(product: str | None, **changes: Any) -> dict[str, Any]:
    """An invoice with one line, which tells its product or not."""
    details = {"price_details": {"price": "price_1", "product": product}} if product else None
    lines = {"object": "list", "data": [{"object": "line_item", "pricing": details}], "has_more": False}
    return events.invoice(lines=lines, **changes)


def delivered(*raws: dict[str, Any], shows: ViewSettings = OURS) -> tuple[Tables, list[str]]:
    """The tables after these events, and why each was written or skipped."""
    tables = Tables(policy=Policy(shows=shows))
    return tables, [tables.deliver(parse_event(raw, SELECTION)).reason for raw in raws]


@pytest.mark.parametrize(
    "raw",
    [
        events.created(theirs(user=None)),
        events.updated(theirs(user=None), previous={"status": "incomplete"}),
        events.paid(bill("prod_theirs", user=None)),
    ],
    ids=["created", "updated", "paid"],
)
def test_without_a_user_they_are_skipped_and_do_not_wait(raw: dict[str, Any]) -> None:
    """No alarm tells of them, and the customer's only user does not get them."""
    mine = events.created(events.subscription(id="sub_mine"), event_id="evt_mine")
    tables, reasons = delivered(mine, raw)
    assert reasons == [Reason.FIRST_EVENT, Reason.FILTERED]
    assert tables.parked.get("cus_1", {}) == {}
    assert tables.profiles["user_1"]["subscriptionId"] == "sub_mine"


@pytest.mark.parametrize(
    "raw",
    [
        events.created(events.subscription(user=None)),
        events.updated(theirs(user=None), previous={"items": events.subscription()["items"]}),
        events.paid(bill("prod_1", user=None)),
        events.paid(bill(None, user=None)),
    ],
    ids=["ours", "ours until then", "an invoice for ours", "an invoice that does not tell"],
)
def test_what_is_ours_or_may_be_waits_for_its_user(raw: dict[str, Any]) -> None:
    """It says something of a state that may be shown."""
    tables, reasons = delivered(raw)
    assert reasons == [Reason.PARKED]
    assert len(tables.parked["cus_1"]) == 1


def test_with_a_user_they_are_kept_and_never_shown() -> None:
    """Neither as the primary subscription nor as a product, nor do their invoices."""
    tables, reasons = delivered(events.created(theirs()), events.paid(bill("prod_theirs"), event_id="evt_2"))
    assert reasons == [Reason.FIRST_EVENT, Reason.RECOMPUTED]
    item = tables.profiles["user_1"]
    assert "stripeLedger_sub_1" in item
    assert "stripeLedgerLive" not in item
    assert [name for name in item if not name.startswith("stripeLedger")] == []


def test_an_older_state_that_was_ours_does_not_show_later() -> None:
    """The subscription became another app's, and the event of before is delivered after that."""
    ours = events.created(events.subscription(), event_id="evt_1")
    moved = events.updated(
        theirs(), event_id="evt_2", created=T0 + 5, previous={"items": ours["data"]["object"]["items"]}
    )
    for order in ([ours, moved], [moved, ours]):
        item = delivered(*order)[0].profiles["user_1"]
        assert "subscriptionId" not in item
        assert "subscriptionAccessUntil" not in item


def test_required_metadata_decides_like_a_product() -> None:
    """The value must be exactly the one that is asked for."""
    for value, is_ours in (("shop", True), ("Shop", False), (None, False)):
        body = events.subscription(metadata={"userId": "user_1", "app": value})
        item = delivered(events.created(body), shows=LABELLED)[0].profiles["user_1"]
        assert ("subscriptionId" in item) is is_ours


def test_another_apps_subscription_beside_ours_leaves_ours_alone() -> None:
    """Whatever its status: ours stays the primary one, and its end is shown as the end."""
    ours = events.created(events.subscription(id="sub_a"), event_id="evt_1")
    other = events.created(theirs(id="sub_b", created=T0 + 9), event_id="evt_2", created=T0 + 9)
    ended = events.subscription(id="sub_a", status="canceled", ended_at=T0 + 99)
    tables, _ = delivered(ours, other)
    assert tables.profiles["user_1"]["subscriptionId"] == "sub_a"
    assert set(tables.profiles["user_1"]["subscriptionProducts"]) == {"prod_1"}
    tables, _ = delivered(ours, other, events.deleted(ended, event_id="evt_3", created=T0 + 99))
    item = tables.profiles["user_1"]
    assert (item["subscriptionId"], item["subscriptionStatus"]) == ("sub_a", "canceled")
    assert "subscriptionProducts" not in item


def test_of_the_ended_ones_of_other_apps_the_best_is_kept() -> None:
    """So that a filter that was wrong can be corrected, and the profile shows it."""
    bodies = {n: theirs(id=f"sub_{n}", status="canceled", ended_at=T0 + n) for n in (1, 2)}
    ended = (events.deleted(one, event_id=f"evt_{n}", created=T0 + n) for n, one in bodies.items())
    item = delivered(*ended)[0].profiles["user_1"]
    assert item["stripeLedgerOthers"] == {"sub_2"}
    assert view(Ledger.from_item(item), ViewSettings())["subscriptionId"] == "sub_2"

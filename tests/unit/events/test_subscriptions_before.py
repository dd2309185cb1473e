"""The state before an update, rebuilt from `previous_attributes`.

Stripe's rule: an attribute that changed stands there with its old value; of a hash only the changed keys
(since API version 2015-01-26), a list as a whole (since 2017-05-25); null means that it was not set.
"""

from typing import Any

import attrs
import pytest

from stripe_subscription_handler import InvalidEventError, Subscription, parse_event
from stripe_subscription_handler.events.subscription_items import SubscriptionItem
from support import events
from support.fixtures import MISSING, changed

T0 = events.T0
MONTH, MONTH_TEXT = events.T0 + 2_592_000, "2025-12-22T08:26:40Z"
TWO_MONTHS, TWO_MONTHS_TEXT = events.T0 + 5_184_000, "2026-01-21T08:26:40Z"
YEAR, YEAR_TEXT = events.T0 + 31_536_000, "2026-11-22T08:26:40Z"


def item(
    identifier: str = "si_1", *, price: str = "price_basic", product: str = "prod_1", **changes: Any
) -> Any:
    """A subscription item as Stripe lists it, whole."""
    return {
        "id": identifier,
        "object": "subscription_item",
        "price": {"id": price, "object": "price", "product": product},
        "quantity": 1,
        "current_period_start": T0,
        "current_period_end": MONTH,
        **changes,
    }


def items(*elements: Any) -> dict[str, Any]:
    """A Stripe list of items."""
    return {"object": "list", "data": list(elements), "has_more": False}


def difference(body: dict[str, Any], previous: dict[str, Any]) -> dict[str, Any]:
    """What `before` says differently from the state after the update."""
    event = parse_event(events.updated(body, previous=previous))
    assert event.subscription is not None
    assert event.before is not None
    now, before = flat(event.subscription), flat(event.before)
    return {name: value for name, value in before.items() if value != now[name]}


def flat(subscription: Subscription) -> dict[str, Any]:
    """The fields of a subscription and of its first item; further items have a test of their own."""
    fields = attrs.asdict(subscription, filter=attrs.filters.exclude("items", "latest_period_start"))
    first = subscription.items[0]
    return fields | {name: getattr(first, name) for name in ("price_id", "product_id", "quantity")}


def test_every_item_before_is_one_of_the_listed_ones() -> None:
    """Not only the first one: a seat that is taken out was there."""
    now = items(item(current_period_start=MONTH, current_period_end=TWO_MONTHS))
    old = [item(), item("si_2", price="price_seat", product="prod_seat", quantity=4)]
    event = parse_event(events.updated(events.subscription(items=now), previous={"items": {"data": old}}))
    assert event.before is not None
    assert event.before.items == (
        SubscriptionItem("prod_1", "price_basic", quantity=1),
        SubscriptionItem("prod_seat", "price_seat", quantity=4),
    )
    assert event.before.latest_period_start == "2025-11-22T08:26:40Z"


@pytest.mark.parametrize(
    ("changes", "previous", "expected"),
    [
        ({"status": "active"}, {"status": "incomplete"}, {"status": "incomplete"}),
        ({"trial_end": MONTH}, {"trial_end": None}, {"trial_end": None}),
        ({"trial_end": None}, {"trial_end": MONTH}, {"trial_end": MONTH_TEXT}),
        ({"trial_end": MONTH}, {"trial_end": YEAR}, {"trial_end": YEAR_TEXT}),
        ({"cancel_at": YEAR}, {"cancel_at": None}, {"cancel_at": None}),
        ({"cancel_at": None}, {"cancel_at": YEAR}, {"cancel_at": YEAR_TEXT}),
        ({"canceled_at": None}, {"canceled_at": MONTH}, {"canceled_at": MONTH_TEXT}),
        ({"cancel_at_period_end": True}, {"cancel_at_period_end": False}, {"cancel_at_period_end": False}),
        ({}, {"latest_invoice": "in_0", "default_payment_method": None}, {}),
    ],
    ids=repr,
)
def test_a_plain_attribute_has_its_old_value(
    changes: dict[str, Any], previous: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Everything that is not listed was the same before."""
    assert difference(events.subscription(**changes), previous) == expected


def test_a_portal_cancel_and_its_undoing_are_each_other_s_reverse() -> None:
    """Where `cancel_at` is the period's end, setting it also changes what we call cancelling at its end."""
    cancelled = events.subscription(cancel_at=MONTH, canceled_at=T0)
    running = events.subscription()
    assert difference(cancelled, {"cancel_at": None, "canceled_at": None}) == {
        "cancel_at": None,
        "canceled_at": None,
        "cancel_at_period_end": False,
    }
    assert difference(running, {"cancel_at": MONTH, "canceled_at": T0}) == {
        "cancel_at": MONTH_TEXT,
        "canceled_at": "2025-11-22T08:26:40Z",
        "cancel_at_period_end": True,
    }


def test_moving_the_period_changes_what_cancelling_at_its_end_means() -> None:
    """The derived flag is derived for the state before as well."""
    body = events.subscription(items=items(item(current_period_end=YEAR)), cancel_at=MONTH)
    assert difference(body, {"items": {"data": [item()]}}) == {
        "current_period_end": MONTH_TEXT,
        "cancel_at_period_end": True,
    }


@pytest.mark.parametrize(
    ("now", "old", "expected"),
    [
        pytest.param(
            [item(price="price_pro")],
            [item()],
            {"price_id": "price_basic"},
            id="price swapped inside the product",
        ),
        pytest.param(
            [item(price="price_pro", product="prod_2")],
            [item()],
            {"price_id": "price_basic", "product_id": "prod_1"},
            id="price and product swapped",
        ),
        pytest.param([item(quantity=5)], [item(quantity=2)], {"quantity": 2}, id="quantity"),
        pytest.param(
            [item(current_period_start=MONTH, current_period_end=TWO_MONTHS)],
            [item()],
            {"current_period_start": "2025-11-22T08:26:40Z", "current_period_end": MONTH_TEXT},
            id="item renewed",
        ),
        pytest.param(
            [
                item(current_period_start=MONTH, current_period_end=TWO_MONTHS),
                item("si_2", current_period_end=YEAR),
            ],
            [item(), item("si_2", current_period_end=YEAR)],
            {},
            id="one of two renewed, the later end stays",
        ),
        pytest.param(
            [item(), item("si_2", price="price_seat", current_period_end=YEAR)],
            [item()],
            {"current_period_end": MONTH_TEXT},
            id="item added, with a later end",
        ),
        pytest.param([item(), item("si_2", price="price_seat")], [item()], {}, id="item added"),
        pytest.param(
            [item("si_2", price="price_seat", quantity=4)],
            [item(), item("si_2", price="price_seat", quantity=4)],
            {"price_id": "price_basic", "quantity": 1},
            id="first item removed",
        ),
        pytest.param(
            [item()],
            [item(), item("si_2", current_period_end=YEAR)],
            {"current_period_end": YEAR_TEXT},
            id="second item removed, with a later end",
        ),
        pytest.param(
            [item("si_9", price="price_pro")],
            [item()],
            {"price_id": "price_basic"},
            id="item replaced by another one",
        ),
        pytest.param(
            [item("si_2", price="price_seat", quantity=4), item()],
            [item(), item("si_2", price="price_seat", quantity=4)],
            {"price_id": "price_basic", "quantity": 1},
            id="order changed",
        ),
        pytest.param(
            [item()],
            [],
            {
                "price_id": None,
                "product_id": None,
                "quantity": None,
                "current_period_start": None,
                "current_period_end": None,
            },
            id="there were no items",
        ),
        pytest.param(
            [item(quantity=5)], [{"quantity": 2}], {"quantity": 2}, id="until 2017-04-06: changed keys only"
        ),
        pytest.param(
            [item(price="price_pro")],
            [{"id": "si_1", "price": {"id": "price_basic"}}],
            {"price_id": "price_basic"},
            id="until 2017-04-06: changed keys of a nested hash",
        ),
    ],
)
def test_the_items_before_are_the_listed_ones(
    now: list[Any], old: list[Any], expected: dict[str, Any]
) -> None:
    """The old list replaces the new one, element by element."""
    assert difference(events.subscription(items=items(*now)), {"items": {"data": old}}) == expected


def test_other_keys_of_the_list_leave_the_items_alone() -> None:
    """`total_count` or `url` may stand there without `data`."""
    assert difference(events.subscription(), {"items": {"total_count": 2, "url": "/v1/other"}}) == {}


@pytest.mark.parametrize("old", [None, MISSING])
def test_a_metered_item_had_no_quantity(old: Any) -> None:
    """An old element is whole, so nothing of the new one shows through where it lacks a key."""
    before = changed(item(price="price_metered"), "quantity", old)
    got = difference(events.subscription(items=items(item(quantity=5))), {"items": {"data": [before]}})
    assert got == {"price_id": "price_metered", "quantity": None}


GOLD = {"id": "gold", "object": "plan", "amount": 2000, "name": "Gold"}
SILVER = {"id": "silver", "object": "plan", "amount": 1000, "name": "Silver"}


@pytest.mark.parametrize(
    ("plan", "old", "expected"),
    [
        pytest.param(GOLD, SILVER, {"price_id": "silver"}, id="until 2014: the whole old plan"),
        pytest.param(
            GOLD,
            {"id": "silver", "amount": 1000, "name": "Silver"},
            {"price_id": "silver"},
            id="since 2015: the changed keys",
        ),
        pytest.param(
            {**GOLD, "product": "prod_1"},
            {"id": "silver", "amount": 1000},
            {"price_id": "silver"},
            id="the product was the same",
        ),
        pytest.param(
            {**GOLD, "product": "prod_1"},
            {"id": "silver", "product": "prod_0"},
            {"price_id": "silver", "product_id": "prod_0"},
            id="another product",
        ),
        pytest.param(GOLD, None, {"price_id": None}, id="there was no plan"),
        pytest.param(None, SILVER, {"price_id": "silver"}, id="there is no plan any more"),
        pytest.param(GOLD, {"name": "Old Gold"}, {}, id="the plan was only renamed"),
    ],
)
def test_the_plan_of_an_old_shape_has_its_old_values(plan: Any, old: Any, expected: dict[str, Any]) -> None:
    """A plan-only subscription, in both styles of `previous_attributes`."""
    assert difference(events.subscription(items=None, plan=plan), {"plan": old}) == expected


def test_an_old_shape_s_own_quantity_and_period_have_their_old_values() -> None:
    """The subscription's own fields, where it has no items."""
    body = events.subscription(
        items=None, plan=GOLD, quantity=3, current_period_start=MONTH, current_period_end=TWO_MONTHS
    )
    body["quantity"] = 3
    assert difference(body, {"quantity": 1, "current_period_start": T0, "current_period_end": MONTH}) == {
        "quantity": 1,
        "current_period_start": "2025-11-22T08:26:40Z",
        "current_period_end": MONTH_TEXT,
    }


@pytest.mark.parametrize(
    ("now", "old", "expected"),
    [
        ({"userId": "new"}, {"userId": "old"}, {"user_id": "old"}),
        ({"userId": "new"}, {"userId": None}, {"user_id": None}),
        ({"userId": "new"}, {"userId": ""}, {"user_id": None}),
        ({}, {"userId": "old"}, {"user_id": "old"}),
        (None, {"userId": "old"}, {"user_id": "old"}),
        ({"userId": "new", "team": "blue"}, {"team": None, "gone": "value"}, {}),
        ({"userId": "new"}, None, {"user_id": None}),
        ({"userId": "new"}, {}, {}),
        ({"userId": "user", "id": "new"}, {"id": "old"}, {}),
        ({"userId": "user", "object": "new"}, {"object": "old"}, {}),
    ],
    ids=repr,
)
def test_metadata_holds_only_its_changed_keys(now: Any, old: Any, expected: dict[str, Any]) -> None:
    """A null is a key that was not set; one that is not listed was the same, whatever the keys are called."""
    assert difference(events.subscription(metadata=now), {"metadata": old}) == expected


@pytest.mark.parametrize("previous", [MISSING, None, {}])
def test_without_previous_attributes_nothing_is_known_of_before(previous: Any) -> None:
    """Missing, null and empty all tell nothing."""
    event = changed(events.updated(events.subscription()), "data.previous_attributes", previous)
    assert parse_event(event).before is None


@pytest.mark.parametrize("event_type", ["customer.subscription.created", "customer.subscription.deleted"])
def test_only_updates_have_a_state_before(event_type: str) -> None:
    """A creation has none, and a deletion needs none: it beats everything."""
    event = events.event(event_type, events.subscription(), previous={"status": "incomplete"})
    assert parse_event(event).before is None


def test_the_state_after_is_not_touched() -> None:
    """Reading the past changes neither the present nor the raw event."""
    body = events.subscription(items=items(item(quantity=5)), metadata={"userId": "new"})
    raw = events.updated(body, previous={"items": {"data": [item(quantity=2)]}, "metadata": {"userId": None}})
    alone = parse_event(events.updated(body)).subscription
    again = parse_event(raw)
    assert isinstance(alone, Subscription)
    assert again.subscription == alone
    assert parse_event(raw) == again


def test_two_updates_in_a_row_meet() -> None:
    """The state before the second update is the state after the first: what ties are settled by."""
    first = events.updated(events.subscription(), previous={"status": "incomplete"})
    second = events.updated(
        events.subscription(quantity=4), previous={"items": {"data": [item()]}, "latest_invoice": "in_1"}
    )
    assert parse_event(second).before == parse_event(first).subscription


@pytest.mark.parametrize(
    ("previous", "field"),
    [
        ({"status": 7}, "status"),
        ({"status": None}, "status"),
        ({"customer": []}, "customer"),
        ({"created": "yesterday"}, "created"),
        ({"trial_end": "yesterday"}, "trial_end"),
        ({"cancel_at": True}, "cancel_at"),
        ({"cancel_at_period_end": 1}, "cancel_at_period_end"),
        ({"metadata": [1]}, "metadata"),
        ({"metadata": {"userId": 7}}, "metadata.userId"),
        ({"items": [1]}, "items"),
        ({"items": {"data": {}}}, "items.data"),
        ({"items": {"data": ["si_1"]}}, "items.data[0]"),
        ({"items": {"data": [item(quantity="2")]}}, "items.data[0].quantity"),
        ({"items": {"data": [item(price=7)]}}, "items.data[0].price.id"),
        (
            {"items": {"data": [item(), item("si_2", current_period_end="x")]}},
            "items.data[1].current_period_end",
        ),
    ],
    ids=repr,
)
def test_a_malformed_old_value_is_named(previous: dict[str, Any], field: str) -> None:
    """The path leads into `previous_attributes`."""
    with pytest.raises(InvalidEventError) as caught:
        parse_event(events.updated(events.subscription(), previous=previous))
    assert caught.value.field == f"event.data.previous_attributes.{field}"


@pytest.mark.parametrize("identifier", [[], {}, None, 7])
def test_an_item_s_id_of_any_type_is_no_reason_to_fail_otherwise(identifier: Any) -> None:
    """Item ids are only used to find an old item's present; a broken one finds none."""
    odd = changed(item(), "id", identifier)
    for now, old in ((odd, item(quantity=2)), (item(), odd), (odd, odd)):
        event = events.updated(events.subscription(items=items(now)), previous={"items": {"data": [old]}})
        assert parse_event(event).before is not None


def nested(levels: int) -> dict[str, Any]:
    """An object inside an object, so many times."""
    found: dict[str, Any] = {"x": 1}
    for _ in range(levels - 1):
        found = {"x": found}
    return found


@pytest.mark.parametrize("levels", [50, 5_000])
def test_old_values_nested_without_end_are_refused(levels: int) -> None:
    """They are laid over the object level by level; an error of ours, and not Python's, names the field."""
    body = events.subscription(deep=nested(levels))
    with pytest.raises(InvalidEventError, match=r"^event.data.previous_attributes: must not be nested"):
        parse_event(events.updated(body, previous={"deep": nested(levels)}))
    assert difference(events.subscription(deep=nested(49)), {"deep": nested(49)}) == {}

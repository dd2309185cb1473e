"""A Stripe subscription of any shape becomes one `Subscription`, or an error that names the field."""

from typing import Any

import pytest

from stripe_subscription_handler import InvalidEventError, Subscription, parse_event
from stripe_subscription_handler.events.selection import Selection
from stripe_subscription_handler.events.subscription_items import SubscriptionItem
from support import events
from support.fixtures import MISSING, changed

SECRET = "a-secret-value"  # noqa: S105 - stands for personal data in the tables below
T0, T0_TEXT = events.T0, "2025-11-22T08:26:40Z"
MONTH, MONTH_TEXT = events.T0 + 2_592_000, "2025-12-22T08:26:40Z"
YEAR, YEAR_TEXT = events.T0 + 31_536_000, "2026-11-22T08:26:40Z"
ITEM = "items.data[0]"


def read(*changes: tuple[str, Any], event_type: str = "customer.subscription.created") -> Subscription:
    """The subscription of an event whose object was changed."""
    body = events.subscription()
    for path, value in changes:
        body = changed(body, path, value)
    subscription = parse_event(events.event(event_type, body)).subscription
    assert subscription is not None
    return subscription


def field_of(*changes: tuple[str, Any]) -> str:
    """The field, inside the object, that the error names; it never shows a value."""
    with pytest.raises(InvalidEventError) as caught:
        read(*changes)
    assert SECRET not in str(caught.value)
    return caught.value.field.removeprefix("event.data.object.")


REQUIRED_TEXT = (MISSING, None, "", 7, True, [SECRET], {"id": SECRET})
NOT_A_TIME = (True, 1.5, -1, 10**12, SECRET, "1763800000", [SECRET], {"at": SECRET})
NOT_AN_INTEGER = (True, 1.5, "1", SECRET, [1], {"n": 1})
NOT_A_BOOLEAN = (0, 1, "true", SECRET, [True], {})
NOT_AN_OBJECT = (7, True, SECRET, [SECRET])
NOT_A_REFERENCE = (7, True, "", [SECRET])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("id", value) for value in REQUIRED_TEXT],
        *[("status", value) for value in REQUIRED_TEXT],
        *[("customer", value) for value in (MISSING, None, *NOT_A_REFERENCE)],
        *[("created", value) for value in NOT_A_TIME],
        *[("ended_at", value) for value in NOT_A_TIME],
        *[("trial_end", value) for value in NOT_A_TIME],
        *[("cancel_at", value) for value in NOT_A_TIME],
        *[("canceled_at", value) for value in NOT_A_TIME],
        *[("current_period_end", value) for value in NOT_A_TIME],
        *[("cancel_at_period_end", value) for value in NOT_A_BOOLEAN],
        *[("metadata", value) for value in NOT_AN_OBJECT],
        *[("pause_collection", value) for value in NOT_AN_OBJECT],
        *[("items.has_more", value) for value in NOT_A_BOOLEAN],
        *[("metadata.userId", value) for value in (7, True, [SECRET], {"id": SECRET})],
        *[("items", value) for value in NOT_AN_OBJECT],
        *[("items.data", value) for value in (7, True, SECRET, {"id": SECRET})],
        *[(ITEM, value) for value in (7, True, SECRET, [SECRET], None)],
        *[(f"{ITEM}.price", value) for value in NOT_A_REFERENCE],
        *[(f"{ITEM}.price.id", value) for value in REQUIRED_TEXT],
        *[(f"{ITEM}.price.product", value) for value in NOT_A_REFERENCE],
        *[(f"{ITEM}.price.product.id", value) for value in (7, True, "", [SECRET])],
        *[(f"{ITEM}.quantity", value) for value in NOT_AN_INTEGER],
        *[(f"{ITEM}.current_period_end", value) for value in NOT_A_TIME],
        *[(f"{ITEM}.current_period_start", value) for value in NOT_A_TIME],
    ],
    ids=repr,
)
def test_a_malformed_field_is_named(field: str, value: Any) -> None:
    """Missing or of the wrong type: the path is exact, down to the element and the expanded object."""
    if field.endswith("product.id"):
        field, value = "items.data[0].price.product.id", {"id": value}
        assert field_of((f"{ITEM}.price.product", value)) == field
    else:
        assert field_of((field, value)) == field


def test_the_malformed_element_of_several_is_named() -> None:
    """The index counts from zero, over all items."""
    second = [("items.data", [{"price": "price_1"}, {"current_period_end": SECRET}])]
    assert field_of(*second) == "items.data[1].current_period_end"
    assert field_of(("items.data", [{"price": "price_1"}, SECRET])) == "items.data[1]"


@pytest.mark.parametrize("value", NOT_A_REFERENCE)
def test_a_malformed_plan_is_named_where_it_is_read(value: Any) -> None:
    """Of the item where it has no price, of the subscription where there are no items."""
    assert field_of((f"{ITEM}.price", MISSING), (f"{ITEM}.plan", value)) == f"{ITEM}.plan"
    assert field_of(("items", MISSING), ("plan", value)) == "plan"
    assert field_of(("items", MISSING), ("plan", {"id": "gold", "product": value})) == "plan.product"
    assert field_of(("items", MISSING), ("plan", {})) == "plan.id"


@pytest.mark.parametrize("value", NOT_A_TIME)
def test_a_malformed_time_of_the_subscription_s_own_period_is_named(value: Any) -> None:
    """The start too, where the subscription has a period of its own."""
    own = ("current_period_end", MONTH)
    assert field_of(own, ("current_period_start", value)) == "current_period_start"


def test_a_subscription_has_some_time_of_creation() -> None:
    """Without `created`, `start_date` and `start`, the error names the one that Stripe documents today."""
    assert field_of(("created", MISSING)) == "created"
    assert field_of(("created", None), ("start_date", None), ("start", None)) == "created"
    assert field_of(("created", MISSING), ("start_date", SECRET)) == "start_date"
    assert field_of(("created", MISSING), ("start", SECRET)) == "start"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("created", T0), ("start_date", YEAR), ("start", YEAR)], T0_TEXT),
        ([("created", MISSING), ("start_date", MONTH), ("start", YEAR)], MONTH_TEXT),
        ([("created", None), ("start_date", None), ("start", YEAR)], YEAR_TEXT),
    ],
)
def test_creation_is_read_from_the_best_field(changes: list[tuple[str, Any]], expected: str) -> None:
    """`created`, else `start_date`, else `start`."""
    assert read(*changes).created == expected


def test_today_s_shape_is_read_whole() -> None:
    """Every field of the normalised subscription, at once."""
    assert read() == Subscription(
        id="sub_1",
        customer_id="cus_1",
        status="active",
        user_id="user_1",
        created=T0_TEXT,
        ended=None,
        items=(SubscriptionItem("prod_1", "price_basic", quantity=1),),
        current_period_start=T0_TEXT,
        current_period_end=MONTH_TEXT,
        latest_period_start=T0_TEXT,
        trial_end=None,
        cancel_at=None,
        canceled_at=None,
        cancel_at_period_end=False,
    )


def test_only_id_customer_status_and_creation_are_needed() -> None:
    """Everything else may be missing, as it is in some shape or other."""
    body = {"id": "sub_1", "customer": "cus_1", "status": "active", "created": T0}
    read_back = parse_event(events.created(body)).subscription
    assert read_back is not None
    assert read_back.cancel_at_period_end is False
    assert read_back.items == (SubscriptionItem(),)
    optional = ("user_id", "ended", "current_period_start", "pause_collection", "own")
    assert [getattr(read_back, name) for name in optional] == [None] * len(optional)


@pytest.mark.parametrize(
    ("changes", "price", "product"),
    [
        ([(f"{ITEM}.price", "price_id_only")], "price_id_only", None),
        ([(f"{ITEM}.price.product", {"id": "prod_2", "object": "product"})], "price_basic", "prod_2"),
        ([(f"{ITEM}.price.product", {"id": "prod_2", "deleted": True})], "price_basic", "prod_2"),
        ([(f"{ITEM}.price.product", None)], "price_basic", None),
        ([(f"{ITEM}.plan", {"id": "old", "product": "prod_old"})], "price_basic", "prod_1"),
        (
            [(f"{ITEM}.price", None), (f"{ITEM}.plan", {"id": "old", "product": "prod_old"})],
            "old",
            "prod_old",
        ),
        ([(f"{ITEM}.price", None), ("plan", {"id": "own", "product": "prod_own"})], "own", "prod_own"),
        ([("items", None), ("plan", {"id": "own"})], "own", None),
        ([("items.data", []), ("plan", "own")], "own", None),
        ([("items", None), ("plan", None)], None, None),
    ],
    ids=repr,
)
def test_the_price_is_the_first_item_s_else_the_plan(
    changes: list[tuple[str, Any]], price: str | None, product: str | None
) -> None:
    """Price of the first item, its plan, the subscription's plan: the first one there, with its product."""
    item = read(*changes).items[0]
    assert (item.price_id, item.product_id) == (price, product)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([(f"{ITEM}.quantity", 5), ("quantity", 9)], 5),
        ([(f"{ITEM}.quantity", 0)], 0),
        ([(f"{ITEM}.quantity", None), ("quantity", 9)], 9),
        ([(f"{ITEM}.quantity", MISSING), ("quantity", None)], None),
        ([("items", None), ("quantity", 9)], 9),
        ([("items.data", [{"price": "metered"}, {"price": "seats", "quantity": 3}]), ("quantity", 9)], None),
    ],
    ids=repr,
)
def test_the_quantity_is_the_first_item_s(changes: list[tuple[str, Any]], expected: int | None) -> None:
    """The subscription's own quantity stands in only where there is at most one item."""
    assert read(*changes).items[0].quantity == expected


def periods(*ends: tuple[int | None, int | None]) -> list[dict[str, Any]]:
    """Items with the given periods."""
    return [{"price": "p", "current_period_start": start, "current_period_end": end} for start, end in ends]


@pytest.mark.parametrize(
    ("changes", "start", "end"),
    [
        ([("items.data", periods((T0, MONTH), (T0 + 7, YEAR)))], "2025-11-22T08:26:47Z", YEAR_TEXT),
        ([("items.data", periods((T0, YEAR), (T0 + 7, MONTH)))], T0_TEXT, YEAR_TEXT),
        ([("items.data", periods((T0, MONTH), (T0 + 7, MONTH)))], T0_TEXT, MONTH_TEXT),
        ([("items.data", periods((None, None), (T0, MONTH)))], T0_TEXT, MONTH_TEXT),
        ([("items.data", periods((None, MONTH)))], None, MONTH_TEXT),
        ([("items.data", periods((T0, None)))], None, None),
        ([("current_period_start", T0), ("current_period_end", YEAR)], T0_TEXT, YEAR_TEXT),
        ([("current_period_end", YEAR)], None, YEAR_TEXT),
        ([("items", None)], None, None),
    ],
    ids=repr,
)
def test_the_period_is_the_subscription_s_own_else_the_latest(
    changes: list[tuple[str, Any]], start: str | None, end: str | None
) -> None:
    """Start and end are always of one and the same period; the latest end over the items wins."""
    subscription = read(*changes)
    assert (subscription.current_period_start, subscription.current_period_end) == (start, end)


def test_every_item_is_read_and_a_deleted_one_is_none() -> None:
    """Product, price, lookup key, quantity, whether it is metered, and its period where that is its own."""
    seat = {"id": "price_seat", "object": "price", "product": "prod_seat", "lookup_key": "seat"}
    usage = {
        "id": "price_usage",
        "object": "price",
        "product": "prod_usage",
        "recurring": {"usage_type": "metered"},
    }
    data = [
        {"price": seat, "quantity": 3, "current_period_start": T0, "current_period_end": MONTH},
        {"price": usage, "current_period_start": T0 + 7, "current_period_end": YEAR},
        {"price": seat, "quantity": 9, "deleted": True, "current_period_end": 2 * YEAR},
        {"plan": {"id": "old", "product": "prod_old", "usage_type": "metered"}, "current_period_end": YEAR},
    ]
    subscription = read(("items.data", data))
    assert subscription.items == (
        SubscriptionItem("prod_seat", "price_seat", "seat", 3, period_end=MONTH_TEXT),
        SubscriptionItem("prod_usage", "price_usage", metered=True),
        SubscriptionItem("prod_old", "old", metered=True),
    )
    assert subscription.current_period_end == YEAR_TEXT
    assert subscription.latest_period_start == "2025-11-22T08:26:47Z"


def test_where_every_item_is_deleted_there_is_none() -> None:
    """Not even the plan that the subscription itself may still name."""
    assert read(("items.data", [{"price": "p", "deleted": True}]), ("plan", "own")).items == ()


def test_items_that_stripe_did_not_embed_are_said_to_be_missing() -> None:
    """Whoever has a key can fetch them."""
    assert read(("items.has_more", True)).incomplete == ("items",)
    assert read(("items.has_more", False)).incomplete == ()


@pytest.mark.parametrize(
    ("pause", "behavior", "resumes"),
    [
        (None, None, None),
        (MISSING, None, None),
        ([], None, None),
        ({"behavior": "void", "resumes_at": None}, "void", None),
        ({"behavior": "keep_as_draft", "resumes_at": MONTH}, "keep_as_draft", MONTH_TEXT),
    ],
)
def test_a_paused_collection_is_stripe_s_word_for_it(
    pause: Any, behavior: str | None, resumes: str | None
) -> None:
    """With the time at which it goes on, where one is set. PHP writes an empty object as a list."""
    subscription = read(("pause_collection", pause))
    assert (subscription.pause_collection, subscription.pause_resumes_at) == (behavior, resumes)


@pytest.mark.parametrize(
    ("pause", "field"),
    [({"behavior": 7}, "behavior"), ({"behavior": "void", "resumes_at": "x"}, "resumes_at")],
)
def test_a_malformed_pause_is_named(pause: Any, field: str) -> None:
    """The path leads into it."""
    assert field_of(("pause_collection", pause)) == f"pause_collection.{field}"


def test_metadata_is_kept_as_far_as_it_is_asked_for() -> None:
    """The values of the keys that the settings name, and nothing else."""
    body = events.subscription(metadata={"userId": "user_1", "app": "shop", "secret": SECRET})
    subscription = parse_event(events.created(body), Selection(metadata_keys=("app", "stage"))).subscription
    assert subscription is not None
    assert subscription.metadata == (("app", "shop"), ("stage", None))


@pytest.mark.parametrize(
    ("cancel_at", "flag", "expected"),
    [
        (None, False, False),
        (None, None, False),
        (None, MISSING, False),
        (None, True, True),
        (MONTH, False, True),
        (MONTH, MISSING, True),
        (MONTH, True, True),
        (MONTH + 1, False, False),
        (YEAR, False, False),
        (YEAR, True, True),
    ],
)
def test_cancelling_at_the_period_s_end_has_two_spellings(cancel_at: Any, flag: Any, expected: bool) -> None:  # noqa: FBT001
    """The flag, or a `cancel_at` that is exactly the period's end."""
    subscription = read(("cancel_at", cancel_at), ("cancel_at_period_end", flag))
    assert subscription.cancel_at_period_end is expected


def test_no_period_and_no_cancellation_are_not_the_same_date() -> None:
    """Where both are absent, nothing will be cancelled."""
    assert read(("items", None), ("cancel_at", None)).cancel_at_period_end is False


@pytest.mark.parametrize("status", ["active", "paused", "a_future_word", "A Word With Blanks"])
def test_a_status_is_stripe_s_own_word(status: str) -> None:
    """Unknown words are kept as they are."""
    subscription = read(("status", status))
    assert (subscription.status, subscription.is_terminal) == (status, False)


def test_a_deleted_subscription_is_canceled() -> None:
    """Whatever status the deleted event shows, and it ended when Stripe says, else when it was cancelled."""
    deleted = "customer.subscription.deleted"
    assert read(("status", "active"), event_type=deleted).status == "canceled"
    assert read(("status", "incomplete_expired"), event_type=deleted).status == "incomplete_expired"
    ended = [("ended_at", MONTH), ("canceled_at", T0 + 60)]
    assert read(*ended, event_type=deleted).ended == MONTH_TEXT
    assert read(ended[1], event_type=deleted).ended == "2025-11-22T08:27:40Z"
    assert read(event_type=deleted).ended == T0_TEXT


@pytest.mark.parametrize("status", ["canceled", "incomplete_expired"])
def test_a_terminal_status_has_an_end_in_any_event(status: str) -> None:
    """An update into a terminal status ends the subscription too."""
    subscription = read(("status", status), event_type="customer.subscription.updated")
    assert (subscription.is_terminal, subscription.ended) == (True, T0_TEXT)


@pytest.mark.parametrize(
    "customer",
    [
        {"id": "cus_9", "object": "customer", "email": "customer@example.com"},
        {"id": "cus_9", "object": "customer", "deleted": True},
        "cus_9",
    ],
)
def test_the_customer_may_be_expanded_or_deleted(customer: Any) -> None:
    """Only its id is kept."""
    assert read(("customer", customer)).customer_id == "cus_9"

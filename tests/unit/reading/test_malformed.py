"""An item that the app has written wrongly is told by the attribute's name, and only where that matters."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from stripe_subscription_handler.reading import MalformedProfileError, Profile
from support.profile_items import A_MOMENT, ANSWERS, register

PRODUCT = {
    "accessUntil": "2026-12-01T00:00:00Z",
    "status": "active",
    "subscriptionId": "sub_1",
    "priceId": "price_1",
}
LEDGER = {"stripeLedgerLive": {"sub_1"}}
REGISTER = "stripeLedger_sub_1"


def live(**fields: Any) -> dict[str, Any]:
    """An item with one live subscription."""
    return LEDGER | {REGISTER: register(**fields)}


@pytest.mark.parametrize(
    ("ask", "item", "message"),
    [
        (
            "has_access",
            {"subscriptionAccessUntil": 1796083200},
            "subscriptionAccessUntil: must be text, is a number",
        ),
        (
            "has_access",
            {"subscriptionAccessUntil": "tomorrow"},
            "subscriptionAccessUntil: must be an ISO-8601 time such as 2026-11-30T18:00:00Z",
        ),
        (
            "has_access",
            {"subscriptionAccessUntil": "2026-12-01T00:00:00"},
            "subscriptionAccessUntil: must be an ISO-8601 time such as 2026-11-30T18:00:00Z",
        ),
        (
            "has_access",
            {"subscriptionAccessUntil": "9999-12-31T23:59:59-05:00"},
            "subscriptionAccessUntil: must be an ISO-8601 time such as 2026-11-30T18:00:00Z",
        ),
        (
            "has_access",
            {"PK": "USER#u1", "subscriptionAccessUntil": {"S": "2026-12-01T00:00:00Z"}},
            "subscriptionAccessUntil: must be text, is a map",
        ),
        ("status", {"subscriptionStatus": True}, "subscriptionStatus: must be text, is true or false"),
        ("status", {"subscriptionStatus": b"active"}, "subscriptionStatus: must be text, is bytes"),
        ("products", {"subscriptionProducts": ["a"]}, "subscriptionProducts: must be a map, is a list"),
        ("products", {"subscriptionProducts": {"b": "x"}}, "subscriptionProducts.b: must be a map, is text"),
        ("has_product", {"subscriptionProducts": {"a": None}}, "subscriptionProducts.a: is missing"),
        (
            "quantity",
            {"subscriptionProducts": {"a": {**PRODUCT, "quantity": "5"}}},
            "subscriptionProducts.a.quantity: must be a whole number, is text",
        ),
        (
            "payment",
            {"lastPaymentStatus": "failed", "lastPaymentAmount": Decimal("19.99")},
            "lastPaymentAmount: must be a whole number, is another number",
        ),
        (
            "payment",
            {"lastPaymentStatus": "failed", "lastPaymentAttemptCount": True},
            "lastPaymentAttemptCount: must be a whole number, is true or false",
        ),
        (
            "payment",
            {"lastPaymentStatus": "failed", "lastPaymentAmount": float("inf")},
            "lastPaymentAmount: must be a whole number, is another number",
        ),
        (
            "ends_at",
            {"subscriptionCancelAtPeriodEnd": "true"},
            "subscriptionCancelAtPeriodEnd: must be true or false, is text",
        ),
        ("entitlements", {"entitlements": "a"}, "entitlements: must be a set of texts, is text"),
        ("entitlements", {"entitlements": {Decimal(1)}}, "entitlements: must be a set of texts, is a set"),
        ("subscriptions", LEDGER, f"{REGISTER}: is missing"),
        ("subscriptions", LEDGER | {REGISTER: {}}, f"{REGISTER}.r: is missing"),
        ("subscriptions", live(s=None), f"{REGISTER}.r.s: is missing"),
        (
            "subscriptions",
            live(i={"a": {}}),
            f"{REGISTER}.r.i: must be a list, is a map",
        ),
        (
            "subscriptions",
            live(i=[{}, "b"]),
            f"{REGISTER}.r.i[1]: must be a map, is text",
        ),
        (
            "subscriptions",
            live(i=[{}, {"q": "5"}]),
            f"{REGISTER}.r.i[1].q: must be a whole number, is text",
        ),
        ("subscriptions", live(e="2026-12-01"), f"{REGISTER}.r.e: must be a whole number, is text"),
        ("subscriptions", live(e=10**15), f"{REGISTER}.r.e: must be a Unix time in seconds"),
    ],
)
def test_the_message_names_the_attribute(ask: str, item: dict[str, Any], message: str) -> None:
    """And says what is wrong, without the value."""
    with pytest.raises(MalformedProfileError) as caught:
        ANSWERS[ask](Profile.from_item(item), A_MOMENT)
    assert str(caught.value) == message
    assert f"{caught.value.attribute}: {caught.value.reason}" == message


@pytest.mark.parametrize("field", PRODUCT)
def test_a_product_has_what_is_never_absent(field: str) -> None:
    """The missing field is named."""
    products = {"prod_1": {name: value for name, value in PRODUCT.items() if name != field}}
    with pytest.raises(MalformedProfileError, match=rf"^subscriptionProducts\.prod_1\.{field}: is missing$"):
        _ = Profile.from_item({"subscriptionProducts": products}).products


def test_a_slip_in_one_attribute_leaves_the_other_answers() -> None:
    """A user is not locked out because something that nobody asked for is wrong."""
    products = {"a": PRODUCT, "b": "?"}
    item = {"subscriptionAccessUntil": "2027-01-01T00:00:00Z", "lastPaymentAmount": "?", "entitlements": 1}
    found = Profile.from_item(item | {"subscriptionProducts": products})
    assert found.has_access(A_MOMENT)
    assert not found.has_product("a", A_MOMENT)


@pytest.mark.parametrize("ask", ANSWERS.values(), ids=ANSWERS)
def test_null_says_the_same_as_absent(ask: Callable[[Profile, Any], Any]) -> None:
    """A cache may write what is absent as null."""
    nulls = dict.fromkeys(
        [
            "subscriptionAccessUntil",
            "subscriptionProducts",
            "subscriptionStatus",
            "lastPaymentStatus",
            "entitlements",
            "stripeLedgerLive",
        ]
    )
    assert ask(Profile.from_item(nulls), A_MOMENT) == ask(Profile.from_item(None), A_MOMENT)


def test_a_number_of_javascript_is_a_number() -> None:
    """JSON may write a whole number with a point."""
    found = Profile.from_item({"lastPaymentStatus": "failed", "lastPaymentAmount": 1999.0})
    assert found.payment is not None
    assert found.payment.amount == 1999

"""The profile as an app asks it: access, products, seats, trial, end, payment."""

import doctest
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from stripe_subscription_handler.reading import LastPayment, ProductAccess, Profile, profile
from support.profile_items import A_MOMENT, ANSWERS

UNTIL = "2026-12-01T00:00:00Z"
SECOND = timedelta(seconds=1)
LATER = "2027-01-01T00:00:00Z"


def product(until: str = UNTIL, **fields: Any) -> dict[str, Any]:
    """One entry of `subscriptionProducts`."""
    usual = {"accessUntil": until, "status": "active", "subscriptionId": "sub_1", "priceId": "price_1"}
    return usual | fields


def test_the_documented_example_holds() -> None:
    """The class's docstring is run."""
    failed, tried = doctest.testmod(profile)
    assert (failed, tried > 5) == (0, True)


def test_access_ends_at_the_moment_itself() -> None:
    """There is access before it, and none at it or after it."""
    found = Profile.from_item({"subscriptionAccessUntil": UNTIL})
    assert found.access_until == A_MOMENT
    assert found.has_access(A_MOMENT - timedelta(microseconds=1))
    assert not found.has_access(A_MOMENT)
    assert not found.has_access(A_MOMENT + SECOND)


def test_moments_are_compared_not_their_clocks_faces() -> None:
    """`now` may be in any time zone."""
    east = A_MOMENT.astimezone(timezone(timedelta(hours=9)))
    found = Profile.from_item({"subscriptionAccessUntil": UNTIL})
    assert found.has_access(east - SECOND)
    assert not found.has_access(east)


def test_access_without_a_known_end_lasts() -> None:
    """Stripe's object had no period; the item has the last second of all."""
    found = Profile.from_item({"subscriptionAccessUntil": "9999-12-31T23:59:59Z"})
    assert found.has_access(datetime(9999, 12, 31, tzinfo=UTC))


@pytest.mark.parametrize("item", [None, {}, {"PK": "USER#u1", "subscriptionStatus": "active"}])
def test_without_the_attribute_there_is_no_access(item: dict[str, Any] | None) -> None:
    """Whatever the status: without an item, in an empty one, and in one whose access was never told."""
    assert not Profile.from_item(item).has_access(A_MOMENT)


def test_no_item_is_a_profile_without_anything() -> None:
    """Each answer is no, none or nothing."""
    answers = [answer(Profile.from_item(None), A_MOMENT) for answer in ANSWERS.values()]
    assert not any(answers)
    assert Profile.from_item(None) == Profile.from_item({})


@pytest.mark.parametrize("ask", ["has_access", "has_product", "quantity", "on_trial"])
@pytest.mark.parametrize("item", [None, {"subscriptionProducts": {"a": product()}}])
def test_a_moment_without_a_time_zone_is_refused(ask: str, item: dict[str, Any] | None) -> None:
    """Also where the answer would be no anyway: a slip must not wait for the first customer."""
    with pytest.raises(ValueError, match="`now` has no time zone"):
        ANSWERS[ask](Profile.from_item(item), A_MOMENT.replace(tzinfo=None))


@pytest.mark.parametrize("now", [UNTIL, A_MOMENT.date(), 1.0, None])
def test_what_is_no_moment_is_refused(now: Any) -> None:
    """Text, a day and a number of seconds are no datetimes."""
    with pytest.raises(TypeError, match="`now` must be a datetime, not"):
        Profile.from_item(None).has_access(now)


def test_a_product_is_had_until_its_own_end() -> None:
    """An add-on may end before the plan does."""
    products = {"plan": product(LATER), "addon": product()}
    found = Profile.from_item({"subscriptionAccessUntil": LATER, "subscriptionProducts": products})
    assert found.has_product("addon", A_MOMENT - SECOND)
    assert not found.has_product("addon", A_MOMENT)
    assert found.has_product("plan", A_MOMENT)
    assert not found.has_product("another", A_MOMENT - SECOND)


def test_seats() -> None:
    """Their number while the product is had; 0 without access to it; none where the price is metered."""
    products = {"seats": product(quantity=Decimal(5)), "metered": product()}
    found = Profile.from_item({"subscriptionProducts": products})
    assert found.quantity("seats", A_MOMENT - SECOND) == 5
    assert found.quantity("seats", A_MOMENT) == 0
    assert found.quantity("another", A_MOMENT - SECOND) == 0
    assert found.quantity("metered", A_MOMENT - SECOND) is None


def test_products_are_all_that_stand_on_the_item() -> None:
    """With whatever is known of each; one whose time is over is still told."""
    products = {"a": product(lookupKey="team", quantity=2), "b": product(LATER, status="past_due")}
    assert Profile.from_item({"subscriptionProducts": products}).products == {
        "a": ProductAccess("a", A_MOMENT, "active", "sub_1", "price_1", "team", 2),
        "b": ProductAccess("b", datetime(2027, 1, 1, tzinfo=UTC), "past_due", "sub_1", "price_1", None, None),
    }


def test_a_trial_lasts_until_its_end() -> None:
    """Even where the event that ends it is late."""
    found = Profile.from_item({"subscriptionStatus": "trialing", "subscriptionTrialEnd": UNTIL})
    assert found.on_trial(A_MOMENT - SECOND)
    assert not found.on_trial(A_MOMENT)


@pytest.mark.parametrize(
    ("item", "on_trial"),
    [
        ({"subscriptionStatus": "active", "subscriptionTrialEnd": LATER}, False),
        ({"subscriptionStatus": "trialing"}, True),
        ({"subscriptionTrialEnd": LATER}, False),
    ],
    ids=["paid before its end", "no end is known", "no status"],
)
def test_a_trial_is_a_status(item: dict[str, Any], on_trial: bool) -> None:  # noqa: FBT001
    """The end of a trial stays on the item, and does not make one."""
    assert Profile.from_item(item).on_trial(A_MOMENT) == on_trial


@pytest.mark.parametrize(
    ("item", "ends_at"),
    [
        ({"subscriptionStatus": "active", "subscriptionCurrentPeriodEnd": UNTIL}, None),
        ({"subscriptionStatus": "active", "subscriptionCancelAt": UNTIL}, UNTIL),
        (
            {
                "subscriptionStatus": "active",
                "subscriptionCancelAtPeriodEnd": True,
                "subscriptionCurrentPeriodEnd": UNTIL,
            },
            UNTIL,
        ),
        (
            {
                "subscriptionStatus": "active",
                "subscriptionCancelAtPeriodEnd": False,
                "subscriptionCurrentPeriodEnd": UNTIL,
            },
            None,
        ),
        (
            {
                "subscriptionStatus": "active",
                "subscriptionCancelAt": UNTIL,
                "subscriptionCancelAtPeriodEnd": True,
                "subscriptionCurrentPeriodEnd": LATER,
            },
            UNTIL,
        ),
        (
            {
                "subscriptionStatus": "canceled",
                "subscriptionAccessUntil": UNTIL,
                "subscriptionCanceledAt": "2026-11-01T00:00:00Z",
                "subscriptionCancelAt": LATER,
            },
            UNTIL,
        ),
        ({"subscriptionStatus": "canceled", "subscriptionCanceledAt": UNTIL}, UNTIL),
        ({}, None),
    ],
    ids=[
        "it renews",
        "a time is set",
        "with its period",
        "not with its period",
        "the time goes before the period",
        "ended",
        "ended, and only the wish is known",
        "no subscription",
    ],
)
def test_when_it_ends(item: dict[str, Any], ends_at: str | None) -> None:
    """Of a subscription that goes on nothing is said."""
    expected = None if ends_at is None else datetime.fromisoformat(ends_at)
    assert Profile.from_item(item).ends_at == expected


def test_the_last_payment() -> None:
    """All that is known of the newest invoice; none without its state."""
    item = {
        "lastPaymentStatus": "failed",
        "lastPaymentAt": UNTIL,
        "lastPaymentInvoiceId": "in_1",
        "lastPaymentAmount": Decimal(1999),
        "lastPaymentCurrency": "usd",
        "lastPaymentAttemptCount": Decimal(2),
        "nextPaymentAttemptAt": LATER,
    }
    later = datetime(2027, 1, 1, tzinfo=UTC)
    expected = LastPayment("failed", A_MOMENT, "in_1", 1999, "usd", 2, later)
    assert Profile.from_item(item).payment == expected
    assert Profile.from_item({"lastPaymentStatus": "voided"}).payment == LastPayment(
        "voided", None, None, None, None, None, None
    )
    del item["lastPaymentStatus"]
    assert Profile.from_item(item).payment is None


@pytest.mark.parametrize("kept", [{"a", "b"}, ["a", "b"]], ids=["a set", "JSON's list"])
def test_entitlements(kept: Any) -> None:
    """Lookup keys; none where there is no set."""
    found = Profile.from_item({"entitlements": kept})
    assert found.entitlements == {"a", "b"}
    assert (found.has_entitlement("a"), found.has_entitlement("c")) == (True, False)


def test_paused_collection() -> None:
    """It is paused while Stripe's word for it stands there, with or without an end."""
    item = {"subscriptionPauseCollection": "void", "subscriptionPauseResumesAt": UNTIL}
    assert Profile.from_item(item).is_collection_paused
    assert Profile.from_item(item).collection_resumes_at == A_MOMENT
    assert Profile.from_item({"subscriptionPauseCollection": "void"}).collection_resumes_at is None
    assert not Profile.from_item({}).is_collection_paused


def test_the_subscription_shown() -> None:
    """What leads to Stripe, and to the app's own list of plans."""
    item = {
        "subscriptionStatus": "a_future_word",
        "subscriptionId": "sub_1",
        "stripeCustomerId": "cus_1",
        "subscriptionPriceId": "price_1",
        "subscriptionProductId": "prod_1",
    }
    found = Profile.from_item(item)
    assert found.status == "a_future_word"
    assert (found.subscription_id, found.customer_id) == ("sub_1", "cus_1")
    assert (found.price_id, found.product_id) == ("price_1", "prod_1")


def test_own_attributes_are_plain_values() -> None:
    """Whatever they are, and a default where they are absent."""
    found = Profile.from_item({"plan": "team", "limits": {"seats": [1, None]}})
    assert found.own("plan") == "team"
    assert found.own("limits") == {"seats": [1, None]}
    assert (found.own("tier"), found.own("tier", "free")) == (None, "free")


def test_a_profile_s_repr_tells_nothing_of_the_item() -> None:
    """An item may hold an e-mail address, and a repr goes into logs."""
    assert repr(Profile.from_item({"email": "jenny@example.com"})) == "Profile()"


@pytest.mark.parametrize("item", [[], "item", 1, {("PK", "S")}])
def test_what_is_no_item_is_refused(item: Any) -> None:
    """At once."""
    with pytest.raises(TypeError, match="an item is a map of attributes, not"):
        Profile.from_item(item)


def test_the_whole_answer_of_get_item_is_refused() -> None:
    """It would read as a profile without access, whatever the item says."""
    answer = {"Item": {"subscriptionAccessUntil": LATER}, "ResponseMetadata": {"HTTPStatusCode": 200}}
    with pytest.raises(TypeError, match=r"answer\.get\('Item'\)"):
        Profile.from_item(answer)

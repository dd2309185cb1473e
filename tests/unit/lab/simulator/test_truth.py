"""One user's true profile, by section 3 of the design, on books written by hand."""

from typing import Any

from stripe_handler_cli.lab.simulator.api_versions import CURRENT, ApiVersion
from stripe_handler_cli.lab.simulator.book import Book, PaymentFact
from stripe_handler_cli.lab.simulator.catalogue import (
    BASIC,
    OTHER_APP,
    OUR_PRODUCTS,
    PRO,
    SEAT,
    TEAM,
    USAGE,
    Price,
)
from stripe_handler_cli.lab.simulator.state import Customer, Entitlements, Invoice, Item, Line, Subscription
from stripe_handler_cli.lab.simulator.truth.profile import told_by, true_profile
from stripe_handler_cli.lab.simulator.truth.settings import Settings

_T0 = 1_700_000_000  # 2023-11-14T22:13:20Z
_END = _T0 + 2_592_000
_CUSTOMER = Customer("cus_1", _T0, 1)


def _subscription(identifier: str, **changes: Any) -> Subscription:
    created = changes.get("created", _T0)
    fields: dict[str, Any] = {
        "customer": _CUSTOMER,
        "owner": "user_1",
        "created": created,
        "status": "active",
        "items": [Item(f"si_{identifier}", PRO, 2, created, _T0, _END)],
        "anchor": created,
        "flexible": False,
        "metadata": {"userId": "user_1"},
        "changed_plan_at": created,
    }
    return Subscription(id=identifier, **(fields | changes))


def _item(price: Price) -> Item:
    return Item(f"si_{price.name}", price, None if price.metered else 1, _T0, _T0, _END)


def _book(*subscriptions: Subscription) -> Book:
    book = Book()
    for subscription in subscriptions:
        book.note(subscription, subscription.created)
    return book


def test_the_whole_view_of_one_subscription() -> None:
    """Every attribute, written out; what Stripe has not set is absent."""
    subscription = _subscription("sub_a", cancel_at=_END, canceled_at=_T0 + 60)
    line = Line("il_1", PRO, 5800, 2, _T0, _END)
    invoice = Invoice("in_1", 1, _CUSTOMER, subscription, _T0, "subscription_create", (line,), metadata={})
    invoice.status, invoice.attempt_count, invoice.paid_at = "paid", 1, _T0 + 3
    book = _book(subscription)
    book.payments.append(PaymentFact("sub_a", status="succeeded", second=_T0 + 5, invoice=invoice))
    assert true_profile(book, "user_1", CURRENT) == {
        "subscriptionId": "sub_a",
        "subscriptionStatus": "active",
        "subscriptionPriceId": PRO.id,
        "subscriptionProductId": PRO.product_id,
        "subscriptionQuantity": 2,
        "subscriptionCurrentPeriodStart": "2023-11-14T22:13:20Z",
        "subscriptionCurrentPeriodEnd": "2023-12-14T22:13:20Z",
        "subscriptionCancelAt": "2023-12-14T22:13:20Z",
        "subscriptionCanceledAt": "2023-11-14T22:14:20Z",
        "subscriptionCancelAtPeriodEnd": True,
        "stripeCustomerId": "cus_1",
        "lastPaymentStatus": "succeeded",
        "lastPaymentAt": "2023-11-14T22:13:23Z",
        "lastPaymentInvoiceId": "in_1",
        "lastPaymentAmount": 5800,
        "lastPaymentCurrency": "usd",
        "lastPaymentAttemptCount": 1,
        "subscriptionAccessUntil": "2023-12-14T22:13:20Z",
        "subscriptionProducts": {
            PRO.product_id: {
                "accessUntil": "2023-12-14T22:13:20Z",
                "status": "active",
                "subscriptionId": "sub_a",
                "priceId": PRO.id,
                "lookupKey": "pro_monthly",
                "quantity": 2,
            }
        },
    }


def test_a_failed_payment_tells_the_next_attempt() -> None:
    """Its time is the event's, and what was due is its amount."""
    subscription = _subscription("sub_a", status="past_due")
    line = Line("il_1", BASIC, 900, 1, _T0, _END)
    invoice = Invoice("in_1", 1, _CUSTOMER, subscription, _T0, "subscription_cycle", (line,), metadata={})
    invoice.attempt_count, invoice.next_attempt = 2, _END
    book = _book(subscription)
    book.payments.append(PaymentFact("sub_a", status="failed", second=_T0 + 5, invoice=invoice))
    profile = true_profile(book, "user_1", CURRENT)
    assert profile["lastPaymentStatus"] == "failed"
    assert profile["lastPaymentAt"] == "2023-11-14T22:13:25Z"
    assert profile["lastPaymentAmount"] == 900
    assert profile["lastPaymentAttemptCount"] == 2
    assert profile["nextPaymentAttemptAt"] == "2023-12-14T22:13:20Z"


def test_a_version_without_creation_goes_by_the_last_change_of_plan() -> None:
    """In 2014 `start` is all there is, no product and no `cancel_at`."""
    old = ApiVersion("2014-06-17", "2014")
    changed = _subscription("sub_a", changed_plan_at=_T0 + 50, cancel_at=_END, pause_behavior="void")
    book = _book(changed, _subscription("sub_b", created=_T0 + 9))
    profile = true_profile(book, "user_1", old)
    assert profile["subscriptionId"] == "sub_a"
    absent = {"subscriptionProductId", "subscriptionCancelAt", "subscriptionProducts"}
    assert not profile.keys() & {*absent, "subscriptionPauseCollection"}
    assert profile["subscriptionAccessUntil"] == "2023-12-17T22:13:20Z"
    assert profile["subscriptionCancelAtPeriodEnd"] is False


def test_a_moved_subscription_is_on_the_new_owners_profile_only() -> None:
    """The old owner's view is empty; its payments go along."""
    book = _book(_subscription("sub_a"))
    book.note(_subscription("sub_a", metadata={"userId": "user_2"}), _T0 + 9)
    assert true_profile(book, "user_1", CURRENT) == {}
    assert true_profile(book, "user_2", CURRENT)["subscriptionId"] == "sub_a"


def test_the_plan_is_the_best_listed_product_then_a_licensed_item_then_the_first() -> None:
    """Whatever Stripe lists first; what is listed as deleted is not looked at."""
    items = [_item(USAGE), _item(SEAT), _item(PRO), _item(BASIC)]
    book = _book(_subscription("sub_a", items=items, gone=[_item(TEAM)]))
    plans = (TEAM.product_id, BASIC.product_id, PRO.product_id)
    assert true_profile(book, "user_1", CURRENT)["subscriptionPriceId"] == SEAT.id
    chosen = true_profile(book, "user_1", CURRENT, Settings(plan_product_ids=plans))
    assert chosen["subscriptionPriceId"] == BASIC.id
    alone = _book(_subscription("sub_a", items=[_item(USAGE)]))
    assert "subscriptionQuantity" not in true_profile(alone, "user_1", CURRENT)


def test_a_pause_is_told_with_the_day_on_which_it_ends() -> None:
    """Stripe's word for what becomes of the invoices; the day only while it is paused."""
    book = _book(_subscription("sub_a", pause_behavior="void", pause_resumes_at=_END))
    profile = true_profile(book, "user_1", CURRENT)
    assert profile["subscriptionPauseCollection"] == "void"
    assert profile["subscriptionPauseResumesAt"] == "2023-12-14T22:13:20Z"
    book = _book(_subscription("sub_a"))
    assert not true_profile(book, "user_1", CURRENT).keys() & {"subscriptionPauseCollection"}


def test_another_apps_subscription_is_never_shown_and_gives_nothing() -> None:
    """By its products, by its metadata, or by either."""
    theirs = _subscription("sub_b", items=[_item(OTHER_APP)], created=_T0 + 9)
    book = _book(_subscription("sub_a", items=[_item(OTHER_APP), _item(SEAT)]), theirs)
    by_product = Settings(handled_product_ids=OUR_PRODUCTS)
    assert _found(book, Settings()) == "sub_b"
    assert _found(book, by_product) == "sub_a"
    assert OTHER_APP.product_id in true_profile(book, "user_1", CURRENT, by_product)["subscriptionProducts"]
    book = _book(_subscription("sub_a", metadata={"userId": "user_1", "app": "ours"}), theirs)
    assert _found(book, Settings(required_metadata={"app": "ours"})) == "sub_a"
    assert _found(book, Settings(required_metadata={"app": "x"})) is None


def _found(book: Book, settings: Settings) -> str | None:
    return true_profile(book, "user_1", CURRENT, settings).get("subscriptionId")


def test_a_version_without_products_tells_none_that_is_handled() -> None:
    """So nothing is ours there."""
    old = ApiVersion("2017-02-14", "2016")
    book = _book(_subscription("sub_a"))
    assert true_profile(book, "user_1", old, Settings(handled_product_ids=OUR_PRODUCTS)) == {}


def test_own_attributes_are_read_off_the_primary_subscription() -> None:
    """What its object does not have is absent."""
    own = {"team": "metadata.team", "key": "items.data[0].price.lookup_key", "none": "metadata.nothing"}
    book = _book(_subscription("sub_a", metadata={"userId": "user_1", "team": "blue"}))
    profile = true_profile(book, "user_1", CURRENT, Settings(profile_attributes=own))
    assert (profile["team"], profile["key"]) == ("blue", "pro_monthly")
    assert "none" not in profile


def test_a_user_has_the_entitlements_of_every_customer() -> None:
    """The last that was told of each; not of one whose subscriptions are somebody else's."""
    others = [Customer(f"cus_{number}", _T0, number) for number in (2, 3)]
    book = _book(_subscription("sub_a"), _subscription("sub_b", customer=others[0]))
    book.note(Entitlements(_CUSTOMER, ("a", "gone")), _T0)
    book.note(Entitlements(_CUSTOMER, ("a", "c")), _T0 + 5)
    book.note(Entitlements(others[0], ("b", "c")), _T0)
    book.note(Entitlements(others[1], ("d",)), _T0)
    assert true_profile(book, "user_1", CURRENT)["entitlements"] == ["a", "b", "c"]
    book.note(Entitlements(_CUSTOMER, ()), _T0 + 9)
    book.note(Entitlements(others[0], ()), _T0 + 9)
    assert "entitlements" not in true_profile(book, "user_1", CURRENT)


def test_an_item_tells_what_the_truth_speaks_of() -> None:
    """Neither the keys, nor the ledger, nor what is the app's; a set in an order."""
    own = Settings(profile_attributes={"team": "metadata.team"})
    item = {"PK": "USER#1", "stripeLedgerLive": {"sub_a"}, "theme": "dark", "team": "blue"}
    item |= {"subscriptionId": "sub_a", "entitlements": {"b", "a"}}
    assert told_by(item, own) == {"team": "blue", "subscriptionId": "sub_a", "entitlements": ["a", "b"]}
    assert told_by(item) == {"subscriptionId": "sub_a", "entitlements": ["a", "b"]}

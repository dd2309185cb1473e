"""The oracle follows section 3 of the design, on books written by hand."""

from itertools import pairwise
from typing import Any

from stripe_handler_cli.lab.simulator.api_versions import CURRENT, ApiVersion
from stripe_handler_cli.lab.simulator.book import Book, PaymentFact
from stripe_handler_cli.lab.simulator.catalogue import BASIC, PRO
from stripe_handler_cli.lab.simulator.state import Customer, Invoice, Item, Line, Subscription
from stripe_handler_cli.lab.simulator.truth.profile import true_profile

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


def _book(*subscriptions: Subscription) -> Book:
    book = Book()
    for subscription in subscriptions:
        book.note(subscription, subscription.created)
    return book


def _shown(*subscriptions: Subscription, version: ApiVersion = CURRENT) -> str:
    return str(true_profile(_book(*subscriptions), "user_1", version)["subscriptionId"])


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


def test_the_better_status_is_shown() -> None:
    """Whatever was created later."""
    order = ["active", "past_due", "unpaid", "incomplete", "canceled", "incomplete_expired"]
    for better, worse in pairwise(order):
        ended = _T0 + 99
        assert (
            _shown(
                _subscription("sub_better", status=better, ended_at=ended),
                _subscription("sub_worse", status=worse, created=_T0 + 9, ended_at=ended),
            )
            == "sub_better"
        )


def test_among_live_ones_the_newer_is_shown_and_among_dead_ones_the_one_that_ended_last() -> None:
    """Equal times are settled by the larger id; a trial is as good as a paid plan."""
    newer = _subscription("sub_a", status="trialing", created=_T0 + 1)
    assert _shown(newer, _subscription("sub_b")) == "sub_a"
    assert _shown(_subscription("sub_a"), _subscription("sub_b")) == "sub_b"
    late = _subscription("sub_a", status="canceled", ended_at=_T0 + 9)
    assert (
        _shown(late, _subscription("sub_b", status="canceled", created=_T0 + 5, ended_at=_T0 + 7)) == "sub_a"
    )


def test_a_version_without_creation_goes_by_the_last_change_of_plan() -> None:
    """In 2014 `start` is all there is, no product and no `cancel_at`."""
    old = ApiVersion("2014-06-17", "2014")
    changed = _subscription("sub_a", changed_plan_at=_T0 + 50, cancel_at=_END)
    book = _book(changed, _subscription("sub_b", created=_T0 + 9))
    profile = true_profile(book, "user_1", old)
    assert profile["subscriptionId"] == "sub_a"
    assert not profile.keys() & {"subscriptionProductId", "subscriptionCancelAt"}
    assert profile["subscriptionCancelAtPeriodEnd"] is False


def test_a_moved_subscription_is_on_the_new_owners_profile_only() -> None:
    """The old owner's view is empty; its payments go along."""
    book = _book(_subscription("sub_a"))
    book.note(_subscription("sub_a", metadata={"userId": "user_2"}), _T0 + 9)
    assert true_profile(book, "user_1", CURRENT) == {}
    assert true_profile(book, "user_2", CURRENT)["subscriptionId"] == "sub_a"

"""Stripe's lists are read to their end by the real client, at a pace, and only with a key that fits."""

from collections.abc import Iterator

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects, rate_limited
from stripe_handler_cli.operate.reconcile.command import connect
from stripe_handler_cli.stack.stripe_options import StripeAccess
from stripe_subscription_handler.comparison.account import Account
from stripe_subscription_handler.comparison.lists import events, failed_attempts, subscriptions
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import Livemode
from stripe_subscription_handler.errors import NotAtStripeError, StripeUnavailableError
from stripe_subscription_handler.events.selection import PLAIN
from stripe_subscription_handler.stripe_side.api import StripeApi
from support import events as made

VARIABLE = "OPERATORS_KEY"
BODIES = [
    made.subscription(id=f"sub_{n}", created=made.T0 + n, status="canceled" if n % 3 else "active")
    for n in range(230)
]
BILL = made.invoice(status_transitions={"paid_at": made.T0 + 50}, status="paid")
OPEN = made.invoice(id="in_2", created=made.T0 + 60, attempted=True)
HAPPENED = [
    made.paid(BILL, event_id="evt_paid", created=made.T0 + 51),
    made.failed(OPEN, event_id="evt_failed", created=made.T0 + 70),
    made.paid(made.invoice(id="in_3"), event_id="evt_other", created=made.T0 + 51),
    made.event("charge.refunded", {"object": "charge", "id": "ch_1"}, event_id="evt_not_ours"),
]


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    """An account of 230 subscriptions."""
    with FakeStripe(objects(*BODIES, BILL, OPEN, *HAPPENED), now=lambda: made.T0 + 1_000) as server:
        yield server


@pytest.fixture
def api(stripe: FakeStripe) -> StripeApi:
    """The operator's API."""
    config = Config("t", "s", stripe_api_url=stripe.url)
    return connect(config, StripeAccess(API_KEY, VARIABLE), lambda: None)


def test_every_subscription_is_listed_once(api: StripeApi, stripe: FakeStripe) -> None:
    """Ended ones too, newest first, in pages of 100, each as of a second that was over when it was read."""
    pages = list(subscriptions(api))
    assert [len(page.objects) for page in pages] == [100, 100, 30]
    listed = [body["id"] for page in pages for body in page.objects]
    assert listed == [body["id"] for body in reversed(BODIES)]
    assert len(stripe.received) == 3
    assert {page.as_of for page in pages} == {"2025-11-22T08:43:18Z"}


def test_a_few_customers_and_test_clocks_are_listed_alone(api: StripeApi, stripe: FakeStripe) -> None:
    """Each in a list of its own, with the parameter that Stripe wants for it."""
    clocked = made.subscription(id="sub_clocked", test_clock="clock_1", customer="cus_clocked")
    stripe.account = objects(*BODIES[:3], clocked)
    account = Account(api, PLAIN)
    pages = list(account.subscriptions_of(["cus_clocked"], ["clock_1"]))
    assert [[body["id"] for body in page.objects] for page in pages] == [["sub_clocked"], ["sub_clocked"]]
    with pytest.raises(NotAtStripeError):
        list(account.subscriptions_of(["cus_none"], []))


def test_failed_attempts_are_listed_alone(api: StripeApi) -> None:
    """Of all that happened, as far as Stripe still lists it."""
    [page] = Account(api, PLAIN).failures(0)
    assert [event["id"] for event in page.objects] == ["evt_failed"]


def test_a_list_goes_on_after_an_object(api: StripeApi) -> None:
    """And cannot go on after one that Stripe does not have."""
    [page] = subscriptions(api, after="sub_5")
    assert [body["id"] for body in page.objects] == ["sub_4", "sub_3", "sub_2", "sub_1", "sub_0"]
    with pytest.raises(StripeUnavailableError):
        list(subscriptions(api, after="sub_none"))


def test_a_rate_limit_is_waited_for(api: StripeApi, stripe: FakeStripe) -> None:
    """The page is asked for again."""
    api.sleep = lambda _seconds: None
    stripe.misbehave([rate_limited(), rate_limited(retry_after="1")])
    assert sum(len(page.objects) for page in subscriptions(api)) == len(BODIES)


def test_every_request_keeps_the_pace(api: StripeApi, stripe: FakeStripe) -> None:
    """Repeated ones too."""
    passed: list[None] = []
    api.before_request, api.sleep = lambda: passed.append(None), lambda _seconds: None
    stripe.misbehave([rate_limited()])
    list(subscriptions(api))
    assert len(passed) == len(stripe.received) == 4


def test_only_events_that_are_handled_are_listed(api: StripeApi) -> None:
    """From a second on."""
    assert {event["id"] for page in events(api, made.T0) for event in page.objects} == {
        "evt_paid",
        "evt_failed",
        "evt_other",
    }
    assert [event["id"] for page in events(api, made.T0 + 60) for event in page.objects] == ["evt_failed"]


def test_the_failed_attempts_of_an_invoice_are_found(api: StripeApi) -> None:
    """Those of other invoices are left out, and what became of it otherwise."""
    assert [event["id"] for event in failed_attempts(api, OPEN)] == ["evt_failed"]
    assert list(failed_attempts(api, BILL)) == []


def test_the_newest_invoice_comes_with_its_subscription(api: StripeApi, stripe: FakeStripe) -> None:
    """In the same request, listed or alone; without being asked for, only its id does."""
    body = made.subscription(latest_invoice="in_1")
    stripe.account = objects(body, BILL)
    with_invoices, without = Account(api, PLAIN, with_invoices=True), Account(api, PLAIN)
    [page], [plain] = with_invoices.subscriptions(), without.subscriptions()
    assert (page.objects[0]["latest_invoice"], plain.objects[0]["latest_invoice"]) == (BILL, "in_1")
    one, bare = with_invoices.subscription("sub_1"), without.subscription("sub_1")
    assert one is not None
    assert bare is not None
    assert (one.object["latest_invoice"], bare.object["latest_invoice"]) == (BILL, "in_1")
    assert len(stripe.received) == 4
    assert with_invoices.invoices("sub_1") == (BILL,)


def test_a_key_must_fit() -> None:
    """The message names the variable, and never the key."""
    access = StripeAccess("sk_test_hidden", VARIABLE)
    with pytest.raises(CliError, match="for test mode, but this stack accepts only live") as caught:
        connect(Config("t", "s", livemode=Livemode.LIVE), access, lambda: None)
    assert VARIABLE in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_the_operator_may_name_another_stripe(stripe: FakeStripe) -> None:
    """A stand-in on this machine, whatever the function asks."""
    api = connect(Config("t", "s"), StripeAccess(API_KEY, VARIABLE, stripe.url), lambda: None)
    assert next(iter(subscriptions(api))).objects

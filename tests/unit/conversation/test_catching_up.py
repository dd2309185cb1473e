"""What Stripe says that it failed to tell is read off the object, and applied; or a person is told."""

from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from stripe_subscription_handler.conversation.messages import (
    Fetch,
    Fetched,
    FetchedEvent,
    FetchEvent,
    Outcome,
)
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import ConnectEvents, Policy
from stripe_subscription_handler.errors import StripeUnavailableError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT
from stripe_subscription_handler.events.objects import read_object
from stripe_subscription_handler.events.selection import PLAIN
from support import events
from support.model import Tables

ASKING = Policy(can_ask_stripe=True)
SAID_AT = "2025-11-22T09:00:00Z"
AS_OF = "2025-11-22T09:00:05Z"
SUBSCRIPTION = events.subscription(status="past_due")
UNPAID = events.invoice(user=None, attempt_count=1)


def said(**changes: Any) -> dict[str, Any]:
    """The event as it is delivered: thin, and without its data."""
    return {
        "id": "evt_said",
        "object": "v2.core.event",
        "type": GENERATION_FAILURE_EVENT,
        "created": SAID_AT,
        "livemode": False,
        "context": None,
    } | changes


def fetched(kind: str, object_id: str, event_type: str, **changes: Any) -> dict[str, Any]:
    """The same as Stripe's API shows it. The address is one of the dashboard, as in Stripe's own example."""
    related = {"id": object_id, "type": kind, "url": f"https://dashboard.stripe.com/{kind}s/{object_id}"}
    impact = {"event_type": event_type, "related_object": related} | changes
    return said(
        data={
            "alert_id": "halert_1",
            "grouping_key": "grouping_1",
            "impact": impact,
            "resolved_at": SAID_AT,
            "severity": "non_critical",
            "summary": "We have failed to create a notification for your Stripe account.",
        }
    )


@attrs.define
class Stripe:
    """A Stripe with these objects, and with the event as it is fetched; None: it does not show it.

    Attributes:
        asked: What it was asked for.
    """

    event: dict[str, Any] | None
    objects: Mapping[str, dict[str, Any]] = attrs.Factory(dict)
    asked: list[tuple[str, str | None]] = attrs.Factory(list)

    def show(self, request: Fetch) -> Fetched:
        """Answer with an object."""
        self.asked.append((request.object_id, request.account))
        body = self.objects.get(request.object_id)
        found = None if body is None else read_object(request.subject, body, AS_OF, PLAIN)
        return Fetched(found, AS_OF)

    def show_event(self, request: FetchEvent) -> FetchedEvent:
        """Answer with the event."""
        assert (request.form, request.event_id, request.of_preview) == ("v2.core.event", "evt_said", True)
        self.asked.append((request.event_id, request.account))
        return FetchedEvent(None if self.event is None else parse_event(self.event))

    def tables(self, policy: Policy = ASKING) -> Tables:
        """Empty tables that ask it."""
        return Tables(policy=policy, stripe=self.show, stripe_events=self.show_event)


def heard(tables: Tables, **changes: Any) -> Outcome:
    """Deliver the event."""
    return tables.deliver(parse_event(said(**changes)))


def test_a_subscription_is_applied_as_it_is_now() -> None:
    """Nobody has told of it before; the line names what was missed."""
    stripe = Stripe(
        fetched("subscription", "sub_1", "customer.subscription.updated"), {"sub_1": SUBSCRIPTION}
    )
    tables = stripe.tables()
    outcome = heard(tables)
    assert (outcome.applied, outcome.user_id, outcome.new_status) == (True, "user_1", "past_due")
    assert outcome.missed is not None
    assert (outcome.missed.event_type, outcome.missed.object_id) == ("customer.subscription.updated", "sub_1")
    assert tables.profiles["user_1"]["subscriptionStatus"] == "past_due"
    assert [name for name, _ in stripe.asked] == ["evt_said", "sub_1"]


def test_it_undoes_nothing_newer_and_comes_twice_without_harm() -> None:
    """It is a snapshot as of the second that Stripe's answer surely includes."""
    stripe = Stripe(
        fetched("subscription", "sub_1", "customer.subscription.updated"), {"sub_1": SUBSCRIPTION}
    )
    tables = stripe.tables()
    newer = events.updated(events.subscription(), created=events.T0 + 10_000)
    tables.deliver(parse_event(newer))
    assert heard(tables).reason is Reason.STALE
    assert heard(tables).reason is Reason.STALE
    assert tables.profiles["user_1"]["subscriptionStatus"] == "active"


@pytest.mark.parametrize(
    ("event_type", "changes", "status", "payment"),
    [
        ("invoice.payment_failed", {"status": "open"}, "past_due", "failed"),
        ("invoice.updated", {"status": "open"}, "past_due", None),
        ("invoice.updated", {"status": "paid"}, "past_due", "succeeded"),
        ("invoice.payment_succeeded", {"status": "void"}, "past_due", "voided"),
        ("invoice.payment_succeeded", {"status": "open"}, "past_due", None),
    ],
)
def test_an_invoice_brings_its_subscription_and_the_payment(
    event_type: str, changes: dict[str, Any], status: str, payment: str | None
) -> None:
    """In one write. What is open is a failed payment only where the missed event was that."""
    known = {"sub_1": SUBSCRIPTION, "in_1": UNPAID | changes}
    stripe = Stripe(fetched("invoice", "in_1", event_type), known)
    tables = stripe.tables()
    assert heard(tables).applied
    profile = tables.profiles["user_1"]
    assert (profile.get("subscriptionStatus"), profile.get("lastPaymentStatus")) == (status, payment)
    before = dict(profile)
    assert not heard(tables).applied, "the second time it is known already"
    assert tables.profiles["user_1"] == before


def test_an_invoice_repairs_both_of_a_profile_that_is_behind() -> None:
    """The subscription was active, and neither event of the failed renewal was ever generated."""
    stripe = Stripe(
        fetched("invoice", "in_1", "invoice.payment_failed"), {"sub_1": SUBSCRIPTION, "in_1": UNPAID}
    )
    tables = stripe.tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    assert tables.profiles["user_1"]["subscriptionStatus"] == "active"
    outcome = heard(tables)
    assert outcome.applied
    profile = tables.profiles["user_1"]
    assert (profile["subscriptionStatus"], profile["lastPaymentStatus"]) == ("past_due", "failed")


def test_what_nobody_owns_is_parked_whole_and_read_again_when_somebody_does() -> None:
    """The invoice's payment comes with it then, too."""
    nameless = {"sub_1": events.subscription(user=None, status="past_due"), "in_1": UNPAID}
    stripe = Stripe(fetched("invoice", "in_1", "invoice.payment_failed"), nameless)
    tables = stripe.tables()
    assert heard(tables).reason is Reason.PARKED
    label = events.updated(SUBSCRIPTION, event_id="evt_label", created=events.T0 + 20_000)
    assert tables.deliver(parse_event(label)).drained == 1
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "failed"


def test_a_customer_and_a_session_say_whose_a_subscription_is() -> None:
    """As their own events would."""
    customer = {"id": "cus_1", "object": "customer", "metadata": {"userId": "user_7"}}
    stripe = Stripe(fetched("customer", "cus_1", "customer.updated"), {"cus_1": customer})
    assert heard(stripe.tables()).user_id == "user_7"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (None, Reason.NOT_TOLD),
        (said(), Reason.NOT_TOLD),
        (said(data={"impact": {"event_type": "customer.subscription.updated"}}), Reason.NOT_TOLD),
        (fetched("payment_intent", "pi_1", "payment_intent.requires_action"), Reason.UNHANDLED_OBJECT),
        (fetched("entitlements.active_entitlement_summary", "x_1", "x"), Reason.NOT_TOLD),
        (fetched("subscription", "sub_gone", "customer.subscription.updated"), Reason.GONE),
    ],
)
def test_what_cannot_be_applied_is_skipped_with_its_reason(
    event: dict[str, Any] | None, reason: Reason
) -> None:
    """A person is told by the alarm, and nothing waits in a queue for a retry that cannot help."""
    stripe = Stripe(event)
    tables = stripe.tables()
    outcome = heard(tables)
    assert (outcome.applied, outcome.reason, tables.profiles) == (False, reason, {})


def test_without_a_key_nothing_is_asked() -> None:
    """Only the alarm tells."""
    stripe = Stripe(fetched("subscription", "sub_1", "customer.subscription.updated"))
    assert heard(stripe.tables(Policy())).reason is Reason.NOT_TOLD
    assert stripe.asked == []


def test_an_answer_older_than_the_event_comes_back() -> None:
    """What was missed may not be in it yet."""
    stripe = Stripe(
        fetched("subscription", "sub_1", "customer.subscription.updated"), {"sub_1": SUBSCRIPTION}
    )
    with pytest.raises(StripeUnavailableError):
        heard(stripe.tables(), created="2025-11-22T09:00:06Z")


@pytest.mark.parametrize("context", [{"context": "acct_1"}, {}])
def test_another_accounts_is_skipped_or_asked_about_in_its_context(context: dict[str, Any]) -> None:
    """Whether the delivered event names the account, or what it is about does."""
    impact = {} if context else {"context": "acct_1"}
    event = fetched("subscription", "sub_1", "customer.subscription.updated", **impact)
    stripe = Stripe(event, {"sub_1": SUBSCRIPTION})
    assert heard(stripe.tables(), **context).reason is Reason.CONNECT_ACCOUNT
    stripe.asked.clear()
    handling = attrs.evolve(ASKING, connect_events=ConnectEvents.HANDLE)
    assert heard(stripe.tables(handling), **context).applied
    assert stripe.asked[-1] == ("sub_1", "acct_1")

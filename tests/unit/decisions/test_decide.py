"""Decisions, written out in full for the cases every reader asks about."""

from typing import Any

import pytest

from stripe_subscription_handler.decisions.conditions import (
    Absent,
    AllOf,
    AnyOf,
    AtLeast,
    Equal,
    Holds,
    Less,
    Present,
)
from stripe_subscription_handler.decisions.decide import decide
from stripe_subscription_handler.decisions.decision import FindOwner, Reason, Skip, Write
from stripe_subscription_handler.decisions.view_settings import DEFAULTS
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.model import Tables

T0 = events.T0
CREATED = "2025-11-22T08:26:40Z"
NAME = "stripeLedger_sub_1"


def write_of(raw: dict[str, Any], *item: Any, **options: Any) -> Write:
    """Decide, and expect a write."""
    decision = decide(parse_event(raw), *item, **options)
    assert isinstance(decision, Write)
    return decision


def test_created_is_written_if_the_user_is_new() -> None:
    """A created event assumes a new user: no subscription on the item, no ledger; the link comes along."""
    write = write_of(events.created(events.subscription(status="incomplete")))
    assert write.user_id == "user_1"
    assert write.condition == AllOf((Absent(("subscriptionId",)), Absent(("stripeLedgerRevision",))))
    assert write.enters
    assert write.set["stripeLedgerLive"] == {"sub_1"}
    assert write.set[NAME]["c"] == {"k": "3 0 . 0", "u": "user_1"}


def test_the_view_of_a_new_subscription() -> None:
    """Every attribute of the contract, with Stripe's own words and ISO times; what is unset is removed."""
    write = write_of(events.created(events.subscription(trial_end=T0 + 86_400)))
    view = {name: value for name, value in write.set.items() if not name.startswith("stripeLedger")}
    assert view == {
        "subscriptionId": "sub_1",
        "subscriptionStatus": "active",
        "subscriptionPriceId": "price_basic",
        "subscriptionProductId": "prod_1",
        "subscriptionQuantity": 1,
        "subscriptionCurrentPeriodStart": CREATED,
        "subscriptionCurrentPeriodEnd": "2025-12-22T08:26:40Z",
        "subscriptionTrialEnd": "2025-11-23T08:26:40Z",
        "subscriptionCancelAtPeriodEnd": False,
        "stripeCustomerId": "cus_1",
        "subscriptionAccessUntil": "2025-12-25T08:26:40Z",
        "subscriptionProducts": {
            "prod_1": {
                "accessUntil": "2025-12-25T08:26:40Z",
                "status": "active",
                "subscriptionId": "sub_1",
                "priceId": "price_basic",
                "quantity": 1,
            }
        },
    }
    assert set(write.remove) == {
        "subscriptionCancelAt",
        "subscriptionCanceledAt",
        "subscriptionPauseCollection",
        "subscriptionPauseResumesAt",
    }


def test_the_stored_register() -> None:
    """The register's layout is a contract with every item already stored; what the claim says is left out."""
    raw = events.updated(events.subscription(), event_id="evt_7", previous={"status": "incomplete"})
    assert write_of(raw).parts == {
        (NAME, "r"): {
            "v": f"0 {T0} 1",
            "c": "cus_1",
            "s": "active",
            "b": T0,
            "i": [{"p": "prod_1", "r": "price_basic", "q": 1}],
            "f": T0,
            "e": T0 + 2_592_000,
            "t": {"evt_7": {"o": {"s": "incomplete"}}},
        },
        (NAME, "c"): {"k": f"3 0 {T0} 1", "u": "user_1"},
    }


def test_the_blind_update_of_the_primary_subscription() -> None:
    """An update writes blind only where it's the only one that lives, and linked, and nothing is newer."""
    write = write_of(events.updated(events.subscription(), previous={}))
    assert write.condition == AllOf(
        (
            Equal(("subscriptionId",), "sub_1"),
            Less((NAME, "r", "v"), f"0 {T0} 1"),
            Absent((NAME, "c", "unlinked")),
            Equal(("stripeLedgerLive",), frozenset({"sub_1"})),
            Equal(("stripeLedgerSettings",), DEFAULTS.fingerprint),
            Less((NAME, "c", "k"), f"3 0 {T0} 1"),
        )
    )
    assert not write.enters


def test_the_blind_end_of_the_only_subscription() -> None:
    """One that ends is shown only if no other is known, dead ones included."""
    ended = events.subscription(status="canceled", ended_at=T0 + 5)
    write = write_of(events.deleted(ended, created=T0 + 5))
    assert isinstance(write.condition, AllOf)
    live, others = (f"stripeLedger{word}" for word in ("Live", "Others"))
    alone = AnyOf(
        tuple(
            AllOf((Equal((one,), frozenset({"sub_1"})), Absent((other,))))
            for one, other in ((live, others), (others, live))
        )
    )
    assert alone in write.condition.conditions
    assert write.set[others] == {"sub_1"}
    assert {"stripeLedgerLive", "nextPaymentAttemptAt", "subscriptionProducts"} <= {*write.remove}
    assert write.set["subscriptionAccessUntil"] == "2025-11-22T08:26:45Z"


def test_the_blind_payment_of_the_primary_subscription() -> None:
    """A payment of the primary subscription writes its fields and nothing of the subscription's."""
    write = write_of(events.failed(events.invoice(next_payment_attempt=T0 + 86_400), created=T0 + 5))
    version = f"{T0} in_1 0 {T0 + 5} 0 000001 {T0 + 86_400} = 2000"
    assert write.condition == AllOf(
        (
            Equal(("subscriptionId",), "sub_1"),
            Present((NAME, "r")),
            AnyOf((Absent((NAME, "p")), Less((NAME, "p", "v"), version))),
            Equal(("stripeLedgerSettings",), DEFAULTS.fingerprint),
            Holds(("stripeLedgerLive",), "sub_1"),
            AtLeast((NAME, "c", "k"), f"2 {T0} in_1"),
        )
    )
    assert write.set == {
        "lastPaymentStatus": "failed",
        "lastPaymentAt": "2025-11-22T08:26:45Z",
        "lastPaymentInvoiceId": "in_1",
        "lastPaymentAmount": 2000,
        "lastPaymentCurrency": "usd",
        "lastPaymentAttemptCount": 1,
        "nextPaymentAttemptAt": "2025-11-23T08:26:40Z",
    }
    assert write.parts == {(NAME, "p"): {"v": version, "y": "usd"}}
    assert write.remove == ()


def test_the_guard_of_the_second_decision_is_one_attribute() -> None:
    """The revision, which every write of the ledger sets anew, stands for all of it."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    item = tables.profiles["user_1"]
    write = write_of(events.created(events.subscription(id="sub_2"), event_id="evt_2", created=T0 + 1), item)
    assert write.condition == AllOf((Equal(("stripeLedgerRevision",), item["stripeLedgerRevision"]),))
    assert write_of(events.paid(events.invoice()), None).condition == AllOf(
        (Absent(("stripeLedgerRevision",)),)
    )


def test_an_invoice_never_sets_the_subscription_status() -> None:
    """A late invoice must not revive a cancelled user."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    ended = events.subscription(status="canceled", ended_at=T0 + 5)
    tables.deliver(parse_event(events.deleted(ended, event_id="evt_2", created=T0 + 5)))
    outcome = tables.deliver(parse_event(events.paid(events.invoice(), event_id="evt_3", created=T0 + 9)))
    assert outcome.applied
    assert tables.profiles["user_1"]["subscriptionStatus"] == "canceled"
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"


def test_a_late_created_event_does_not_undo_activation() -> None:
    """Stripe sends created and updated in one second, in either order."""
    tables = Tables()
    tables.deliver(parse_event(events.updated(events.subscription(), previous={"status": "incomplete"})))
    late = events.created(events.subscription(status="incomplete"), event_id="evt_0")
    assert tables.deliver(parse_event(late)).reason is Reason.STALE
    assert tables.profiles["user_1"]["subscriptionStatus"] == "active"


def test_the_payment_of_a_subscription_that_becomes_primary_is_shown() -> None:
    """An invoice that came before its subscription shows as soon as the subscription is there."""
    tables = Tables()
    tables.deliver(parse_event(events.paid(events.invoice())))
    assert "lastPaymentStatus" not in tables.profiles["user_1"]
    tables.deliver(parse_event(events.created(events.subscription(), event_id="evt_2")))
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"


def test_a_dying_old_subscription_does_not_hide_the_new_one() -> None:
    """Resubscribing while the first one runs out: its deletion leaves the second one primary."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    second = events.subscription(id="sub_2", created=T0 + 100)
    tables.deliver(parse_event(events.created(second, event_id="evt_2", created=T0 + 100)))
    ended = events.subscription(status="canceled", ended_at=T0 + 200)
    tables.deliver(parse_event(events.deleted(ended, event_id="evt_3", created=T0 + 200)))
    item = tables.profiles["user_1"]
    assert (item["subscriptionId"], item["subscriptionStatus"]) == ("sub_2", "active")


def test_the_profile_of_a_webhook_without_ledger_is_taken_over() -> None:
    """An item that an older webhook wrote has a subscription but no ledger: it is recomputed whole."""
    tables = Tables(profiles={"user_1": {"subscriptionId": "sub_1", "lastPaymentStatus": "failed"}})
    outcome = tables.deliver(parse_event(events.updated(events.subscription(), previous={})))
    assert outcome.reason is Reason.RECOMPUTED
    assert tables.profiles["user_1"]["subscriptionStatus"] == "active"
    assert "lastPaymentStatus" not in tables.profiles["user_1"]


@pytest.mark.parametrize("shown", ["sub_1", "sub_of_before"])
def test_an_invoice_leaves_what_a_webhook_wrote_until_a_subscription_is_known(shown: str) -> None:
    """Whichever subscription that webhook showed; the payment is kept, and shown with the subscription."""
    written = {"subscriptionId": shown, "subscriptionStatus": "active", "lastPaymentStatus": "failed"}
    tables = Tables(profiles={"user_1": dict(written)})
    assert tables.deliver(parse_event(events.paid(events.invoice()))).changed == ()
    assert {name: tables.profiles["user_1"].get(name) for name in written} == written
    tables.deliver(parse_event(events.updated(events.subscription(), previous={}, event_id="evt_2")))
    assert tables.profiles["user_1"]["subscriptionId"] == "sub_1"
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"


def test_an_update_without_user_asks_for_the_owner() -> None:
    """No user in the metadata: the customer's links are asked."""
    decision = decide(parse_event(events.updated(events.subscription(user=None), previous={})))
    assert decision == FindOwner("cus_1", "sub_1")


def test_an_invoice_without_user_asks_for_the_owner() -> None:
    """An invoice as well."""
    decision = decide(parse_event(events.paid(events.invoice(user=None))))
    assert decision == FindOwner("cus_1", "sub_1")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (events.paid(events.invoice(parent=None)), Reason.ONE_OFF_INVOICE),
        (events.event("charge.refunded", {"object": "charge"}), Reason.UNHANDLED_TYPE),
        (events.event("customer.created", {"id": "cus_1", "object": "customer"}), Reason.NOTHING_CLAIMED),
        (events.event("checkout.session.completed", {"id": "cs_1"}), Reason.NOTHING_CLAIMED),
    ],
)
def test_events_that_concern_no_subscription_are_skipped(raw: dict[str, Any], reason: Reason) -> None:
    """One-off invoices and unknown types are skipped with their reason."""
    assert decide(parse_event(raw)) == Skip(reason)


def test_a_hand_built_event_without_its_object_is_refused() -> None:
    """A handled type without its object is an error, never a silent skip."""
    bare = StripeEvent(id="evt_1", type="invoice.paid", created=CREATED)
    with pytest.raises(InvalidEventError, match="object"):
        decide(bare)

"""A subscription, an invoice or a session, as Stripe's API shows it → the event that carries it. Pure.

This is for whatever reads them without having been sent an event: sync, reconcile, a drift check.
Such a snapshot goes through `handling` like a thin event whose object was fetched, so it can undo nothing
newer.
"""

from collections.abc import Generator, Iterable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.conversation.cases import Case, case_of
from stripe_subscription_handler.conversation.handling import carry as carry_case
from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Applied,
    Commit,
    Handling,
    LinkChange,
    ReadLink,
    Request,
    Written,
)
from stripe_subscription_handler.conversation.settling import MAX_WRITES
from stripe_subscription_handler.decisions.claims import strongest
from stripe_subscription_handler.decisions.decision import ReadItem, Reason
from stripe_subscription_handler.decisions.entitlements import NO_KEYS, with_entitlements
from stripe_subscription_handler.decisions.ledger import NOTHING, Ledger, knows
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import changed_names
from stripe_subscription_handler.decisions.writes import full_write
from stripe_subscription_handler.events.checkout_sessions import CheckoutSession, read_checkout_session
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import INVOICE_ENDS
from stripe_subscription_handler.events.fields import optional_boolean, optional_object, optional_time
from stripe_subscription_handler.events.invoices import read_invoice
from stripe_subscription_handler.events.selection import Selection
from stripe_subscription_handler.events.subscriptions import read_subscription, with_end

_TYPE = "customer.subscription.updated"
"""The type that says least. A snapshot's version comes from `as_of` and never from its type."""


def snapshot_event(body: Mapping[str, Any], as_of: str, selection: Selection) -> StripeEvent:
    """Make an event of a subscription, as parsed from the API's JSON; for `as_of` see `api.Snapshot`.

    Raises:
        InvalidEventError: The object is malformed; `field` names where.
    """
    subscription = with_end(read_subscription(body, "subscription", selection), as_of)
    return StripeEvent(
        id=f"snapshot of {subscription.id}",
        type=_TYPE,
        created=as_of,
        livemode=optional_boolean(body, "livemode", "subscription"),
        subscription=subscription,
        as_of=as_of,
    )


def payment_event(
    body: Mapping[str, Any], of: StripeEvent, selection: Selection, *, is_unpaid: bool
) -> StripeEvent | None:
    """Make an event of an invoice, as parsed from the API's JSON; None where it tells no payment.

    `of` is the snapshot of the subscription that it bills. An invoice tells exactly what its events told once
    it is paid, void or given up. That an attempt failed is believed where the subscription says so too, by
    `is_unpaid`: an open invoice may also wait for a bank, or for the customer. Of such an attempt Stripe
    keeps no time; see `Payment.told_by`.

    Raises:
        InvalidEventError: The object is malformed; `field` names where.
    """
    invoice, subscription = read_invoice(body, "invoice", selection), of.subscription
    if subscription is None or invoice.subscription_id != subscription.id or invoice.asks_for_nothing:
        return None
    event_type = INVOICE_ENDS.get(invoice.status or "")
    if event_type is None:
        if not (is_unpaid and invoice.status == "open" and invoice.attempt_count):
            return None
        event_type = "invoice.payment_failed"
    transitions = optional_object(body, "status_transitions", "invoice") or {}
    finalized = optional_time(transitions, "finalized_at", "invoice.status_transitions")
    return StripeEvent(
        id=f"snapshot of {invoice.id}",
        type=event_type,
        # Under a test clock the invoice's times may be ahead of what later events will tell.
        created=min(invoice.uncollectible_at or finalized or invoice.created, of.created),
        livemode=of.livemode,
        invoice=invoice,
        as_of=of.as_of,
        fetched=subscription,
    )


def session_event(body: Mapping[str, Any], as_of: str, selection: Selection) -> StripeEvent:
    """Make an event of a checkout session, as parsed from the API's JSON; for `as_of` see `api.Snapshot`.

    It claims what the session's own event claims, to the letter: when the session was completed Stripe does
    not tell, and a claim is as old as the session is. So whichever of the two comes second changes nothing.

    Raises:
        InvalidEventError: The object is malformed; `field` names where.
    """
    session = read_checkout_session(body, "checkout.session", selection)
    livemode = optional_boolean(body, "livemode", "checkout.session")
    return attrs.evolve(completion_of(session, as_of), livemode=livemode)


def completion_of(session: CheckoutSession, as_of: str) -> StripeEvent:
    """The event of a session that Stripe showed as of a second."""
    return StripeEvent(
        id=f"snapshot of {session.id}",
        type="checkout.session.completed",
        created=min(session.created or as_of, as_of),
        session=session,
    )


def carry(
    event: StripeEvent,
    policy: Policy,
    shown_to: Iterable[str] = (),
    payment: StripeEvent | None = None,
) -> Handling:
    """Carry a snapshot through as `handling` does, and take the subscription out of everybody else's item.

    Its newest payment comes along in the same write, if one is given: an invoice's event, or what
    `payment_event` made of an invoice.

    The link says whose it is. Where the link was lost (a table restored from a backup, say), the items of
    `shown_to` tell by their claims, and whoever is not the owner loses what the item holds.
    """
    known, case = Known(event.customer_id), _case(event, policy, payment)
    question = ReadLink(case.customer_of(known), case.subscription_id)
    known.learn(question, (yield question))
    users = sorted(set(shown_to))
    for user_id in users:
        reading = ReadItem(user_id)
        known.learn(reading, (yield reading))
    held = (Ledger.from_item(known.items[user]).of(case.subscription_id).claim for user in users)
    if known.links.get(case.subscription_id) is None:
        verdict = strongest((case.claim, *held))
        case = attrs.evolve(case, claim=verdict.claim if verdict else None)
    outcome = yield from carry_case(case, known)
    also: tuple[Applied, ...] = ()
    for user_id in users:
        also += yield from _taken_out(case, known, user_id)
    return outcome.after(also)


def _case(event: StripeEvent, policy: Policy, payment: StripeEvent | None) -> Case:
    """A snapshot's case, with its newest payment and what that invoice says of whose the subscription is."""
    case = case_of(event, policy)
    if payment is None:
        return case
    verdict = strongest((case.claim, case_of(payment, policy).claim))
    return attrs.evolve(case, claim=verdict.claim if verdict else None, paid=payment)


def _taken_out(case: Case, known: Known, user_id: str) -> Generator[Request, Answer, tuple[Applied, ...]]:
    """Take a subscription out of an item whose user does not own it, if it is there."""
    subscription_id = case.subscription_id
    for _ in range(MAX_WRITES):
        link, item = known.link(subscription_id), known.items.get(user_id)
        ledger = Ledger.from_item(item)
        is_owner = not isinstance(link, Link) or link.owner in {None, user_id}
        if is_owner or not knows(item, subscription_id) or not isinstance(link, Link):
            return ()
        without = ledger.with_held(subscription_id, NOTHING)
        write = full_write(user_id, item, without, subscription_id, case.policy, Reason.MOVED)
        shown = known.customer.entitlements if known.customer else None
        if shown is None or shown.shown_to != user_id:
            # An old copy of an item may show what its user was entitled to as the owner.
            write = with_entitlements(write, item, case.customer_of(known), NO_KEYS)
        request = Commit(
            case.customer_of(known), (write,), LinkChange(subscription_id, link), reason=Reason.MOVED
        )
        answer = yield request
        known.learn(request, answer)
        if isinstance(answer, Written):
            return (
                Applied(case.id, user_id, Reason.MOVED, changed_names(item or {}, write.set, write.remove)),
            )
    return ()

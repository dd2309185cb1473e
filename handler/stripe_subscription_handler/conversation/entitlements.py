"""What a summary says of a customer's entitlements: recorded, and shown to whose they are. Pure conversation.

Nothing waits here: where nobody owns a subscription of the customer yet, the record alone keeps the summary,
and the transaction that brings one to its owner shows it (`projecting`).
"""

from collections.abc import Generator

import attrs

from stripe_subscription_handler.conversation.fetching import fetch_object
from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Applied,
    Commit,
    CustomerChange,
    Guard,
    Handling,
    Outcome,
    ReadLinks,
    Request,
    Written,
)
from stripe_subscription_handler.conversation.projecting import holder_after, projected, shown_in
from stripe_subscription_handler.conversation.settling import MAX_WRITES
from stripe_subscription_handler.decisions.decision import ReadItem, Reason
from stripe_subscription_handler.decisions.entitlements import NO_KEYS, Entitlements, newest
from stripe_subscription_handler.decisions.ledger import REVISION, Ledger
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import ENTITLEMENTS_SHOWN
from stripe_subscription_handler.errors import ConcurrentUpdateError
from stripe_subscription_handler.events.entitlements import EntitlementSummary
from stripe_subscription_handler.events.envelope import StripeEvent


def record_summary(event: StripeEvent, summary: EntitlementSummary, known: Known, policy: Policy) -> Handling:
    """Write down a customer's newest summary, and show it in the item of the user whose it is.

    Stripe is asked, with a key, where the event does not tell all entitlements, and where the summaries of
    one second do not tell which was the last.

    Raises:
        StripeUnavailableError: Stripe must be asked and does not answer.
        ConcurrentUpdateError: Something changed under every write that was tried.
    """
    customer_id, may_ask = summary.customer_id, policy.can_ask_stripe and event.as_of is None
    for _ in range(MAX_WRITES):
        question = ReadLinks(customer_id)
        known.learn(question, (yield question))
        if known.customer is not None and known.customer.is_forgotten:
            return Outcome(applied=False, reason=Reason.FORGOTTEN)
        standing = known.customer.entitlements if known.customer else None
        told = Entitlements.of(event, summary)
        best, certain = newest(standing, told)
        if standing is not None and best == standing:
            wrongly = yield from _shown_wrongly(standing, customer_id, known)
            if wrongly is None:
                is_newer = standing.version > told.version
                return Outcome(
                    applied=False,
                    reason=Reason.STALE if is_newer else Reason.DUPLICATE,
                    user_id=standing.shown_to,
                )
            # As if that item were known to show them: whoever should not loses them by that.
            best = attrs.evolve(best, shown_to=wrongly)
        if may_ask and not (certain and summary.is_whole):
            may_ask = False
            fetched = yield from fetch_object(event, customer_id, policy)
            if fetched is not None and fetched.entitlements is not None:
                event, summary = fetched, fetched.entitlements
            continue
        change = CustomerChange(Guard.AS_SEEN, known.revision, entitlements=best)
        request = Commit(customer_id, customer=change, reason=Reason.ENTITLED)
        request = yield from projected(request, known, policy)
        before = known.items.copy()
        answer = yield request
        known.learn(request, answer)
        if isinstance(answer, Written):
            incomplete = () if summary.is_whole else (ENTITLEMENTS_SHOWN,)
            shown = shown_in(event.id, request, before)
            return attrs.evolve(_outcome(request, known, shown), incomplete=incomplete)
    raise ConcurrentUpdateError(f"the customer changed under {MAX_WRITES} attempts to write its entitlements")


def _shown_wrongly(
    standing: Entitlements, customer_id: str, known: Known
) -> Generator[Request, Answer, str | None]:
    """Whose item does not show of the customer what it should, because an old copy was put in its place.

    An item without a ledger, or none, is no such copy: it shows them when a subscription comes to it.
    """
    for user in sorted({standing.shown_to, *known.owners} - {None}, key=str):
        reading = ReadItem(str(user))
        known.learn(reading, (yield reading))
        item = known.items.get(str(user))
        wanted = standing.keys if user == standing.shown_to else NO_KEYS
        if (
            item
            and REVISION in item
            and wanted != Ledger.from_item(item).entitlements.get(customer_id, NO_KEYS)
        ):
            return user
    return None


def _outcome(request: Commit, known: Known, shown: tuple[Applied, ...]) -> Outcome:
    assert known.customer is not None  # noqa: S101 - it was read, and written
    assert known.customer.entitlements is not None  # noqa: S101 - that is what was written
    shown_to = known.customer.entitlements.shown_to
    if shown_to is not None:
        reason = Reason.ENTITLED
    elif holder_after(request, known) is not None:
        reason = Reason.NO_PROFILE
    else:
        reason = Reason.SEVERAL_OWNERS if known.owners else Reason.NO_OWNER
    changed = next((one.changed for one in shown if one.user_id == shown_to), ())
    others = tuple(one for one in shown if one.user_id != shown_to)
    return Outcome(applied=True, reason=reason, user_id=shown_to, changed=changed, also_applied=others)

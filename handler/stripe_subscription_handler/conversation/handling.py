"""One event from the first decision to its end, as a conversation without I/O. Pure.

`handling(event)` is a generator: it yields what it wants done (`messages.Request`) and is sent what came of
that (`messages.Answer`). The store holds this conversation with DynamoDB and Stripe; the tests hold many at
once with a model of them, in every order, and break some off.

What few events need is imported where it is needed: a cold start would pay for it.
"""

# ruff: noqa: PLC0415 - see above
import attrs

from stripe_subscription_handler.conversation.cases import Case, case_of
from stripe_subscription_handler.conversation.fetching import unknown_to_stripe
from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.messages import Handling, Outcome
from stripe_subscription_handler.conversation.settling import settle
from stripe_subscription_handler.conversation.thin_events import Missing, whole
from stripe_subscription_handler.decisions.decide import nothing_to_do
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import ConnectEvents, Policy
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import CUSTOMER_DELETED


def handling(event: StripeEvent, policy: Policy = Policy()) -> Handling:  # noqa: B008 - frozen
    """Carry an event through.

    Raises:
        UserNotFoundError: Nobody can say whose subscription it is.
        InvalidEventError: What says whose it is names no user id by `user_id_pattern`.
        StripeUnavailableError: Stripe must be asked, and there is no key or no fresh answer.
        ConcurrentUpdateError: Something changed under every write that was tried.
    """
    if _is_skipped(event, policy):
        return Outcome(applied=False, reason=Reason.CONNECT_ACCOUNT)
    if event.is_generation_failure:
        return (yield from _caught_up(event, policy))
    if _forgets(event, policy):
        return (yield from _forgotten(event, policy))  # its id is all that matters, of a thin one too
    found = yield from whole(event, policy)
    if found is Missing.GONE:
        return Outcome(applied=False, reason=Reason.GONE)
    if found is Missing.UNKNOWN:
        raise unknown_to_stripe(event.related_id or event.id)
    return (yield from _handled(found, policy))


def _is_skipped(event: StripeEvent, policy: Policy) -> bool:
    return event.account is not None and policy.connect_events is ConnectEvents.SKIP


def _forgets(event: StripeEvent, policy: Policy) -> bool:
    return event.plain_type == CUSTOMER_DELETED and policy.forget_deleted_customers


def _forgotten(event: StripeEvent, policy: Policy) -> Handling:
    from stripe_subscription_handler.conversation.forgetting import forget_deleted

    return (yield from forget_deleted(event, policy))


def _caught_up(event: StripeEvent, policy: Policy) -> Handling:
    """Carry through what Stripe failed to tell, which `event` says."""
    from stripe_subscription_handler.conversation.catching_up import catch_up

    caught = yield from catch_up(event, policy)
    if caught.event is None:
        return Outcome(applied=False, reason=caught.reason, missed=caught.missed)
    if _is_skipped(caught.event, policy):
        return Outcome(applied=False, reason=Reason.CONNECT_ACCOUNT, missed=caught.missed)
    outcome = yield from _handled(caught.event, policy)
    return attrs.evolve(outcome, missed=caught.missed)


def _handled(event: StripeEvent, policy: Policy) -> Handling:
    """Carry through an event that has all that it is about."""
    if _forgets(event, policy):
        return (yield from _forgotten(event, policy))
    nothing = nothing_to_do(event)
    if nothing is not None:
        return Outcome(applied=False, reason=nothing.reason)
    known = Known(event.customer_id)
    if event.customer is not None:
        from stripe_subscription_handler.conversation.customers import claim_customer, record_deletion

        handle = record_deletion if event.plain_type == CUSTOMER_DELETED else claim_customer
        return (yield from handle(event, known, policy))
    if event.entitlements is not None:
        from stripe_subscription_handler.conversation.entitlements import record_summary

        return (yield from record_summary(event, event.entitlements, known, policy))
    outcome = yield from carry(case_of(event, policy), known)
    return attrs.evolve(outcome, incomplete=event.incomplete)


def carry(case: Case, known: Known) -> Handling:
    """Carry a case to its end, and apply what was parked for its customer where it says whose that is."""
    outcome = yield from settle(case, known)
    is_unlinked = known.is_unlinked(outcome.user_id, case.subscription_id)
    if not is_unlinked and not (known.parked and _may_help(case, outcome)):
        return outcome
    from stripe_subscription_handler.conversation.draining import drain_and_link

    others = yield from drain_and_link(case, known, outcome.user_id)
    return outcome.after_draining(others)


def _may_help(case: Case, outcome: Outcome) -> bool:
    """Whether what waits may be applied now, although the event brought no subscription to anybody."""
    if outcome.reason in {Reason.PARKED, Reason.UNMAPPED}:
        return False
    # A session may have been broken off in its drain, whatever has become of its claim since. And the app may
    # have made the profile that something waits for, which no event tells.
    return case.only_claims or not case.policy.create_missing_profile

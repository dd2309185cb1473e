"""One event's case about one subscription, and what can come next for it. Pure values."""

import attrs

from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.messages import Commit, ReadLinks
from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.decisions.decision import Decision, Reason
from stripe_subscription_handler.decisions.filters import may_be_ours
from stripe_subscription_handler.decisions.ledger import NOTHING, Held
from stripe_subscription_handler.decisions.naming import claim_of
from stripe_subscription_handler.decisions.policy import Circumstances, Policy
from stripe_subscription_handler.decisions.registers import Register, subscription_version
from stripe_subscription_handler.errors import InvalidEventError, UserNotFoundError
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import Rank
from stripe_subscription_handler.loggable import loggable
from stripe_subscription_handler.value import Value


@attrs.frozen(eq=False, repr=False)
class Case(Value):
    """What an event, or something that was parked, says of one subscription.

    Attributes:
        id: The event's, or that of what was parked.
        second: When it happened, ISO-8601 UTC.
        event: None for a moved subscription that was parked.
        claim: Whose it says the subscription is; None where it names nobody.
        only_claims: Whether it tells nothing of the subscription's state: a session, a customer.
        moved: What was parked of a moved subscription; or the state of an invoice's subscription that was
            read along with it.
        paid: The event of the subscription's newest invoice, where that comes along with its state.
        is_parked: Whether it was parked and is being drained.
        may_guess: Whether a tie that the events cannot settle is settled by the largest event id.
        was_asked: Whether Stripe was asked whose it is.
        was_refetched: Whether the event's state is what Stripe showed.
    """

    id: str
    second: str
    subscription_id: str
    policy: Policy
    event: StripeEvent | None = None
    claim: Claim | None = None
    only_claims: bool = False
    moved: Held = NOTHING
    paid: StripeEvent | None = None
    is_parked: bool = False
    may_guess: bool = False
    was_asked: bool = False
    was_refetched: bool = False

    @property
    def may_be_guessed(self) -> bool:
        """Whether the only owner of the customer's subscriptions gets it. An invoice waits for its own."""
        event = self.event
        return event is not None and (event.subscription is not None or event.alongside is not None)

    @property
    def is_another_apps(self) -> bool:
        """Whether the event is about another app's subscription, by the environment's filters."""
        return self.event is not None and not may_be_ours(self.event, self.policy.shows)

    @property
    def created(self) -> str | None:
        """When the subscription was made, where the event tells."""
        subscription = self.event.subscription if self.event else None
        return subscription.created if subscription else None

    def circumstances(self, *, linked: bool) -> Circumstances:
        return Circumstances(self.policy, linked=linked, may_guess=self.may_guess, paid=self.paid)

    def customer_of(self, known: Known) -> str:
        """The customer, whose links must be known.

        Raises:
            UserNotFoundError: The event names none, and no user either.
            InvalidEventError: The event names a user, and nothing can keep whose the subscription is.
        """
        if known.customer_id is not None:
            return known.customer_id
        if self.claim is None:
            raise UserNotFoundError(
                f"neither a user nor a customer is named for subscription {loggable(self.subscription_id)}"
            )
        raise InvalidEventError("event.data.object.customer", "must name the customer, is missing")


def case_of(event: StripeEvent, policy: Policy) -> Case:
    """The case of a subscription's, an invoice's or a session's event.

    Raises:
        InvalidEventError: What says whose it is names no user id by `user_id_pattern`.
    """
    return Case(
        event.id,
        event.as_of or event.created,
        event.subscription_id or "",
        policy,
        event,
        claim_of(event, policy),
        only_claims=event.session is not None,
        moved=_alongside(event),
        may_guess=not policy.can_ask_stripe,
    )


def _alongside(event: StripeEvent) -> Held:
    subscription, as_of = event.alongside, event.as_of
    if subscription is None or as_of is None:
        return NOTHING
    version = subscription_version(subscription, as_of, Rank.SNAPSHOT)
    return Held(register=Register(version, as_of, subscription))


@attrs.frozen(eq=False, repr=False)
class Done(Value):
    """Nothing is left to do."""

    reason: Reason
    user_id: str | None = None


@attrs.frozen(eq=False, repr=False)
class Nobody(Value):
    """Nobody can say whose the subscription is, or its user has no profile and it is parked already."""


Step = Decision | ReadLinks | Commit | Done | Nobody

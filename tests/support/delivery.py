"""Delivers a world's events as badly as AWS may: any order, several handlers at once, some killed."""

from collections.abc import Callable, Generator, Mapping, Sequence
from email.utils import formatdate
from typing import Any

import attrs

from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Fetch,
    Fetched,
    FetchedEvent,
    FetchEvent,
    Request,
)
from stripe_subscription_handler.conversation.snapshots import carry, completion_of
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import (
    ConcurrentUpdateError,
    StripeUnavailableError,
    UserNotFoundError,
)
from stripe_subscription_handler.events.checkout_sessions import CheckoutSession
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.subscriptions import Subscription
from stripe_subscription_handler.stripe_side.api import snapshot_as_of
from support.forgotten import forgetting
from support.happenings import World
from support.model import FOREVER, Tables, stripe_at
from support.one_owner import holders
from support.tapes import Tape

COMES_BACK = (ConcurrentUpdateError, StripeUnavailableError, UserNotFoundError)
"""Errors after which an event is delivered again: by Lambda's retries, or by a redrive."""
MOST_KILLS = 3
MOST_HANDLERS = 3
MOST_RETURNS = 6
"""Events that came back, after which Stripe's answers are fresh."""
TICKS = 20
"""Ticks in a second: more than the events of a world, so that each event gets a tick of its own."""
_LONGEST_ROUND_TRIP = 3 * TICKS
_LONGEST_QUIET = 12 * TICKS
_GIVE_UP = 400
_FOREVER = 4000
"""Steps after which a conversation is taken for one without end."""


@attrs.frozen
class SignUp:
    """Between two deliveries, the app makes the profile item of a user."""

    user_id: str


@attrs.frozen
class Removal:
    """Between two deliveries, the app deletes the profile item of a user."""

    user_id: str


@attrs.frozen
class Sync:
    """Between two deliveries, somebody has a subscription compared with Stripe and put right."""

    subscription_id: str


@attrs.frozen
class Forget:
    """Between two deliveries, somebody has a user forgotten."""

    user_id: str


@attrs.frozen
class Ask:
    """Between two deliveries, a success page asks about the checkout session of a subscription."""

    subscription_id: str


Delivery = StripeEvent | SignUp | Removal | Sync | Ask | Forget


def policy_of(world: World, policy: Policy) -> Policy:
    """A policy with what the world's app wants its profiles to show."""
    return attrs.evolve(policy, shows=world.settings)


def in_order(world: World, policy: Policy, *, profiles: Mapping[str, dict[str, Any]] | None = None) -> Tables:
    """What in-order, exactly-once delivery gives, each event handled before the next one happens.

    `profiles` are there from the beginning.
    """
    tables = Tables(policy=policy_of(world, policy), profiles=dict(profiles or {}))
    for number, event in enumerate(world.events, start=1):
        tables.stripe = stripe_at(world.shown[number], event.created)
        tables.deliver(event)
    return tables


_THIN = " thin"
"""Ends the ids of the thin events of a world that shows their snapshot events too."""


def as_thin(event: StripeEvent, *, is_named: bool | None = None) -> StripeEvent:
    """The thin event of an event: it says which object changed, and neither how nor whose it is.

    `is_named` says whether it names its snapshot event; without it, it has no id of its own either.
    """
    subject = event.invoice or event.subscription or event.session or event.customer
    related_id = event.entitlements.customer_id if event.entitlements else None
    return StripeEvent(
        id=event.id if is_named is None else event.id + _THIN,
        type=f"v1.{event.type}",
        created=event.created,
        livemode=event.livemode,
        related_id=subject.id if subject else related_id,
        snapshot_id=event.id if is_named else None,
    )


def _thin(deliveries: Sequence[Delivery], tape: Tape) -> list[Delivery]:
    """Three events of four as thin ones."""
    return [as_thin(one) if isinstance(one, StripeEvent) and tape.pick(4) < 3 else one for one in deliveries]


def _in_either_form(deliveries: Sequence[Delivery], tape: Tape) -> list[Delivery]:
    """Each event as a snapshot, thin, or in both forms, the second at any later time."""
    found: list[Delivery] = []
    for one in reversed(deliveries):
        form = tape.pick(3) if isinstance(one, StripeEvent) else 0
        forms = [one] if form != 1 else []
        if form and isinstance(one, StripeEvent):
            forms.append(as_thin(one, is_named=bool(tape.pick(2))))
        for each in forms:
            found.insert(tape.pick(len(found) + 1) if len(forms) > 1 else 0, each)
    return found


def _nothing(_tables: Tables) -> None:
    pass


def interleaved(  # noqa: PLR0913 - how a delivery can be arranged
    world: World,
    deliveries: Sequence[Delivery],
    tape: Tape,
    policy: Policy,
    *,
    thin: bool = False,
    either_form: bool = False,
    profiles: Mapping[str, dict[str, Any]] | None = None,
    after_each: Callable[[Tables], None] = _nothing,
    before: Tables | None = None,
) -> Tables:
    """Deliver with up to three handlers at once, which the tape schedules and kills.

    Stripe answers with its state at any moment after the handled event, which the library has to date.

    Args:
        world: What happened.
        deliveries: Its events in the order in which they are first delivered.
        tape: Schedules and kills.
        policy: The environment's choices.
        thin: Whether they are delivered as thin events, but for some. Stripe shows no event any more.
        either_form: Whether each comes as a snapshot event, as a thin one or as both, and Stripe shows both.
        profiles: Profile items that are there from the beginning.
        after_each: Looks at the tables after each request.
        before: What an earlier delivery came to, where this one goes on.
    """
    policy = policy_of(world, policy)
    tables, stripe = before or Tables(policy=policy, profiles=dict(profiles or {})), _Stripe(world, tape)
    waiting, running = list(deliveries), list[_Running]()
    waiting = _in_either_form(waiting, tape) if either_form else _thin(waiting, tape) if thin else waiting
    kills, steps = MOST_KILLS, 0
    while waiting or running:
        steps += 1
        assert steps < _FOREVER, "a conversation goes on for ever"
        if waiting and (not running or (len(running) < MOST_HANDLERS and tape.pick(2))):
            running += _begun(waiting.pop(0), tables, stripe)
            continue
        delivery, event, conversation, answer = running.pop(tape.pick(len(running)))
        try:
            request = conversation.send(answer)
        except StopIteration:
            continue
        except COMES_BACK:
            if steps > _GIVE_UP:
                raise
            waiting.append(delivery)
            stripe.catches_up()
            continue
        if isinstance(request, Fetch | FetchEvent):
            done = stripe.answer(request) if isinstance(request, Fetch) else stripe.event(request)
        else:
            done = tables.execute(request, event)
            after_each(tables)
        if kills and tape.pick(10) == 9:
            kills -= 1
            waiting.append(delivery)
            continue
        running.append((delivery, event, conversation, done))
    return tables


NOBODYS = StripeEvent("forget", "forget", "")
_Running = tuple[Delivery, StripeEvent, Generator[Request, Answer, Any], Any]
"""What is being handled, as which event, how far its handling has come, and what it is answered next."""


def _begun(delivery: Delivery, tables: Tables, stripe: "_Stripe") -> list[_Running]:
    match delivery:
        case SignUp(user_id):
            tables.profiles.setdefault(user_id, {tables.policy.partition_key_name: user_id})
        case Removal(user_id):
            tables.profiles.pop(user_id, None)
        case Sync(subscription_id):
            shown_to = holders(tables).get(subscription_id, ())
            return [
                (delivery, snapshot, carry(snapshot, tables.policy, shown_to), None)
                for snapshot in stripe.snapshot(subscription_id)
            ]
        case Forget(user_id):
            return [(delivery, NOBODYS, forgetting(tables, user_id), None)]
        case Ask(subscription_id):
            # The second begins before the first has ended: a stranger order than any that is real.
            asked = [*stripe.completion(subscription_id), *stripe.snapshot(subscription_id)]
            return [
                (
                    delivery,
                    event,
                    handling(event, tables.policy) if event.session else carry(event, tables.policy),
                    None,
                )
                for event in asked
            ]
        case StripeEvent():
            stripe.has_sent(delivery)
            return [(delivery, delivery, handling(delivery, tables.policy), None)]
    return []


@attrs.define
class _Stripe:
    """Answers with an object's state at any moment after what was delivered."""

    world: World
    tape: Tape
    _sent: int = 1
    _late: int = 0

    def has_sent(self, event: StripeEvent) -> None:
        ids = [one.id for one in self.world.events]
        self._sent = max(self._sent, ids.index(event.id.removesuffix(_THIN)) + 1)

    def catches_up(self) -> None:
        """Something had to come back. Sooner or later nothing happens any more, and all is shown that did."""
        self._late += 1

    def snapshot(self, subscription_id: str) -> list[StripeEvent]:
        """The subscription as an API client reads it, if it exists."""
        found = self.answer(Fetch("subscription", subscription_id))
        if not isinstance(found.object, Subscription):
            return []
        name, kind = f"snapshot of {subscription_id}", "customer.subscription.updated"
        return [StripeEvent(name, kind, found.as_of, subscription=found.object, as_of=found.as_of)]

    def event(self, request: FetchEvent) -> FetchedEvent:
        """Show an event, in the form that is asked for."""
        wanted = request.event_id.removesuffix(_THIN)
        [found] = [one for one in self.world.events if one.id == wanted]
        is_thin = request.form == "v2.core.event"
        if is_thin != request.event_id.endswith(_THIN):
            return FetchedEvent(None)  # it has none beside it that Stripe would show
        return FetchedEvent(as_thin(found, is_named=True) if is_thin else found)

    def completion(self, subscription_id: str) -> list[StripeEvent]:
        """The subscription's completed session as an API client reads it, if it has one."""
        found = self.answer(Fetch("checkout.session", f"cs_{subscription_id}"))
        is_there = isinstance(found.object, CheckoutSession)
        return [completion_of(found.object, found.as_of)] if is_there else []

    def answer(self, request: Fetch) -> Fetched:
        """Let the library compute how new the answer is at least."""
        if self._late >= MOST_RETURNS:
            return stripe_at(self.world.shown[-1], FOREVER)(request)
        pick, moments = self.tape.pick, _moments(self.world)
        reached = self._sent + pick(len(moments) - self._sent + 1)
        quiet_ends = moments[reached] if reached < len(moments) else moments[-1] + _LONGEST_QUIET
        read = moments[reached - 1] + pick(quiet_ends - moments[reached - 1])
        # The Date header is written between the read and the end of the round trip, and shows whole seconds.
        round_trip = pick(_LONGEST_ROUND_TRIP + 1)
        date = (read + pick(round_trip + 1)) // TICKS
        as_of = snapshot_as_of(formatdate(date, usegmt=True), round_trip / TICKS)
        return stripe_at(self.world.shown[reached], as_of)(request)


def _moments(world: World) -> list[int]:
    """When each event happened, in ticks: those of one second one after the other, inside their second."""
    seconds = [fact.second for fact in world.facts]
    return [second * TICKS + place - seconds.index(second) + 1 for place, second in enumerate(seconds)]

"""Hypothesis strategies for worlds: users, customers, subscriptions and the events Stripe would send."""

from typing import Any

import attrs
from hypothesis import strategies as st

from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events

STATUSES = ("incomplete", "trialing", "active", "past_due", "unpaid", "paused", "a_future_word")


@attrs.frozen
class World:
    """Events in the order in which they happened, and the subscription each belongs to.

    Attributes:
        events: In order.
        users: Subscription id → user.
    """

    events: tuple[StripeEvent, ...]
    users: dict[str, str]

    def __repr__(self) -> str:
        """Show one event a line, so that a counterexample can be read."""
        return "World(\n" + "\n".join(f"  {line(event)}" for event in self.events) + "\n)"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 - Hypothesis's protocol
        """Hypothesis prints attrs classes field by field unless told otherwise."""
        printer.text(repr(self))


def line(event: StripeEvent) -> str:
    """One event in one line."""
    subject = event.subscription or event.invoice
    detail = getattr(subject, "status", None) or getattr(subject, "id", None)
    return f"{event.created} {event.id} {event.type} {event.subscription_id} {detail} user={event.user_id}"


@attrs.frozen
class Kinds:
    """What may happen in a world.

    Attributes:
        same_second: Several events may share a second.
        unlabelled: Subscriptions may begin without a user in their metadata, and may get one later.
        moves: How often a subscription is handed to the other user, against two updates for each invoice; 0:
            never.
        deletions: How often a subscription ends, in the same measure.
        subscriptions: Most subscriptions.
        events: Most events.
    """

    same_second: bool = False
    unlabelled: bool = False
    moves: int = 0
    deletions: int = 1
    subscriptions: int = 3
    events: int = 9


@st.composite
def worlds(draw: st.DrawFn, kinds: Kinds = Kinds()) -> World:
    """Draw a world of one or two users with some subscriptions each."""
    users = {}
    for index in range(draw(st.integers(1, kinds.subscriptions))):
        users[f"sub_{index}"] = f"user_{draw(st.integers(1, 2))}"
    clock = events.T0
    states: dict[str, dict[str, Any]] = {}
    happened: list[StripeEvent] = []
    for number in range(draw(st.integers(1, kinds.events))):
        subscription_id = draw(st.sampled_from(sorted(users)))
        clock += draw(st.integers(0, 1)) if kinds.same_second else draw(st.integers(1, 3))
        event_id = f"evt_{_shuffled(number)}"
        raw = _next_event(draw, kinds, states, subscription_id, users[subscription_id], clock, event_id)
        happened.append(parse_event(raw))
    return World(tuple(happened), users)


def _shuffled(number: int) -> str:
    # Stripe's event ids say nothing about order; neither do ours.
    return f"{(number * 7919 + 13) % 101:03d}"


def _next_event(  # noqa: PLR0913, PLR0917 - what an event depends on
    draw: st.DrawFn,
    kinds: Kinds,
    states: dict[str, dict[str, Any]],
    subscription_id: str,
    user: str,
    clock: int,
    event_id: str,
) -> dict[str, Any]:
    # One customer per user of the beginning: an invoice without metadata finds its owner by that link.
    customer = f"cus_{user}"
    state = states.get(subscription_id)
    if state is None:
        state = events.subscription(
            id=subscription_id,
            user=draw(st.sampled_from((user, None))) if kinds.unlabelled else user,
            customer=customer,
            status=draw(st.sampled_from(STATUSES)),
            created=clock,
        )
        states[subscription_id] = state
        return events.created(state, event_id=event_id, created=clock)
    if state["status"] == "canceled":
        # Stripe may stamp an update a second after the deletion it preceded.
        straggler = {**state, "status": "active", "ended_at": None}
        return events.updated(straggler, event_id=event_id, created=clock, previous={"trial_end": 1})
    named = state["metadata"].get("userId")
    weighted = ("delete",) * kinds.deletions + ("move",) * max(1, kinds.moves)
    kind = draw(st.sampled_from(("update", "update", "invoice", "label", *weighted)))
    if kind == "invoice":
        # Without metadata around a change of owner, an invoice's user is a matter of delivery (documented).
        snapshots = (named,) if kinds.moves else (named, None)
        bill = events.invoice(
            id=f"in_{event_id}",
            sub=subscription_id,
            customer=customer,
            created=clock - draw(st.integers(0, 2)),
            user=draw(st.sampled_from(snapshots)),
            amount_paid=draw(st.integers(0, 3)),
        )
        return draw(st.sampled_from((events.paid, events.failed)))(bill, event_id=event_id, created=clock)
    if kind == "delete":
        state = states[subscription_id] = {**state, "status": "canceled", "ended_at": clock}
        return events.deleted(state, event_id=event_id, created=clock)
    changes: dict[str, Any]
    if kind == "label" and named is None:
        changes, previous = {"metadata": {"userId": user}}, {"metadata": {"userId": None}}
    elif kind == "move" and kinds.moves and named is not None:
        other = "user_2" if named == "user_1" else "user_1"
        changes, previous = {"metadata": {"userId": other}}, {"metadata": {"userId": named}}
    else:
        drawn = draw(_changes())
        changes = {name: value for name, value in drawn.items() if state[name] != value}
        previous = {name: state[name] for name in changes}
    state = states[subscription_id] = {**state, **changes}
    return events.updated(state, event_id=event_id, created=clock, previous=previous)


def _changes() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "status": st.sampled_from(STATUSES),
            "trial_end": st.sampled_from((None, events.T0 + 100)),
            "cancel_at_period_end": st.booleans(),
        },
    )

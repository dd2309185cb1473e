"""Hypothesis strategies for worlds: users, customers, subscriptions and the events Stripe would send."""

from typing import Any

import attrs
from hypothesis import strategies as st

from stripe_subscription_handler.envelope import StripeEvent, parse_event
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
        return "World(\n" + "\n".join(f"  {_line(event)}" for event in self.events) + "\n)"


def _line(event: StripeEvent) -> str:
    subject = event.subscription or event.invoice
    detail = getattr(subject, "status", None) or getattr(subject, "id", None)
    return f"{event.created} {event.id} {event.type} {event.subscription_id} {detail} user={event.user_id}"


@st.composite
def worlds(draw: st.DrawFn, *, same_second: bool = False) -> World:
    """Draw a world of one or two users with up to three subscriptions each.

    Args:
        draw: Hypothesis's.
        same_second: Whether several events may share a second; otherwise all seconds are distinct.
    """
    lives = []
    users = {}
    for index in range(draw(st.integers(1, 3))):
        user = f"user_{draw(st.integers(1, 2))}"
        # One customer per user: an invoice without metadata finds its owner by the customer's link.
        lives.append((f"sub_{index}", user))
        users[f"sub_{index}"] = user
    clock = events.T0
    states: dict[str, dict[str, Any]] = {}
    happened: list[StripeEvent] = []
    for number in range(draw(st.integers(1, 9))):
        subscription_id, user = draw(st.sampled_from(lives))
        clock += draw(st.integers(0, 1)) if same_second else draw(st.integers(1, 3))
        raw = _next_event(draw, states, subscription_id, user, clock, f"evt_{_shuffled(number)}")
        if raw is not None:
            happened.append(parse_event(raw))
    return World(tuple(happened), users)


def _shuffled(number: int) -> str:
    # Stripe's event ids say nothing about order; neither do ours.
    return f"{(number * 7919 + 13) % 101:03d}"


def _next_event(
    draw: st.DrawFn,
    states: dict[str, dict[str, Any]],
    subscription_id: str,
    user: str,
    clock: int,
    event_id: str,
) -> dict[str, Any] | None:
    customer = f"cus_{user}"
    state = states.get(subscription_id)
    if state is None:
        status = draw(st.sampled_from(STATUSES))
        state = events.subscription(
            id=subscription_id, user=user, customer=customer, status=status, created=clock
        )
        states[subscription_id] = state
        return events.created(state, event_id=event_id, created=clock)
    if state["status"] == "canceled":
        # Stripe may stamp an update a second after the deletion it preceded.
        straggler = {**state, "status": "active", "ended_at": None}
        return events.updated(straggler, event_id=event_id, created=clock, previous={"trial_end": 1})
    kind = draw(st.sampled_from(("update", "update", "invoice", "delete")))
    if kind == "invoice":
        bill = events.invoice(
            id=f"in_{event_id}",
            sub=subscription_id,
            customer=customer,
            created=clock - draw(st.integers(0, 2)),
            user=draw(st.sampled_from((user, None))),
            amount_paid=draw(st.integers(0, 3)),
        )
        return draw(st.sampled_from((events.paid, events.failed)))(bill, event_id=event_id, created=clock)
    if kind == "delete":
        state = {**state, "status": "canceled", "ended_at": clock}
        states[subscription_id] = state
        return events.deleted(state, event_id=event_id, created=clock)
    changes: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "status": st.sampled_from(STATUSES),
                "trial_end": st.sampled_from((None, events.T0 + 100)),
                "cancel_at_period_end": st.booleans(),
            },
        )
    )
    changes = {name: value for name, value in changes.items() if state[name] != value}
    previous = {name: state[name] for name in changes}
    state = {**state, **changes}
    states[subscription_id] = state
    return events.updated(state, event_id=event_id, created=clock, previous=previous)

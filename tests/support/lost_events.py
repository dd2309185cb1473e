"""Accounts whose events were partly lost, and tables that somebody spoilt, drawn by Hypothesis."""

import random
from typing import Any

import attrs
from hypothesis import strategies as st

from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.ledger import PREFIX, subscription_attribute
from stripe_subscription_handler.decisions.view import SUBSCRIPTION_VIEW
from stripe_subscription_handler.events.envelope import parse_event
from support import events

USERS = ("user_1", "user_2")
STATUSES = ("active", "past_due", "trialing", "unpaid", "incomplete")


@attrs.frozen
class Story:
    """An account and what became of its events.

    Attributes:
        bodies: Its subscriptions as they are now.
        happened: Every event, in order.
        delivered: How many of the events were delivered, each as a place in `happened`.
        spoilt: What was done to the tables afterwards.
        seed: Decides what exactly is spoilt.
    """

    bodies: dict[str, dict[str, Any]]
    happened: list[dict[str, Any]]
    delivered: list[int]
    spoilt: list[str]
    seed: int

    def befall(self, tables: Tables) -> None:
        """Deliver what was delivered, then spoil what was spoilt."""
        for place in self.delivered:
            tables.deliver(parse_event(self.happened[place]))
        rng = random.Random(self.seed)  # noqa: S311 - repeatable on purpose
        for kind in self.spoilt:
            spoil(tables, kind, rng)

    def truth(self) -> Tables:
        """The tables as in-order, exactly-once delivery would have left them."""
        tables = Tables()
        for event in self.happened:
            tables.deliver(parse_event(event))
        return tables


SPOILS = ("profile", "ledger", "view", "links", "register")


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Draw up to four subscriptions of two users, each with a customer of its first user."""
    bodies: dict[str, dict[str, Any]] = {}
    happened: list[dict[str, Any]] = []
    for second in range(draw(st.integers(1, 10))):
        identifier = f"sub_{draw(st.integers(1, 4))}"
        clock = events.T0 + second
        number = f"evt_{second}"
        body = bodies.get(identifier)
        if body is None:
            user = draw(st.sampled_from(USERS))
            status = draw(st.sampled_from(STATUSES))
            body = events.subscription(
                id=identifier, user=user, customer=f"cus_{user}", status=status, created=clock
            )
            happened.append(events.created(body, event_id=number, created=clock))
        elif body["status"] == "canceled":
            continue
        elif draw(st.integers(0, 3)) == 0:
            body = {**body, "status": "canceled", "ended_at": clock}
            happened.append(events.deleted(body, event_id=number, created=clock))
        else:
            previous: dict[str, Any]
            if draw(st.integers(0, 3)) == 0:
                user = body["metadata"]["userId"]
                other = next(one for one in USERS if one != user)
                body, previous = {**body, "metadata": {"userId": other}}, {"metadata": {"userId": user}}
            else:
                previous = {"status": body["status"]}
                body = {**body, "status": draw(st.sampled_from(STATUSES))}
            happened.append(events.updated(body, event_id=number, created=clock, previous=previous))
        bodies[identifier] = body
    places = st.integers(0, len(happened) - 1)
    return Story(
        bodies=bodies,
        happened=happened,
        delivered=draw(st.lists(places, max_size=12)),
        spoilt=draw(st.lists(st.sampled_from(SPOILS), max_size=4)),
        seed=draw(st.integers(0, 2**16)),
    )


def spoil(tables: Tables, kind: str, rng: random.Random) -> None:
    """Do to the tables what an app or a person may have done."""
    if kind == "links" and tables.links:
        del tables.links[rng.choice(sorted(tables.links))]
    if kind == "links" or not tables.profiles:
        return
    user = rng.choice(sorted(tables.profiles))
    if kind == "profile":
        del tables.profiles[user]
        return
    item = dict(tables.profiles[user])
    attributes = {
        "ledger": [name for name in item if name.startswith(PREFIX)],
        "view": [name for name in item if name in SUBSCRIPTION_VIEW],
        "register": [name for name in item if name.startswith(subscription_attribute(""))],
    }[kind]
    for name in sorted(attributes):
        if kind == "ledger" or rng.random() < 0.5:
            del item[name]
    tables.profiles[user] = item


def shown(tables: Tables) -> dict[str, dict[str, Any]]:
    """What the profiles show of subscriptions."""
    return {
        user: {name: item[name] for name in SUBSCRIPTION_VIEW if name in item}
        for user, item in tables.profiles.items()
        if "subscriptionId" in item
    }

"""How many DynamoDB requests it costs to find an owner, to change one, and to park, on the model."""

from typing import Any

import pytest

from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.model import Tables

T0 = events.T0
NO_PROFILES = Policy(create_missing_profile=False)


def created(user: str | None, which: int = 1, **changes: Any) -> StripeEvent:
    """A subscription begins."""
    body = events.subscription(id=f"sub_{which}", user=user, created=T0 + which, **changes)
    return parse_event(events.created(body, event_id=f"evt_c{which}", created=T0 + which))


def updated(user: str | None, second: int, **changes: Any) -> StripeEvent:
    """The first subscription goes on, and its label stays."""
    body = events.subscription(user=user, created=T0 + 1, **changes)
    previous = {"cancel_at_period_end": True}
    return parse_event(
        events.updated(body, event_id=f"evt_u{second}", created=T0 + second, previous=previous)
    )


def labelled(user: str | None, before: str | None, second: int) -> StripeEvent:
    """The first subscription's label is changed."""
    body = events.subscription(user=user, created=T0 + 1)
    previous = {"metadata": {"userId": before}}
    return parse_event(
        events.updated(body, event_id=f"evt_l{second}", created=T0 + second, previous=previous)
    )


def paid(user: str | None, second: int) -> StripeEvent:
    """The first subscription is paid for."""
    body = events.invoice(id=f"in_{second}", user=user, created=T0 + second)
    return parse_event(events.paid(body, event_id=f"evt_p{second}", created=T0 + second))


def session(user: str, second: int = 5, which: int = 1) -> StripeEvent:
    """A checkout session that made a subscription is completed."""
    body = events.session(sub=f"sub_{which}", user=None, client_reference_id=user)
    return parse_event(events.completed(body, event_id=f"evt_s{second}", created=T0 + second))


def customer(user: str, before: str | None, second: int = 900) -> StripeEvent:
    """The customer's own label is changed."""
    body, previous = events.customer(user=user), {"metadata": {"userId": before}}
    about = {"event_id": f"evt_{second}", "created": T0 + second, "previous": previous}
    return parse_event(events.event("customer.updated", body, **about))


def delivered(*before: StripeEvent, policy: Policy = Policy()) -> Tables:  # noqa: B008 - frozen
    """The tables after some events."""
    tables = Tables(policy=policy)
    for event in before:
        tables.deliver(event)
    return tables


def counted(tables: Tables, event: StripeEvent, reason: Reason) -> int:
    """The requests of an event."""
    before = tables.requests
    assert tables.deliver(event).reason is reason
    return tables.requests - before


def waiting(count: int) -> list[StripeEvent]:
    """Events of one subscription that nobody names."""
    return [created(None), *(paid(None, second) for second in range(2, count + 1))]


@pytest.mark.parametrize("event", waiting(2))
def test_parking_costs_two_requests(event: StripeEvent) -> None:
    """One reads whose it could be, one keeps the event."""
    assert counted(delivered(), event, Reason.PARKED) == 2


@pytest.mark.parametrize(
    ("before", "event", "requests"),
    [
        ([], created("user_1"), 2),
        ([], updated("user_1", 5), 2),
        ([], paid("user_1", 5), 2),
        ([customer("user_1", None, 1)], created(None), 3),
    ],
)
def test_parking_for_a_user_without_a_profile(
    before: list[StripeEvent], event: StripeEvent, requests: int
) -> None:
    """The refused write tells that there is no profile."""
    assert counted(delivered(*before, policy=NO_PROFILES), event, Reason.PARKED) == requests


@pytest.mark.parametrize("count", [1, 3, 10])
def test_a_label_that_applies_what_waits(count: int) -> None:
    """Five requests, and one for each parked event."""
    tables = delivered(*waiting(count))
    assert counted(tables, labelled("user_1", None, 800), Reason.FIRST_EVENT) == 5 + count
    assert not any(tables.parked.values())


@pytest.mark.parametrize("count", [1, 3, 10])
@pytest.mark.parametrize("event", [session("user_1", 800), customer("user_1", None, 800)])
def test_a_session_or_a_customer_that_applies_what_waits(event: StripeEvent, count: int) -> None:
    """Four requests, and one for each parked event."""
    tables = delivered(*waiting(count))
    assert counted(tables, event, Reason.CLAIMED) == 4 + count
    assert not any(tables.parked.values())


@pytest.mark.parametrize("count", [1, 3, 10])
def test_a_profile_that_was_made_after_the_events(count: int) -> None:
    """The next event of its user applies what waits."""
    tables = delivered(
        created("user_1"), *(paid("user_1", n) for n in range(2, count + 1)), policy=NO_PROFILES
    )
    tables.profiles["user_1"] = {"PK": "USER#user_1"}
    assert counted(tables, updated("user_1", 800), Reason.RECOMPUTED) == 5 + count
    assert not any(tables.parked.values())


@pytest.mark.parametrize(
    ("others", "is_theirs"), [(0, False), (2, False), (500, False), (2, True), (100, True)]
)
def test_a_move_and_what_comes_late(others: int, is_theirs: bool) -> None:  # noqa: FBT001 - a case
    """At most four requests, however many subscriptions the former owner or the customer has."""
    tables = delivered(created("user_1"))
    for which in range(2, others + 2):
        owner = "user_1" if is_theirs else f"user_{which}"
        tables.deliver(created(owner, which, status="incomplete"))
    assert counted(tables, labelled("buyer", "user_1", 900), Reason.FIRST_EVENT) == 4
    assert counted(tables, created("user_1"), Reason.STALE) == 2
    assert counted(tables, updated("user_1", 800), Reason.STALE) == 3
    assert counted(tables, paid("user_1", 800), Reason.RECOMPUTED) == 4
    assert counted(tables, paid("user_1", 901), Reason.RECOMPUTED) == 4
    assert counted(tables, labelled("user_1", "buyer", 950), Reason.RECOMPUTED) == 4


GUESSED = [created("user_1"), created(None, 2)]


@pytest.mark.parametrize(
    ("before", "event", "reason", "requests"),
    [
        pytest.param([], session("user_1"), Reason.CLAIMED, 2, id="before the subscription"),
        pytest.param([created("user_1")], session("user_2"), Reason.OUTRANKED, 1, id="labelled already"),
        pytest.param(GUESSED, session("user_1", which=2), Reason.CLAIMED, 3, id="guessed rightly"),
        pytest.param(GUESSED, session("user_2", which=2), Reason.MOVED, 4, id="guessed wrongly"),
        pytest.param(
            [session("user_1"), created(None)], session("user_1"), Reason.DUPLICATE, 2, id="once more"
        ),
    ],
)
def test_a_session(before: list[StripeEvent], event: StripeEvent, reason: Reason, requests: int) -> None:
    """Two requests where it comes first; four where it takes the subscription from another user."""
    assert counted(delivered(*before), event, reason) == requests


@pytest.mark.parametrize("count", [0, 1, 10])
def test_a_customer_whose_label_changes(count: int) -> None:
    """Two requests for the claim; then both profiles are read, and each subscription is a transaction."""
    tables = delivered(customer("user_1", None, 1), *(created(None, which) for which in range(1, count + 1)))
    moves = count + 2 if count else 0
    assert counted(tables, customer("user_2", "user_1"), Reason.CLAIMED) == 2 + moves
    assert counted(tables, customer("user_2", "user_1"), Reason.DUPLICATE) == 1


def test_a_guess() -> None:
    """The links are read, and then it is a user's second subscription."""
    tables = delivered(created("user_1"))
    assert counted(tables, created(None, 2), Reason.RECOMPUTED) == 3

"""A subscription with more items than Stripe embeds."""

from typing import Any

import attrs
import pytest

from stripe_subscription_handler import Policy, Reason, StripeUnavailableError, parse_event
from stripe_subscription_handler.conversation.messages import Fetch, Fetched
from support import events
from support.model import Tables

AS_OF = "2026-01-01T00:00:00Z"


def item(number: int) -> dict[str, Any]:
    """An item of a product of its own."""
    return {"price": {"id": f"price_{number}", "product": f"prod_{number}"}, "quantity": number}


def body(count: int, *, has_more: bool) -> dict[str, Any]:
    """A subscription of which so many items are embedded."""
    listed = {
        "object": "list",
        "data": [item(number) for number in range(1, count + 1)],
        "has_more": has_more,
    }
    return events.subscription(items=listed)


EVENT = parse_event(events.created(body(2, has_more=True)))
WHOLE = parse_event(events.created(body(3, has_more=False))).subscription


def test_with_a_key_stripe_shows_the_rest() -> None:
    """The snapshot takes the event's place."""
    asked: list[Fetch] = []

    def stripe(request: Fetch) -> Fetched:
        asked.append(request)
        return Fetched(WHOLE, AS_OF)

    tables = Tables(policy=Policy(can_ask_stripe=True), stripe=stripe)
    assert tables.deliver(EVENT).reason == Reason.REFETCHED
    assert set(tables.profiles["user_1"]["subscriptionProducts"]) == {"prod_1", "prod_2", "prod_3"}
    assert [(one.subject, one.object_id) for one in asked] == [("subscription", "sub_1")]


def test_without_a_key_the_first_ones_are_shown() -> None:
    """The log line says that there are more."""
    tables = Tables()
    tables.deliver(EVENT)
    assert set(tables.profiles["user_1"]["subscriptionProducts"]) == {"prod_1", "prod_2"}
    assert EVENT.incomplete == ("items",)


def test_a_stripe_that_has_it_no_more_leaves_what_was_embedded() -> None:
    """Test data can be deleted for good."""
    tables = Tables(policy=Policy(can_ask_stripe=True), stripe=lambda _: Fetched(None, AS_OF))
    tables.deliver(EVENT)
    assert set(tables.profiles["user_1"]["subscriptionProducts"]) == {"prod_1", "prod_2"}


def test_an_answer_that_is_too_old_is_tried_again_later() -> None:
    """Lambda invokes the function again; nothing is lost."""
    tables = Tables(
        policy=Policy(can_ask_stripe=True), stripe=lambda _: Fetched(WHOLE, "2020-01-01T00:00:00Z")
    )
    with pytest.raises(StripeUnavailableError):
        tables.deliver(EVENT)


def test_a_parked_one_is_completed_when_it_is_applied() -> None:
    """It was parked as it came."""
    tables = Tables(policy=Policy(can_ask_stripe=True), stripe=lambda _: Fetched(None, AS_OF))
    assert EVENT.subscription is not None
    waits = attrs.evolve(EVENT, subscription=attrs.evolve(EVENT.subscription, user_id=None))
    assert tables.deliver(waits).reason == Reason.PARKED
    assert WHOLE is not None
    tables.stripe = lambda _: Fetched(WHOLE, AS_OF)
    session = parse_event(events.completed(events.session(), event_id="evt_session"))
    tables.deliver(session)
    assert set(tables.profiles["user_1"]["subscriptionProducts"]) == {"prod_1", "prod_2", "prod_3"}

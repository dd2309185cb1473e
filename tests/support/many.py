"""Users and customers with many subscriptions, and what their items cost. Ids are as long as Stripe's own."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from benchmarks.capacity import item_bytes
from stripe_subscription_handler.decisions.ledger import REVISION
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.model import Tables

CUSTOMER = "cus_NffrFeUfNV2Hib"
LARGEST_BYTES = 400 * 1024
"""DynamoDB's largest item."""
REVISION_TEXT = "01234567"
"""As long as the store's; the model's are longer."""


def subscription_id(place: int) -> str:
    """The id of a subscription."""
    return f"sub_1MowQVLkdIwHu7ixRn{place:06}"


def subscription(place: int, user: str, **changes: Any) -> dict[str, Any]:
    """A subscription of the customer; those with a higher place were created later."""
    body = events.subscription(
        id=subscription_id(place),
        created=events.T0 + place,
        customer=CUSTOMER,
        price="price_1MowQULkdIwHu7ixraBm864M",
        user=user,
        **changes,
    )
    body["items"]["data"][0]["price"]["product"] = "prod_NffrFeUfNV2Hib"
    return body


def event_id(word: str, place: int) -> str:
    """The id of an event."""
    return f"evt_1MowQVLkdIwHu{word:0<7}{place:04}"


def updated(place: int, user: str, second: int, previous: Mapping[str, Any]) -> StripeEvent:
    """A subscription is changed."""
    about = {"event_id": event_id("u", second), "created": events.T0 + second, "previous": dict(previous)}
    return parse_event(events.updated(subscription(place, user), **about))


def paid(place: int, user: str, second: int) -> StripeEvent:
    """A subscription is paid for."""
    body = events.invoice(
        id=f"in_1MtHbELkdIwHu7ix{second:08}",
        sub=subscription_id(place),
        customer=CUSTOMER,
        user=user,
        created=events.T0 + second,
    )
    return parse_event(events.paid(body, event_id=event_id("p", second), created=events.T0 + second))


def life(place: int, user: str, *, ends: bool = False) -> Iterator[StripeEvent]:
    """A subscription begins, its card is accepted in the same second, it is paid for, and may end."""
    begun = {"created": events.T0 + place}
    body = subscription(place, user, status="incomplete")
    yield parse_event(events.created(body, event_id=event_id("c", place), **begun))
    yield updated(place, user, place, {"status": "incomplete"})
    yield paid(place, user, place)
    if ends:
        end = events.T0 + 5_000 + place
        body = subscription(place, user, status="canceled", ended_at=end, canceled_at=end)
        yield parse_event(events.deleted(body, event_id=event_id("d", place), created=end))


def abandoned(place: int, user: str) -> StripeEvent:
    """A checkout begins, and nobody pays."""
    body = subscription(place, user, status="incomplete")
    return parse_event(events.created(body, event_id=event_id("c", place), created=events.T0 + place))


def of_one_user(histories: Iterable[Iterable[StripeEvent]], user: str) -> Tables:
    """The tables after histories of live subscriptions, each about one of its own, the newest last.

    They are what delivering all would leave, without the time that this takes.
    """
    item: dict[str, Any] = {}
    whole = Tables()
    for history in histories:
        tables = Tables()
        for event in history:
            tables.deliver(event)
        whole.links |= tables.links
        whole.customers |= tables.customers
        for name, value in tables.profiles[user].items():
            item[name] = item.get(name, frozenset()) | value if isinstance(value, frozenset) else value
    whole.profiles[user] = item
    return whole


def profile_bytes(tables: Tables, user: str) -> int:
    """The size of a profile, its keys included."""
    item = {"PK": f"USER#{user}", "SK": "PROFILE", **tables.profiles[user], REVISION: REVISION_TEXT}
    return item_bytes(to_wire(item))

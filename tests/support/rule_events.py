"""Events that the rule lets pass, and such as it holds back: one for each reason. Raw, in today's shape."""

from typing import Any

from support import events

Event = dict[str, Any]

_PREVIOUS_LABEL = {"metadata": {"userId": "user_0"}}
_NO_LABEL_BEFORE = {"metadata": {"userId": None}}
_OTHER_METADATA = {"metadata": {"plan": "basic"}}


def _customer(kind: str, *, user: str | None = "user_1", previous: Event | None = None) -> Event:
    return events.event(f"customer.{kind}", events.customer(user=user), previous=previous)


def _thin(event_type: str, related: str) -> Event:
    thin = {"id": "evt_1", "object": "v2.core.event", "type": f"v1.{event_type}"}
    return {**thin, "created": "2026-11-02T10:00:00.987Z", "related_object": {"id": "x_1", "type": related}}


PASSING: dict[str, Event] = {
    "a subscription": events.updated(events.subscription()),
    "an invoice": events.paid(events.invoice()),
    "a session that made a subscription": events.completed(events.session()),
    "such a session that names nobody": events.completed(events.session(user=None)),
    "a customer who is made with a label": _customer("created"),
    "a customer who is deleted with a label": _customer("deleted"),
    "a customer who is deleted without a label": _customer("deleted", user=None),
    "a customer's first label": _customer("updated", previous=_NO_LABEL_BEFORE),
    "a customer's other label": _customer("updated", previous=_PREVIOUS_LABEL),
    "a label taken off": _customer("updated", user=None, previous=_PREVIOUS_LABEL),
    "a failure to generate an event": {
        "id": "evt_1",
        "object": "v2.core.event",
        "type": "v2.core.health.event_generation_failure.resolved",
    },
    "a ping": {"id": "evt_1", "object": "v2.core.event", "type": "v2.core.event_destination.ping"},
}
"""Reason → event."""

HELD_BACK: dict[str, Event] = {
    "a session that made a payment": events.completed(events.session(mode="payment", sub=None)),
    "a session that set a card up": events.completed(events.session(mode="setup", sub=None)),
    "a customer who is made without a label": _customer("created", user=None),
    "a customer who is made without metadata": events.event("customer.created", events.customer(metadata={})),
    "a labelled customer's new address": _customer("updated", previous={"email": "before@example.com"}),
    "a labelled customer's other metadata": _customer("updated", previous=_OTHER_METADATA),
    "an update without what was before": _customer("updated"),
    "a thin event whose type is not configured": _thin("customer.updated", "customer"),
    "another type of event": events.event(
        "charge.refunded", {"id": "ch_1", "metadata": {"userId": "user_1"}}
    ),
    "another type with mode": events.event("checkout.session.expired", events.session()),
}
"""Reason → event."""


def can_matter(event: dict[str, Any]) -> bool:
    """Whether an event can say whose a subscription is, if it is a session's or a customer's."""
    data = event.get("data") or {}
    match event["type"]:
        case "checkout.session.completed":
            return data["object"].get("mode") == "subscription"
        case "customer.created":
            return "userId" in data["object"]["metadata"]
        case "customer.updated":
            return "userId" in data["previous_attributes"].get("metadata", {})
    return True

"""A summary of active entitlements: which keys it tells, and what it leaves open."""

from typing import Any

import pytest

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.entitlements import (
    EntitlementSummary,
    customer_of_related,
    read_summary,
    with_former_keys,
)
from stripe_subscription_handler.events.envelope import parse_event
from support import events

TYPE = "entitlements.active_entitlement_summary.updated"
LISTED = [events.entitlement("sso")]


def test_a_summary_is_its_lookup_keys() -> None:
    """The set of them, without order; names of features are the app's own business."""
    event = parse_event(events.entitled(events.summary("sso", "audit"), before=["sso"]))
    assert event.entitlements == EntitlementSummary(
        "cus_1", frozenset({"audit", "sso"}), former_keys=frozenset({"sso"})
    )
    assert (event.customer_id, event.subscription_id, event.user_id) == ("cus_1", None, None)


def test_an_expanded_customer_is_an_id() -> None:
    """As everywhere."""
    assert read_summary(events.summary(customer={"id": "cus_9"}), "summary").customer_id == "cus_9"


def test_a_summary_says_when_there_are_more() -> None:
    """Then it is not whole."""
    assert not read_summary(events.summary("sso", has_more=True), "summary").is_whole


@pytest.mark.parametrize(
    ("summary", "previous"),
    [
        (EntitlementSummary("cus_1", frozenset()), {}),
        (EntitlementSummary("cus_1", frozenset()), {"entitlements": None}),
        (EntitlementSummary("cus_1", frozenset()), {"entitlements": {"has_more": False}}),
        (EntitlementSummary("cus_1", frozenset()), {"entitlements": {"data": LISTED, "has_more": True}}),
        (EntitlementSummary("cus_1", frozenset()), {"entitlements": {"data": [{"id": "ent_1"}]}}),
        (EntitlementSummary("cus_1", frozenset(), is_whole=False), {"entitlements": {"data": LISTED}}),
    ],
    ids=["nothing", "null", "no list", "more before", "changed keys only", "more after"],
)
def test_what_was_before_may_be_left_open(summary: EntitlementSummary, previous: dict[str, Any]) -> None:
    """Only a whole list says from where the update came."""
    assert with_former_keys(summary, previous, "previous").former_keys is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer": None}, "customer"),
        ({"customer": 7}, "customer"),
        ({"entitlements": None}, "entitlements.data"),
        ({"entitlements": []}, "entitlements.data"),
        ({"entitlements": {"object": "list"}}, "entitlements.data"),
        ({"entitlements": "ent_1"}, "entitlements"),
        ({"entitlements": {"data": [{"lookup_key": 7}]}}, "entitlements.data[0].lookup_key"),
        ({"entitlements": {"data": [{}]}}, "entitlements.data[0].lookup_key"),
        ({"entitlements": {"data": ["ent_1"]}}, "entitlements.data[0]"),
        ({"entitlements": {"data": [], "has_more": "no"}}, "entitlements.has_more"),
    ],
)
def test_a_malformed_summary_names_its_field(change: dict[str, Any], field: str) -> None:
    """The path, never the value."""
    with pytest.raises(InvalidEventError) as caught:
        read_summary({**events.summary("sso"), **change}, "summary")
    assert caught.value.field == f"summary.{field}"


@pytest.mark.parametrize(
    "related",
    [
        {"id": "cus_1", "type": "customer", "url": "/v1/customers/cus_1"},
        {"id": "cus_1", "url": ""},
        {"url": "/v1/entitlements/active_entitlements?customer=cus_1"},
        {"id": "summary", "url": "/v1/entitlements/active_entitlements?limit=10&customer=cus_1#x"},
    ],
)
def test_a_thin_event_names_its_customer(related: dict[str, Any]) -> None:
    """By its id, or in the address of the list."""
    assert customer_of_related(related, "related_object") == "cus_1"


@pytest.mark.parametrize(
    "related", [{}, {"id": "ent_1", "url": "/v1/entitlements"}, {"url": "/v1/x?not_customer=cus_1"}]
)
def test_a_thin_event_that_names_no_customer_is_malformed(related: dict[str, Any]) -> None:
    """Nobody could be asked about anybody."""
    with pytest.raises(InvalidEventError, match="must name the customer") as caught:
        customer_of_related(related, "related_object")
    assert caught.value.field == "related_object"

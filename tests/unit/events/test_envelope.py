"""From raw events to `StripeEvent`: the envelope, the head of the event, and what is refused."""

from types import MappingProxyType
from typing import Any

import pytest

from stripe_subscription_handler import InvalidEventError, Refetch, StripeEvent, decide, parse_event
from stripe_subscription_handler.events.customers import Customer
from stripe_subscription_handler.events.event_types import (
    CHECKOUT_SESSION_EVENTS,
    CUSTOMER_EVENTS,
    INVOICE_EVENTS,
    SUBJECTS,
    SUBSCRIPTION_EVENTS,
)
from stripe_subscription_handler.events.selection import Selection
from support import events
from support.fixtures import MISSING, changed

SECRET = "a-secret-value"  # noqa: S105 - stands for personal data in the tables below
CREATED = events.created(events.subscription())
PAID = events.paid(events.invoice())
COMPLETED = events.completed(events.session())
LABELLED = events.event("customer.created", events.customer())


def error_of(raw: Any) -> InvalidEventError:
    """The error that parsing ends with."""
    with pytest.raises(InvalidEventError) as caught:
        parse_event(raw)
    return caught.value


@pytest.mark.parametrize("raw", [None, "text", 7, 7.5, True, [], [CREATED]], ids=repr)
def test_an_event_is_an_object(raw: Any) -> None:
    """Anything else than a mapping is refused as a whole."""
    assert error_of(raw).field == "event"


@pytest.mark.parametrize("detail", [MISSING, None, SECRET, 7, True, [], [CREATED]], ids=repr)
def test_the_detail_of_an_envelope_is_an_object(detail: Any) -> None:
    """An envelope without a Stripe event inside names `detail`."""
    error = error_of(changed(events.envelope(CREATED), "detail", detail))
    assert error.field == "detail"
    assert SECRET not in str(error)


HEAD = [
    *[("id", value) for value in (MISSING, None, "", 7, True, [SECRET], {"id": SECRET})],
    *[("type", value) for value in (MISSING, None, "", 7, True, [SECRET], {"type": SECRET})],
    *[("created", value) for value in (MISSING, None, True, 1.5, -1, 10**12, 10**30, [SECRET], {})],
    *[("created", value) for value in (SECRET, "", "1763800000", "2026-11-02", "2026-11-02T10:00:00")],
    *[("created", value) for value in ("0001-01-01T00:00:00Z", "1969-12-31T23:59:59.5Z")],
    *[("created", value) for value in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")],
    *[("livemode", value) for value in (0, 1, "false", SECRET, [], {})],
    *[("account", value) for value in (7, True, [SECRET], {"id": SECRET})],
]


@pytest.mark.parametrize(("field", "value"), HEAD, ids=repr)
def test_a_malformed_head_names_its_field(field: str, value: Any) -> None:
    """The head is checked before anything else, in bare events and in envelopes, for unhandled types too."""
    for event in (CREATED, PAID, events.event("charge.refunded", {"object": "charge"})):
        bare = changed(event, field, value)
        assert error_of(bare).field == f"event.{field}"
        error = error_of(events.envelope(event) | {"detail": bare})
        assert error.field == f"detail.{field}"
        assert SECRET not in str(error)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("data", MISSING, "data.object"),
        ("data", None, "data.object"),
        ("data", {}, "data.object"),
        ("data", [SECRET], "data"),
        ("data", SECRET, "data"),
        ("data.object", None, "data.object"),
        ("data.object", SECRET, "data.object"),
        ("data.object", [SECRET], "data.object"),
        ("data.object.object", "charge", "data.object.object"),
        ("data.object.object", SECRET, "data.object.object"),
        ("data.object.object", 7, "data.object.object"),
        ("data.object.object", {}, "data.object.object"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("event", [CREATED, PAID, COMPLETED, LABELLED], ids=lambda event: event["type"])
def test_a_malformed_payload_names_its_field(
    event: dict[str, Any], path: str, value: Any, field: str
) -> None:
    """The object must be there, an object, and of the kind that the type announces."""
    error = error_of(changed(event, path, value))
    assert error.field == f"event.{field}"
    assert SECRET not in str(error)


def test_the_object_s_kind_must_fit_the_type() -> None:
    """A subscription in an invoice event, or the reverse, is refused."""
    assert error_of(events.paid(events.subscription())).field == "event.data.object.object"
    assert error_of(events.created(events.invoice())).field == "event.data.object.object"


def test_the_object_s_kind_may_be_missing() -> None:
    """Without `object` the type of the event decides alone."""
    assert parse_event(changed(CREATED, "data.object.object", MISSING)).subscription
    assert parse_event(changed(PAID, "data.object.object", None)).invoice


@pytest.mark.parametrize("previous", [[1], "status", 7, True])
def test_previous_attributes_are_an_object(previous: Any) -> None:
    """Where they are something else, the error says so."""
    event = changed(events.updated(events.subscription()), "data.previous_attributes", previous)
    assert error_of(event).field == "event.data.previous_attributes"


def test_an_empty_detail_is_an_empty_event() -> None:
    """An envelope around `{}` misses the event's first field."""
    assert error_of({"detail": {}}).field == "detail.id"
    assert error_of({}).field == "event.id"


def test_the_head_is_read() -> None:
    """Id, type, time, mode and connected account are taken over."""
    event = parse_event(
        events.event("charge.refunded", {}, event_id="evt_7") | {"livemode": True, "account": "acct_1"}
    )
    assert event == StripeEvent(
        id="evt_7",
        type="charge.refunded",
        created="2025-11-22T08:26:40Z",
        livemode=True,
        account="acct_1",
    )


def test_an_envelope_s_own_account_is_not_stripe_s() -> None:
    """The AWS account of the envelope never passes for a connected Stripe account."""
    assert parse_event(events.envelope(CREATED)).account is None


def test_the_head_may_say_less() -> None:
    """Mode and account may be null or missing, API version and request are never needed."""
    event = changed(changed(changed(CREATED, "livemode", MISSING), "api_version", MISSING), "account", None)
    assert parse_event(event).livemode is None
    assert parse_event(event | {"request": "iar_1"}) == parse_event(event | {"request": None})


@pytest.mark.parametrize("data", [None, "text", [], {"object": None}, {"object": "cus_1"}])
def test_the_payload_of_an_unhandled_type_does_not_matter(data: Any) -> None:
    """An event that will be skipped is not refused for a payload nobody reads."""
    event = parse_event(changed(events.event("charge.refunded", {}), "data", data))
    assert (event.subscription, event.before, event.invoice) == (None, None, None)


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        ("2026-11-02T10:00:00Z", "2026-11-02T10:00:00Z"),
        ("2026-11-02T10:00:00.999Z", "2026-11-02T10:00:00Z"),
        ("2026-11-02T12:00:00+02:00", "2026-11-02T10:00:00Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    ],
)
def test_an_api_v2_time_becomes_whole_seconds_in_utc(created: str, expected: str) -> None:
    """ISO-8601 with an offset is read, and cut to the second, never rounded up."""
    ping = {"id": "evt_1", "object": "v2.core.event", "type": "v2.core.event_destination.ping"}
    assert parse_event({**ping, "created": created}).created == expected


def thin(event_type: str, **changes: Any) -> dict[str, Any]:
    """A thin event in its envelope."""
    related = {"id": "sub_1", "type": "subscription", "url": "/v1/subscriptions/sub_1"}
    return {
        "detail": {
            "id": "evt_1",
            "object": "v2.core.event",
            "type": f"v1.{event_type}",
            "created": "2026-11-02T10:00:00.987Z",
            "related_object": related,
            **changes,
        }
    }


@pytest.mark.parametrize("event_type", sorted(SUBSCRIPTION_EVENTS))
def test_a_thin_event_names_the_subscription_to_fetch(event_type: str) -> None:
    """It has no data, only an id and a second; `decide` asks for the object."""
    event = parse_event(thin(event_type))
    assert (event.related_id, event.created) == ("sub_1", "2026-11-02T10:00:00Z")
    assert decide(event) == Refetch("sub_1", "2026-11-02T10:00:00Z")


@pytest.mark.parametrize("event_type", sorted(INVOICE_EVENTS))
def test_a_thin_event_names_the_invoice_to_fetch(event_type: str) -> None:
    """The same for invoices."""
    event = parse_event(thin(event_type, related_object={"id": "in_1", "type": "invoice"}))
    assert (event.related_id, event.plain_type, event.is_about_invoice) == ("in_1", event_type, True)


@pytest.mark.parametrize("event_type", sorted(CHECKOUT_SESSION_EVENTS))
def test_a_thin_event_names_the_session_to_fetch(event_type: str) -> None:
    """The same for checkout sessions."""
    event = parse_event(thin(event_type, related_object={"id": "cs_1", "type": "checkout.session"}))
    assert (event.related_id, event.is_about_session, event.is_about_customer) == ("cs_1", True, False)


@pytest.mark.parametrize("event_type", sorted(CUSTOMER_EVENTS))
def test_a_thin_event_names_the_customer_to_fetch(event_type: str) -> None:
    """The same for customers."""
    event = parse_event(thin(event_type, related_object={"id": "cus_1", "type": "customer"}))
    assert (event.related_id, event.is_about_session, event.is_about_customer) == ("cus_1", False, True)


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("invoice.paid", "subscription"),
        ("customer.subscription.updated", "invoice"),
        ("checkout.session.completed", "subscription"),
        ("customer.updated", "subscription"),
    ],
)
def test_a_thin_event_about_another_kind_of_object_is_refused(event_type: str, kind: str) -> None:
    """The type says what must be fetched; something else there is malformed."""
    error = error_of(thin(event_type, related_object={"id": "x_1", "type": kind}))
    assert error.field == "detail.related_object.type"


def test_the_context_of_a_thin_event_is_its_connected_account() -> None:
    """Stripe's v2 events have no `account`; the gate for connected accounts must see them too."""
    assert parse_event(thin("customer.subscription.updated", context="acct_1")).account == "acct_1"


def test_an_organisations_snapshot_event_is_told_by_its_context() -> None:
    """That is the way to the account; a Connect event's `account` is only where it ends."""
    raw = events.envelope(events.created(events.subscription()))
    raw["detail"]["context"] = "org_1/acct_1"
    assert parse_event(raw).account == "org_1/acct_1"
    raw["detail"]["account"] = "acct_1"
    assert parse_event(raw).account == "org_1/acct_1"
    del raw["detail"]["context"]
    assert parse_event(raw).account == "acct_1"


@pytest.mark.parametrize("related", [None, {}, {"id": ""}, {"id": 7}, [SECRET]])
def test_a_thin_event_without_its_object_is_refused(related: Any) -> None:
    """The id of the related object must be there."""
    error = error_of(thin("customer.subscription.updated", related_object=related))
    assert error.field.startswith("detail.related_object")
    assert SECRET not in str(error)


def test_a_snapshot_event_never_has_the_prefix_of_a_thin_one() -> None:
    """`v1.` belongs to thin types; with a snapshot's shape it is just an unknown type."""
    event = parse_event(events.event("v1.customer.subscription.updated", events.subscription()))
    assert event.subscription is None


@pytest.mark.parametrize("event_type", sorted(SUBSCRIPTION_EVENTS))
def test_every_subscription_type_carries_a_subscription(event_type: str) -> None:
    """The subscription is read for each type, and the event speaks for it."""
    event = parse_event(
        events.event(event_type, events.subscription(id="sub_9", customer="cus_9", user="u9"))
    )
    assert (event.subscription_id, event.customer_id, event.user_id) == ("sub_9", "cus_9", "u9")
    assert event.invoice is None


@pytest.mark.parametrize("event_type", sorted(INVOICE_EVENTS))
def test_every_invoice_type_carries_an_invoice(event_type: str) -> None:
    """The invoice is read for each type, and the event speaks for its subscription."""
    event = parse_event(events.event(event_type, events.invoice(sub="sub_9", customer="cus_9", user="u9")))
    assert (event.subscription_id, event.customer_id, event.user_id) == ("sub_9", "cus_9", "u9")
    assert event.subscription is None


@pytest.mark.parametrize("event_type", sorted(CHECKOUT_SESSION_EVENTS))
def test_every_session_type_carries_a_session(event_type: str) -> None:
    """The event speaks for the subscription that the session made."""
    event = parse_event(events.event(event_type, events.session(sub="sub_9", customer="cus_9", user="u9")))
    assert (event.subscription_id, event.customer_id, event.user_id) == ("sub_9", "cus_9", "u9")
    assert (event.is_about_session, event.is_about_invoice, event.subscription) == (True, False, None)


@pytest.mark.parametrize("event_type", sorted(CUSTOMER_EVENTS))
def test_every_customer_type_carries_a_customer(event_type: str) -> None:
    """The event speaks for the customer, and for none of its subscriptions."""
    event = parse_event(events.event(event_type, events.customer(id="cus_9", user="u9")))
    assert (event.subscription_id, event.customer_id, event.user_id) == (None, "cus_9", "u9")
    assert event.customer == Customer("cus_9", "u9", deleted=event_type == "customer.deleted")
    assert (event.is_about_customer, event.is_about_session) == (True, False)


@pytest.mark.parametrize(
    ("now", "previous", "expected"),
    [
        ("new", {"metadata": {"userId": "old"}}, ("new", "new", "old")),
        ("new", {"metadata": {"userId": None}}, ("new", "new", None)),
        ("same", {"metadata": {"plan": "x"}, "email": "before@example.com"}, ("same", "same", None)),
        ("same", {"metadata": None}, ("same", "same", None)),
        ("same", None, ("same", "same", None)),
        (None, {"metadata": {"userId": "old"}}, ("old", None, "old")),
        (None, {"metadata": {"userId": ""}}, (None, None, None)),
    ],
)
def test_an_updated_customer_tells_whom_it_named_before(
    now: str | None, previous: dict[str, Any] | None, expected: tuple[str | None, ...]
) -> None:
    """A label that was taken off still says whose event it is."""
    event = parse_event(events.event("customer.updated", events.customer(user=now), previous=previous))
    assert event.customer is not None
    assert (event.user_id, event.customer.user_id, event.customer.former_user_id) == expected


@pytest.mark.parametrize(
    ("previous", "field"),
    [
        ([SECRET], ""),
        ({"metadata": SECRET}, ".metadata"),
        ({"metadata": {"userId": [SECRET]}}, ".metadata.userId"),
        ({"metadata": {"userId": "x" * 2_001}}, ".metadata.userId"),
    ],
)
def test_a_malformed_former_label_names_its_field(previous: Any, field: str) -> None:
    """What the customer was before an update is checked like what it is now."""
    error = error_of(events.event("customer.updated", events.customer(), previous=previous))
    assert error.field == f"event.data.previous_attributes{field}"
    assert SECRET not in str(error)


def test_an_event_without_an_object_of_ours_speaks_for_nobody() -> None:
    """Unhandled types name neither subscription, customer nor user."""
    event = parse_event(events.event("charge.refunded", {"id": "ch_1", "metadata": {"userId": "u"}}))
    assert (event.subscription_id, event.customer_id, event.user_id) == (None, None, None)


def test_the_metadata_key_of_the_user_is_configurable() -> None:
    """Only the configured key names the user, in subscriptions, their past and invoices."""
    metadata = {"userId": "wrong", "account": "right"}
    updated = events.updated(
        events.subscription(metadata=metadata), previous={"metadata": {"account": "before"}}
    )
    read = parse_event(updated, Selection("account"))
    assert read.user_id == "right"
    assert read.before is not None
    assert read.before.user_id == "before"
    paid = changed(PAID, "data.object.parent.subscription_details.metadata", metadata)
    assert parse_event(paid, Selection("account")).user_id == "right"


def test_any_mapping_is_an_event() -> None:
    """The library asks for a mapping, not for a dict, and changes nothing in it."""
    assert parse_event(MappingProxyType(CREATED)) == parse_event(CREATED)
    frozen = MappingProxyType({"detail": MappingProxyType(CREATED)})
    assert parse_event(frozen) == parse_event(CREATED)


@pytest.mark.parametrize("event_type", [*SUBJECTS])
def test_an_empty_object_of_php_s_lacks_what_must_be_there(event_type: str) -> None:
    """It arrives as an empty list, and the error names what is missing in it."""
    raw = events.event(event_type, {}) | {"data": {"object": []}}
    with pytest.raises(InvalidEventError) as caught:
        parse_event(raw)
    assert caught.value.field.startswith("event.data.object.")

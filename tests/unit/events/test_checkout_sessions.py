"""Checkout sessions: whose subscription one says it made, in every place and shape; and what is refused."""

from typing import Any

import pytest

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.checkout_sessions import CheckoutSession, read_checkout_session
from stripe_subscription_handler.events.selection import Selection
from support import events
from support.fixtures import MISSING, changed

SECRET = "a-secret-value"  # noqa: S105 - stands for personal data in the tables below
BEGAN = "2025-11-22T08:26:40Z"
"""When the sessions of `events.session` were made."""


def read(body: dict[str, Any], key: str = "userId") -> CheckoutSession:
    """Read one."""
    return read_checkout_session(body, "object", Selection(key))


def test_a_session_names_subscription_customer_and_user() -> None:
    """Four ids, and when it was made, are all that is kept."""
    assert read(events.session()) == CheckoutSession("cs_1", "sub_1", "cus_1", "user_1", BEGAN)


@pytest.mark.parametrize(
    ("metadata", "reference", "user"),
    [
        ({"userId": "u1"}, "u2", "u1"),
        ({"userId": "u1"}, None, "u1"),
        ({"userId": ""}, "u2", "u2"),
        ({"other": "u1"}, "u2", "u2"),
        ({}, "u2", "u2"),
        (None, "u2", "u2"),
        (MISSING, "u2", "u2"),
        ({}, "", None),
        ({}, None, None),
        ({}, MISSING, None),
    ],
)
def test_the_metadata_names_the_user_before_the_reference(metadata: Any, reference: Any, user: Any) -> None:
    """`client_reference_id` counts only where the metadata names nobody; an empty text is unset."""
    body = changed(events.session(), "metadata", metadata)
    assert read(changed(body, "client_reference_id", reference)).user_id == user


def test_the_metadata_key_is_configurable() -> None:
    """Another key names nobody."""
    assert (
        read(events.session(metadata={"userId": "wrong", "account": "right"}), "account").user_id == "right"
    )


def test_subscription_and_customer_may_be_expanded() -> None:
    """Where they were expanded, their ids are read."""
    body = events.session(sub=events.subscription(id="sub_9"), customer={"id": "cus_9", "object": "customer"})
    assert read(body) == CheckoutSession("cs_1", "sub_9", "cus_9", "user_1", BEGAN)


@pytest.mark.parametrize("mode", [None, MISSING])
def test_a_session_without_a_mode_may_have_made_a_subscription(mode: Any) -> None:
    """The oldest sessions say no mode."""
    assert read(changed(events.session(), "mode", mode)).subscription_id == "sub_1"


@pytest.mark.parametrize(
    "changes",
    [{"mode": "payment"}, {"mode": "setup"}, {"mode": "a_new_word"}, {"sub": None}],
    ids=str,
)
def test_a_session_that_made_no_subscription_claims_nothing(changes: dict[str, Any]) -> None:
    """It is read as far as its id, so nothing else about it can fail the event."""
    broken = {"metadata": 7, "client_reference_id": 7, "customer": 7}
    assert read(events.session(**changes)) == CheckoutSession("cs_1", None, None, None)
    assert read(events.session(**changes, **broken)) == CheckoutSession("cs_1", None, None, None)


@pytest.mark.parametrize("path", ["amount_total", "customer_details", "line_items", "status"])
def test_what_is_not_read_never_fails_a_session(path: str) -> None:
    """Whatever Stripe puts there."""
    assert read(changed(events.session(), path, [{}])) == read(events.session())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *[("id", value) for value in (MISSING, None, "", 7, [SECRET], {"id": SECRET})],
        *[("mode", value) for value in (7, [SECRET], {})],
        *[("subscription", value) for value in ("", 7, [SECRET], True)],
        *[("customer", value) for value in ("", 7, [SECRET], True)],
        *[("metadata", value) for value in (SECRET, 7, [SECRET])],
        *[("created", value) for value in (SECRET, [SECRET], True)],
        *[("metadata.userId", value) for value in (7, [SECRET], {}, "x" * 2_001, "\ud800")],
    ],
    ids=repr,
)
def test_a_malformed_session_names_its_field(path: str, value: Any) -> None:
    """The error has the path, never the value."""
    with pytest.raises(InvalidEventError) as caught:
        read(changed(events.session(), path, value))
    assert caught.value.field == f"object.{path}"
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("value", [7, [SECRET], {}, "x" * 1_001])
def test_a_malformed_reference_names_its_field(value: Any) -> None:
    """It is read where the metadata names nobody."""
    with pytest.raises(InvalidEventError) as caught:
        read(events.session(user=None, client_reference_id=value))
    assert caught.value.field == "object.client_reference_id"


def test_a_malformed_expanded_object_names_its_id() -> None:
    """An expanded subscription without an id is no reference."""
    with pytest.raises(InvalidEventError) as caught:
        read(events.session(sub={"object": "subscription"}))
    assert caught.value.field == "object.subscription.id"

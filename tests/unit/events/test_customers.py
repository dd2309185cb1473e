"""Customers: whom their metadata names, now and before an update; and what is refused."""

from typing import Any

import pytest

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.customers import Customer, read_customer, with_former
from stripe_subscription_handler.events.selection import PLAIN
from support import events
from support.fixtures import MISSING, changed

SECRET = "a-secret-value"  # noqa: S105 - stands for personal data in the tables below


@pytest.mark.parametrize(
    ("metadata", "user"),
    [
        ({"userId": "u1"}, "u1"),
        ({"userId": ""}, None),
        ({"other": "u1"}, None),
        (None, None),
        (MISSING, None),
    ],
)
def test_a_customer_is_an_id_and_whom_it_names(metadata: Any, user: str | None) -> None:
    """Stripe's empty value means unset."""
    body = changed(events.customer(), "metadata", metadata)
    assert read_customer(body, "object", PLAIN) == Customer("cus_1", user)


def test_a_deleted_customer_is_shown_without_metadata() -> None:
    """What Stripe answers when it is asked for a customer that was deleted."""
    body = {"id": "cus_1", "object": "customer", "deleted": True}
    assert read_customer(body, "object", PLAIN) == Customer("cus_1", None, deleted=True)


@pytest.mark.parametrize("path", ["email", "subscriptions", "created", "address", "default_source"])
def test_what_is_not_read_never_fails_a_customer(path: str) -> None:
    """Whatever Stripe puts there."""
    body = changed(events.customer(), path, [7])
    assert read_customer(body, "object", PLAIN) == Customer("cus_1", "user_1")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *[("id", value) for value in (MISSING, None, "", 7, [SECRET], {"id": SECRET})],
        *[("metadata", value) for value in (SECRET, 7, [SECRET])],
        *[("metadata.userId", value) for value in (7, [SECRET], {}, "x" * 2_001, "\ud800")],
        *[("deleted", value) for value in (1, SECRET, [])],
    ],
    ids=repr,
)
def test_a_malformed_customer_names_its_field(path: str, value: Any) -> None:
    """The error has the path, never the value."""
    with pytest.raises(InvalidEventError) as caught:
        read_customer(changed(events.customer(), path, value), "object", PLAIN)
    assert caught.value.field == f"object.{path}"
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("previous", "user", "changed"),
    [
        ({"metadata": {"userId": "old"}}, "old", True),
        ({"metadata": {"userId": None}}, None, True),
        ({"metadata": {"userId": ""}}, None, True),
        ({"metadata": {"other": "old"}}, None, False),
        ({"metadata": {}}, None, False),
        ({"metadata": None}, None, True),
        ({"email": "before@example.com"}, None, False),
    ],
)
def test_an_update_tells_the_user_before(previous: dict[str, Any], user: str | None, changed: bool) -> None:  # noqa: FBT001
    """The old value of the key; and whether the update was about it at all."""
    after = with_former(Customer("cus_1", "new"), previous, "previous_attributes", PLAIN)
    assert after == Customer("cus_1", "new", former_user_id=user, is_relabelled=changed)

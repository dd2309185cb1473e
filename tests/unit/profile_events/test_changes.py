"""Records that are none, or not as they should be: each is a named error, and tells no value."""

from typing import Any

import pytest

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.profile_events.changes import change_of
from support.stream_records import SETTINGS, record


def broken(*path: str, value: Any) -> dict[str, Any]:
    """A record with one thing in it replaced."""
    found = record({}, {"subscriptionStatus": "active"})
    place: Any = found
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return found


@pytest.mark.parametrize(
    ("strange", "field"),
    [
        ("text", "record"),
        ({"eventSource": "aws:sqs", "body": "{}"}, "dynamodb"),
        (broken("dynamodb", "Keys", value=None), "dynamodb.Keys"),
        (broken("dynamodb", "Keys", "PK", value="USER#1"), "dynamodb.Keys.PK"),
        (broken("eventID", value=""), "eventID"),
        (broken("dynamodb", "SequenceNumber", value="12x"), "dynamodb.SequenceNumber"),
        (broken("dynamodb", "StreamViewType", value="KEYS_ONLY"), "dynamodb.StreamViewType"),
        (broken("dynamodb", "NewImage", value=[]), "dynamodb.NewImage"),
        (
            broken("dynamodb", "NewImage", "subscriptionQuantity", value={"N": "secret"}),
            "subscriptionQuantity",
        ),
        (broken("dynamodb", "NewImage", "subscriptionQuantity", value={"N": "NaN"}), "subscriptionQuantity"),
        (broken("dynamodb", "NewImage", "entitlements", value={"SS": [1]}), "entitlements"),
        (broken("dynamodb", "NewImage", "entitlements", value={"X": "secret"}), "entitlements"),
        (broken("dynamodb", "NewImage", "entitlements", value={"S": "a", "N": "1"}), "entitlements"),
    ],
)
def test_a_record_that_is_not_as_it_should_be_is_named(strange: Any, field: str) -> None:
    """By the field, without what stands in it."""
    with pytest.raises(InvalidEventError, match=field) as caught:
        change_of(strange, SETTINGS.keys, SETTINGS.told)
    assert "secret" not in str(caught.value)


def test_an_item_of_the_apps_own_may_have_any_key() -> None:
    """A number as its sort key, say: it is no profile."""
    strange = record({}, {"subscriptionStatus": "active"}, key={"PK": "USER#1", "SK": 7})
    assert change_of(strange, SETTINGS.keys, SETTINGS.told) is None

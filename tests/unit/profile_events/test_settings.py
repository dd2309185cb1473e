"""The environment of the profile events, and what is refused."""

import json

import pytest

from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.profile_events.settings import DEFAULT_ATTRIBUTES, Settings
from stripe_subscription_handler.profile_keys import ProfileKeys
from stripe_subscription_handler.reading.contract import ATTRIBUTES

GIVEN = {
    "PROFILE_EVENTS_BUS_ARN": "arn:aws:events:eu-west-1:111122223333:event-bus/default",
    "PROFILE_EVENTS_SOURCE": "acme-profiles",
    "PROFILE_EVENTS_FAILURE_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/111122223333/failures",
}


def test_what_is_not_given_has_its_default() -> None:
    """The owner's keys, and the attributes that mean a change a user can see."""
    found = Settings.from_environment(GIVEN)
    assert found.attributes == DEFAULT_ATTRIBUTES
    assert found.keys == ProfileKeys()
    assert set(DEFAULT_ATTRIBUTES) <= ATTRIBUTES.keys()
    assert found.told.names == ATTRIBUTES.keys()


def test_attributes_of_the_readers_own_can_count() -> None:
    """Then they are told as well; the whole contract always is."""
    found = Settings.from_environment(
        {**GIVEN, "PROFILE_EVENTS_ATTRIBUTES": '["plan", "subscriptionStatus"]', "SORT_KEY_NAME": ""}
    )
    assert found.told.counting == {"plan", "subscriptionStatus"}
    assert found.told.names == {*ATTRIBUTES, "plan"}
    assert found.keys.key_of("u") == {"PK": "USER#u"}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PROFILE_EVENTS_BUS_ARN", "", "PROFILE_EVENTS_BUS_ARN is not set"),
        ("PROFILE_EVENTS_SOURCE", "", "PROFILE_EVENTS_SOURCE is not set"),
        ("PROFILE_EVENTS_SOURCE", "aws.profiles", "must not begin with aws"),
        ("PROFILE_EVENTS_FAILURE_QUEUE_URL", "", "PROFILE_EVENTS_FAILURE_QUEUE_URL is not set"),
        ("PROFILE_EVENTS_ATTRIBUTES", "[]", "must be a JSON list"),
        ("PROFILE_EVENTS_ATTRIBUTES", "status", "must be a JSON list"),
        ("PROFILE_EVENTS_ATTRIBUTES", json.dumps(["stripeLedgerRev"]), "names stripeLedgerRev"),
        ("PROFILE_EVENTS_ATTRIBUTES", json.dumps(["PK"]), "names PK"),
        ("PARTITION_KEY_TEMPLATE", "USER", "PARTITION_KEY_TEMPLATE must hold {userId} exactly once"),
        ("PARTITION_KEY_NAME", "", "PARTITION_KEY_NAME is empty"),
        ("SORT_KEY_TEMPLATE", "", "SORT_KEY_TEMPLATE is empty"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL must be one of"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str, message: str) -> None:
    """The message says which variable."""
    with pytest.raises(ConfigError, match=message):
        Settings.from_environment({**GIVEN, name: value})

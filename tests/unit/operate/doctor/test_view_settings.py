"""The doctor says whether profiles follow the settings, and which setting the function cannot use."""

import io
import json
from typing import Any

import pytest

from stripe_handler_cli.operate.doctor.areas.self_check import self_check
from stripe_handler_cli.operate.doctor.areas.view_settings import PROFILES_LOOKED_AT, view_settings
from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.operate.doctor.examination import Result
from stripe_subscription_handler.comparison.full_pass import (
    FULL_PASS_KEY,
    FullPass,
    needs_stripe,
    note_full_pass,
    read_full_pass,
    reading_fingerprint,
)
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.view_settings import DEFAULTS, ViewSettings
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.doctor.aws import examined

OUTPUTS = {"function_name": "f", "profile_table_name": "t", "sync_table_name": "s"}
SHORT = ViewSettings(access_renewal_grace_hours=1)
OWN = ViewSettings(profile_attributes={"plan": "id"})


def answers(item: dict[str, Any] | None, **environment: str) -> dict[str, Any]:
    """An AWS with one profile, written under the default settings, and what the last full pass left."""
    variables = {"DYNAMODB_TABLE_NAME": "t", "SYNC_TABLE_NAME": "s", **environment}
    shows = Config.from_environment(variables).shows
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    profile = to_wire({"PK": "USER#user_1", "SK": "PROFILE", **tables.profiles["user_1"]})

    def scan(**request: Any) -> dict[str, Any]:
        assert request["Limit"] == PROFILES_LOOKED_AT
        return {"Items": [profile], "ScannedCount": 1}

    def invoke(**_request: Any) -> dict[str, Any]:
        return {"Payload": io.BytesIO(json.dumps({"viewSettings": shows.fingerprint}).encode())}

    found = [to_wire({**FULL_PASS_KEY, **item})] if item else []
    return {
        "get_function_configuration": {"Environment": {"Variables": variables}},
        "batch_get_item": {"Responses": {"s": found}},
        "scan": scan,
        "invoke": invoke,
    }


def examine(item: dict[str, Any] | None, **environment: str) -> Result:
    """What the doctor says."""
    return examined(view_settings, OUTPUTS, **answers(item, **environment))


def test_without_a_full_pass_one_page_of_profiles_is_looked_at() -> None:
    """And it is said how many they were."""
    result = examine(None)
    assert (result.status, "of 1 profile looked at, none" in result.found) == (Status.PASS, True)
    result = examine(None, ACCESS_RENEWAL_GRACE_HOURS="1")
    assert (result.status, "1 was written under other settings" in result.found) == (Status.FAIL, True)
    assert result.fix == "stripe-handler reconcile --views --apply"


def test_a_changed_setting_is_told_with_the_command() -> None:
    """Until a pass was made with it."""
    noted = {"settings": DEFAULTS.fingerprint, "at": 0}
    assert examine(noted).status is Status.PASS
    result = examine(noted, ACCESS_RENEWAL_GRACE_HOURS="1")
    assert (result.status, result.fix) == (Status.FAIL, "stripe-handler reconcile --views --apply")
    assert (
        examine(noted | {"settings": SHORT.fingerprint}, ACCESS_RENEWAL_GRACE_HOURS="1").status is Status.PASS
    )


def test_what_only_stripe_can_tell_needs_the_pass_that_asks_it() -> None:
    """The views alone are not enough."""
    variables = {"PROFILE_ATTRIBUTES": '{"plan": "id"}'}
    noted = {"settings": OWN.fingerprint, "at": 0}
    result = examine(noted, **variables)
    assert (result.status, result.fix) == (Status.FAIL, "stripe-handler reconcile --apply")
    asked = noted | {"reading": reading_fingerprint(OWN), "askedAt": 0}
    assert examine(asked, **variables).status is Status.PASS


def test_what_is_read_of_stripes_objects_has_its_own_fingerprint() -> None:
    """Names of metadata, not their values; paths of own attributes."""
    by_metadata = ViewSettings(required_metadata={"app": "a"})
    assert reading_fingerprint(DEFAULTS) == reading_fingerprint(SHORT) != reading_fingerprint(OWN)
    assert reading_fingerprint(by_metadata) != reading_fingerprint(DEFAULTS)
    assert reading_fingerprint(by_metadata) == reading_fingerprint(
        ViewSettings(required_metadata={"app": "b"})
    )
    assert (needs_stripe(OWN), needs_stripe(by_metadata), needs_stripe(SHORT)) == (True, True, False)
    assert not FullPass(DEFAULTS.fingerprint, 0, None).needs_stripe(SHORT)


class OneItem:
    """A table with one item at most, which is changed as DynamoDB would."""

    def __init__(self) -> None:
        """Begin without any."""
        self.item: dict[str, Any] = {}

    def update_item(self, **request: Any) -> None:
        """Set what is named."""
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        pairs = (part.split(" = ") for part in request["UpdateExpression"].removeprefix("SET ").split(", "))
        self.item |= request["Key"] | {names[name]: values[value] for name, value in pairs}

    def batch_get_item(self, **_request: Any) -> dict[str, Any]:
        """Read it."""
        return {"Responses": {"s": [self.item] if self.item else []}}


def test_a_pass_that_did_not_ask_stripe_leaves_what_was_kept_of_the_one_that_did() -> None:
    """Both are kept with their times."""
    table: Any = OneItem()
    assert read_full_pass(table, "s") is None
    note_full_pass(table, "s", OWN, 7.9, asked_stripe=True)
    note_full_pass(table, "s", SHORT, 9.1, asked_stripe=False)
    assert read_full_pass(table, "s") == FullPass(SHORT.fingerprint, 9, reading_fingerprint(OWN), 7)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PROFILE_ATTRIBUTES", '{"plan": "items.data["}'),
        ("USER_ID_PATTERN", "("),
        ("PLAN_PRODUCT_IDS", '[""]'),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_what_to_do(variable: str, value: str) -> None:
    """Terraform cannot know; the function ends with the variable's name, and the doctor says it."""
    with pytest.raises(ConfigError, match=variable) as caught:
        Config.from_environment({"DYNAMODB_TABLE_NAME": "t", "SYNC_TABLE_NAME": "s", variable: value})
    answer = {"errorType": "ConfigError", "errorMessage": str(caught.value)}
    invoked = {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(answer).encode())}
    result = examined(self_check, OUTPUTS, invoke=invoked)
    assert (result.status, variable in result.found) == (Status.FAIL, True)
    assert result.found.startswith("its settings cannot be used, so it handles no event")
    assert result.fix is not None
    assert result.fix.startswith("# correct that setting in the tfvars file")

"""The doctor holds some links against their users' profiles: a bounded number, and it says how many."""

from typing import Any

from stripe_handler_cli.operate.doctor.areas.lost_profiles import nothing_lost
from stripe_handler_cli.operate.doctor.areas.tables import ITEMS_LOOKED_AT
from stripe_handler_cli.operate.doctor.check import Status
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.dynamodb.sync_table import link_ids, link_key
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.doctor.aws import examined

OUTPUTS = {"function_name": "f", "profile_table_name": "t", "sync_table_name": "s"}
SETTINGS = {"Environment": {"Variables": {"DYNAMODB_TABLE_NAME": "t", "SYNC_TABLE_NAME": "s"}}}


def one_link(profile: dict[str, Any] | None) -> dict[str, Any]:
    """An AWS with the link of a user who has this item, or none."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    link = to_wire(
        {**link_key("cus_1", "sub_1"), **link_ids("cus_1", "sub_1"), **tables.links["cus_1", "sub_1"]}
    )
    kept = tables.profiles["user_1"] if profile is None else profile
    item = to_wire({"PK": "USER#user_1", "SK": "PROFILE", **kept})

    def scan(**request: Any) -> dict[str, Any]:
        assert (request["TableName"], request["Limit"]) == ("s", ITEMS_LOOKED_AT)
        return {"Items": [link], "ScannedCount": 1}

    def batch_get_item(**request: Any) -> dict[str, Any]:
        [table] = request["RequestItems"]
        return {"Responses": {table: [{"t": item, "s": link}[table]]}}

    return {"get_function_configuration": SETTINGS, "scan": scan, "batch_get_item": batch_get_item}


def test_a_profile_that_holds_what_its_user_owns_passes() -> None:
    """How much was looked at is told."""
    result = examined(nothing_lost, OUTPUTS, **one_link(None))
    assert (result.status, result.found) == (
        Status.PASS,
        "every profile holds what its user owns (1 link)",
    )


def test_a_profile_that_the_app_replaced_fails_with_the_command_that_restores_it() -> None:
    """Payments and all."""
    result = examined(nothing_lost, OUTPUTS, **one_link({"email": "x"}))
    assert (result.status, result.fix) == (Status.FAIL, "stripe-handler reconcile --apply")
    assert "sub_1 is user_1's by its link, but the profile has lost it" in result.found

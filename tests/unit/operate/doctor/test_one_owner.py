"""The doctor holds some profiles against their links: a bounded number, and it says how many."""

from typing import Any

from stripe_handler_cli.operate.doctor.areas.tables import ITEMS_LOOKED_AT, one_owner
from stripe_handler_cli.operate.doctor.check import Status
from stripe_subscription_handler.comparison.tables import SEGMENTS
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.dynamodb.sync_table import link_ids, link_key
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.doctor.aws import examined

OUTPUTS = {"function_name": "f", "profile_table_name": "t", "sync_table_name": "s"}
SETTINGS = {"Environment": {"Variables": {"DYNAMODB_TABLE_NAME": "t", "SYNC_TABLE_NAME": "s"}}}


def one_profile(*, owner: str, is_whole: bool = True) -> dict[str, Any]:
    """An AWS with one profile, in the first part of the table, and its link."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    profile = to_wire({"PK": "USER#user_1", "SK": "PROFILE", **tables.profiles["user_1"]})
    link = to_wire(
        {
            **link_key("cus_1", "sub_1"),
            **link_ids("cus_1", "sub_1"),
            **tables.links["cus_1", "sub_1"],
            "owner": owner,
        }
    )
    limits: list[int] = []

    def scan(**request: Any) -> dict[str, Any]:
        limits.append(request["Limit"])
        assert sum(limits) <= ITEMS_LOOKED_AT
        found = [profile] if request["Segment"] == 0 else []
        return {"Items": found, "ScannedCount": 7} | ({} if is_whole else {"LastEvaluatedKey": {}})

    def batch_get_item(**request: Any) -> dict[str, Any]:
        [(table, wanted)] = request["RequestItems"].items()
        item = {"t": profile, "s": link}[table]
        read = from_wire(item) or {}
        keys = [from_wire(key) or {} for key in wanted["Keys"]]
        assert keys == [{name: read[name] for name in ("PK", "SK")}]
        return {"Responses": {table: [item]}}

    return {"get_function_configuration": SETTINGS, "scan": scan, "batch_get_item": batch_get_item}


def test_a_profile_that_owns_what_it_holds_passes() -> None:
    """How much was looked at is told."""
    result = examined(one_owner, OUTPUTS, **one_profile(owner="user_1"))
    looked = f"(1 profile with a subscription, of {7 * SEGMENTS} items)"
    assert (result.status, result.found) == (
        Status.PASS,
        f"every subscription is where its link says {looked}",
    )


def test_a_large_table_is_not_looked_at_as_a_whole() -> None:
    """One page of each part; the command for the rest is named."""
    answers = one_profile(owner="user_1", is_whole=False)
    answers["scan"] = lambda **request: {
        "Items": [],
        "ScannedCount": request["Limit"],
        "LastEvaluatedKey": {"PK": {"S": "x"}},
    }
    result = examined(one_owner, OUTPUTS, **answers)
    assert (
        result.status,
        f"of {ITEMS_LOOKED_AT} items; `stripe-handler reconcile --owners`" in result.found,
    ) == (
        Status.PASS,
        True,
    )


def test_a_profile_that_holds_what_is_anothers_fails() -> None:
    """With the command that repairs it."""
    result = examined(one_owner, OUTPUTS, **one_profile(owner="user_2"))
    assert result.status is Status.FAIL
    assert result.found.startswith("sub_1 is held by user_1, but it belongs to user_2 (")
    assert result.fix == "stripe-handler sync user_1"

"""Items are read in batches, and the scan tells profiles from whatever else the table holds."""

from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from stripe_subscription_handler.comparison.tables import SEGMENTS, ScanPosition, Shown, Tables, user_of_key
from stripe_subscription_handler.config import Config

CONFIG = Config(table_name="t", sync_table_name="s")


@pytest.fixture
def stubbed() -> tuple[Tables, Stubber]:
    """Tables over a stubbed client."""
    client = boto3.client(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - a dummy
    )
    stubber = Stubber(client)
    stubber.activate()
    return Tables(client, CONFIG), stubber


def _item(user: str, **more: Any) -> dict[str, Any]:
    return {"PK": {"S": f"USER#{user}"}, "SK": {"S": "PROFILE"}, **more}


def test_what_did_not_fit_into_an_answer_is_asked_for_again(stubbed: tuple[Tables, Stubber]) -> None:
    """Users without an item are left out."""
    tables, stubber = stubbed
    rest = {"t": {"Keys": [_item("b")], "ConsistentRead": True}}
    stubber.add_response(
        "batch_get_item",
        {"Responses": {"t": [_item("a")]}, "UnprocessedKeys": rest},
        {"RequestItems": {"t": {"Keys": [_item("a"), _item("b"), _item("c")], "ConsistentRead": True}}},
    )
    stubber.add_response("batch_get_item", {"Responses": {"t": [_item("b")]}}, {"RequestItems": rest})
    assert set(tables.profiles(["a", "b", "c"])) == {"a", "b"}
    stubber.assert_no_pending_responses()


def test_a_batch_has_100_keys_at_most(stubbed: tuple[Tables, Stubber]) -> None:
    """More are several requests; none at all is none."""
    tables, stubber = stubbed
    for _ in range(3):
        stubber.add_response("batch_get_item", {"Responses": {}}, {"RequestItems": ANY})
    assert tables.links([("cus_1", f"sub_{n}") for n in range(201)]) == {}
    assert tables.profiles([]) == {}
    stubber.assert_no_pending_responses()


def test_the_scan_goes_through_every_segment(stubbed: tuple[Tables, Stubber]) -> None:
    """Page by page; only what names a subscription comes back, with all the ids it knows."""
    tables, stubber = stubbed
    known = _item("a", subscriptionId={"S": "sub_1"}, stripeLedgerLive={"SS": ["sub_1"]})
    known["stripeLedgerOthers"] = {"SS": ["sub_2"]}
    other = {"PK": {"S": "USER#a"}, "SK": {"S": "INVOICE#1"}, "subscriptionId": {"S": "sub_1"}}
    stubber.add_response(
        "scan",
        {"Items": [known, other], "ScannedCount": 7, "LastEvaluatedKey": _item("x")},
        {
            "TableName": "t",
            "Segment": 0,
            "TotalSegments": SEGMENTS,
            "ProjectionExpression": "#shown, #live, #others, #settings, #key0, #key1",
            "FilterExpression": " OR ".join(
                f"attribute_exists(#{one})" for one in ("shown", "live", "others")
            ),
            "ExpressionAttributeNames": {
                "#shown": "subscriptionId",
                "#live": "stripeLedgerLive",
                "#others": "stripeLedgerOthers",
                "#settings": "stripeLedgerSettings",
                "#key0": "PK",
                "#key1": "SK",
            },
        },
    )
    page = tables.scan(ScanPosition())
    assert page.profiles == (Shown("a", frozenset({"sub_1", "sub_2"})),)
    assert (page.scanned, page.next) == (7, ScanPosition(0, _item("x")))
    seen = []
    while page.next is not None:
        seen.append(page.next.segment)
        stubber.add_response("scan", {"Items": [], "ScannedCount": 0})
        page = tables.scan(page.next)
    assert seen == [0, *range(1, SEGMENTS)]


@pytest.mark.parametrize(
    ("config", "key", "user"),
    [
        (CONFIG, {"PK": "USER#a#b", "SK": "PROFILE"}, "a#b"),
        (CONFIG, {"PK": "USER#", "SK": "PROFILE"}, None),
        (CONFIG, {"PK": "TEAM#a", "SK": "PROFILE"}, None),
        (CONFIG, {"PK": "USER#a", "SK": "ORDER#1"}, None),
        (
            Config("t", "s", partition_key_name="id", sort_key_name="", partition_key_template="{userId}"),
            {"id": "a"},
            "a",
        ),
        (Config("t", "s", sort_key_template="P#{userId}"), {"PK": "USER#a", "SK": "P#b"}, None),
    ],
)
def test_a_key_tells_whose_profile_it_is(config: Config, key: dict[str, str], user: str | None) -> None:
    """By the same templates that the function writes with; another item's key tells nobody."""
    assert user_of_key(key, config) == user

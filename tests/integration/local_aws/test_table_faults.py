"""Tables that refuse requests because a test asked for it."""

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from support.cloud import ACCOUNT_ID, Cloud

pytestmark = pytest.mark.embedded

FAULT_TAG = "stripe-handler-local:fault"
KEY = {"PK": {"S": "USER#1"}, "SK": {"S": "PROFILE"}}
UPDATE: dict[str, Any] = {
    "Key": KEY,
    "UpdateExpression": "SET a = :v",
    "ExpressionAttributeValues": {":v": {"S": "x"}},
}


def _arn(cloud: Cloud, table: str) -> str:
    return f"arn:aws:dynamodb:{cloud.region}:{ACCOUNT_ID}:table/{table}"


def _faulty_table(cloud: Cloud, fault: str) -> str:
    table = cloud.table()
    tags = [{"Key": FAULT_TAG, "Value": fault}]
    cloud.client("dynamodb").tag_resource(ResourceArn=_arn(cloud, table), Tags=tags)
    return table


def _impatient(cloud: Cloud) -> Any:
    """A client that tries once."""
    return boto3.client(
        "dynamodb",
        endpoint_url=cloud.endpoint_url,
        region_name=cloud.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - a dummy
        config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
    )


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ProvisionedThroughputExceededException", 400),
        ("AccessDeniedException", 400),
        ("InternalServerError", 500),
    ],
)
def test_a_table_with_the_tag_refuses_until_it_is_removed(emulator: Cloud, code: str, status: int) -> None:
    """Reads and writes of its items get the code; the table itself can still be described."""
    table, client = _faulty_table(emulator, code), _impatient(emulator)
    for call in (
        lambda: client.get_item(TableName=table, Key=KEY),
        lambda: client.update_item(TableName=table, **UPDATE),
        lambda: client.batch_get_item(RequestItems={table: {"Keys": [KEY]}}),
    ):
        with pytest.raises(ClientError, match=code) as caught:
            call()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert client.describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE"
    client.untag_resource(ResourceArn=_arn(emulator, table), TagKeys=[FAULT_TAG])
    assert "Item" not in client.get_item(TableName=table, Key=KEY)


def test_a_fault_that_counts_ends_by_itself(emulator: Cloud) -> None:
    """After two refusals the third request passes."""
    table, client = _faulty_table(emulator, "ThrottlingException 2"), _impatient(emulator)
    for _ in range(2):
        with pytest.raises(ClientError, match="ThrottlingException"):
            client.update_item(TableName=table, **UPDATE)
    client.update_item(TableName=table, **UPDATE)


def test_a_throttled_transaction_is_cancelled_with_a_reason(emulator: Cloud) -> None:
    """The reason stands at the item whose table is throttled; nothing is written to the other one."""
    throttled, sound = _faulty_table(emulator, "ThrottlingException 1"), emulator.table()
    client = _impatient(emulator)
    updates = [{"Update": {"TableName": table, **UPDATE}} for table in (sound, throttled)]
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(TransactItems=updates)
    codes = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert codes == ["None", "ThrottlingError"]
    assert "Item" not in client.get_item(TableName=sound, Key=KEY)


def test_a_transaction_that_is_denied_gets_the_code_itself(emulator: Cloud) -> None:
    """Only throughput and conditions cancel a transaction with reasons."""
    table, client = _faulty_table(emulator, "AccessDeniedException"), _impatient(emulator)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client.transact_write_items(TransactItems=[{"Update": {"TableName": table, **UPDATE}}])


def test_other_tables_do_not_notice(emulator: Cloud) -> None:
    """The tag is about one table."""
    _faulty_table(emulator, "AccessDeniedException")
    _impatient(emulator).update_item(TableName=emulator.table(), **UPDATE)


def test_stock_ministack_still_ignores_the_tag(stock: Cloud) -> None:
    """The tag is our own, so stock MiniStack never knows it; this shows that the tests above see ours."""
    table = _faulty_table(stock, "AccessDeniedException")
    _impatient(stock).update_item(TableName=table, **UPDATE)

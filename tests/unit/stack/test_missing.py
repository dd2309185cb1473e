"""AWS's errors name the table, log group or queue that is not there."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stripe_handler_cli.stack.endpoint import Endpoint


def raised(service: str, operation: str, code: str, **request: Any) -> str:
    """The message of an error that AWS answers a request with."""
    variables = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    client = Endpoint(variables).client(service)
    client.meta.events.register(
        "before-call", lambda **_: (_Answer, {"Error": {"Code": code, "Message": "Not found"}})
    )
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(**request)
    return str(caught.value)


class _Answer:
    """An HTTP answer."""

    status_code = 400


KEY = {"PK": {"S": "x"}}


@pytest.mark.parametrize(
    ("service", "operation", "code", "request_", "named"),
    [
        ("dynamodb", "get_item", "ResourceNotFoundException", {"TableName": "t", "Key": KEY}, "table t"),
        (
            "dynamodb",
            "batch_get_item",
            "ResourceNotFoundException",
            {"RequestItems": {"t": {"Keys": [KEY]}}},
            "table t",
        ),
        (
            "dynamodb",
            "transact_write_items",
            "ResourceNotFoundException",
            {
                "TransactItems": [
                    {"Put": {"TableName": "t", "Item": KEY}},
                    {"Delete": {"TableName": "s", "Key": KEY}},
                ]
            },
            "table s, table t",
        ),
        ("logs", "filter_log_events", "ResourceNotFoundException", {"logGroupName": "/g"}, "log group /g"),
        ("sqs", "receive_message", "QueueDoesNotExist", {"QueueUrl": "https://q"}, "queue https://q"),
    ],
)
def test_what_is_missing_is_named(
    service: str, operation: str, code: str, request_: dict[str, Any], named: str
) -> None:
    """Whatever kind of request it was."""
    assert f"(there is no {named})" in raised(service, operation, code, **request_)


def test_another_error_stays_as_it_is() -> None:
    """A refusal says nothing of what there is."""
    told = raised("dynamodb", "get_item", "AccessDeniedException", TableName="t", Key=KEY)
    assert "there is no" not in told

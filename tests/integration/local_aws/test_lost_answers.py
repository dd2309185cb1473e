"""A call that is sent again under its own name, as an SDK does whose connection broke."""

import json
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import Any

import pytest

from support.cloud import Cloud

pytestmark = pytest.mark.embedded

CODE = "def handler(event, context):\n    return event\n"


def _permission(cloud: Cloud, function: str, name: str) -> int:
    """The status of a request to add a permission, under a name of the call."""
    wanted = {
        "StatementId": "events",
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
    }
    request = urllib.request.Request(  # noqa: S310 - the emulator's own URL
        f"{cloud.endpoint_url}/2015-03-31/functions/{function}/policy",
        data=json.dumps(wanted).encode(),
        headers={"amz-sdk-invocation-id": name, "content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def _statements(cloud: Cloud, function: str) -> list[Any]:
    policy = cloud.client("lambda").get_policy(FunctionName=function)["Policy"]
    return list(json.loads(policy)["Statement"])


def test_the_same_call_is_answered_as_the_first_time(emulator: Cloud) -> None:
    """Its answer was lost; the permission is there once, and another call of the same is a conflict."""
    function, _ = emulator.function(CODE)
    statuses = [_permission(emulator, function, name) for name in ("call 1", "call 1", "call 2", "call 1")]
    assert statuses == [HTTPStatus.CREATED, HTTPStatus.CREATED, HTTPStatus.CONFLICT, HTTPStatus.CREATED]
    assert len(_statements(emulator, function)) == 1


def test_stock_ministack_still_refuses_it(stock: Cloud) -> None:
    """When this fails, see whether `lost_answers` is still needed."""
    function, _ = stock.function(CODE)
    assert _permission(stock, function, "call 1") == HTTPStatus.CREATED
    assert _permission(stock, function, "call 1") == HTTPStatus.CONFLICT

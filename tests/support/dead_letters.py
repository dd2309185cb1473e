"""Messages of both queues, as EventBridge and Lambda write them."""

import json
from collections.abc import Mapping
from typing import Any

from support import events

DELIVERY_ATTRIBUTES = {
    "RULE_ARN": "arn:aws:events:eu-west-1:123456789012:rule/bus/rule",
    "TARGET_ARN": "arn:aws:lambda:eu-west-1:123456789012:function:f",
    "ERROR_CODE": "NO_PERMISSIONS",
    "ERROR_MESSAGE": "Not permitted to invoke the function.",
    "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
    "RETRY_ATTEMPTS": "0",
}


def envelope(stripe_event: Any) -> dict[str, Any]:
    """A Stripe event as EventBridge delivers it."""
    return {
        "version": "0",
        "id": "7f1e0000-0000-0000-0000-000000000000",
        "detail-type": "any",
        "source": "aws.partner/stripe.com/ed_test_1",
        "account": "123456789012",
        "time": "2025-11-22T08:26:40Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": stripe_event,
    }


def poison(event_id: str = "evt_poison") -> dict[str, Any]:
    """An event that no attempt can apply."""
    return events.updated(events.subscription(status=None), event_id=event_id)


def failure_record(payload: Any, response: Any = None, *, condition: str = "RetriesExhausted") -> str:
    """The body of a message in the failure queue: Lambda's record."""
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": "2025-11-22T08:29:40.000Z",
        "requestContext": {
            "requestId": "4b1e0000-0000-0000-0000-000000000000",
            "functionArn": "arn:aws:lambda:eu-west-1:123456789012:function:f:$LATEST",
            "condition": condition,
            "approximateInvokeCount": 3,
        },
        "requestPayload": payload,
    }
    if response is not None:
        record |= {"responseContext": {"statusCode": 200, "functionError": "Unhandled"}}
        record["responsePayload"] = response
    return json.dumps(record)


def error(error_type: str = "InvalidEventError", message: str = "detail: is wrong") -> dict[str, Any]:
    """What a function that raised answers."""
    return {"errorType": error_type, "errorMessage": message, "requestId": "1", "stackTrace": ["line 1\n"]}


def received(body: Any, attributes: Mapping[str, str] | None = None, **system: str) -> dict[str, Any]:
    """A message as SQS gives it."""
    return {
        "MessageId": "message-1",
        "ReceiptHandle": "handle-1",
        "Body": body,
        "Attributes": {"SentTimestamp": "1763800000000", "ApproximateReceiveCount": "3", **system},
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in (attributes or {}).items()
        },
    }

"""Puts a failed event on an SQS queue the way EventBridge and Lambda do. No decisions in here.

AWS rule: a message, its attributes included, may not be larger than the queue's `MaximumMessageSize`.
"""

from collections.abc import Mapping
from typing import Any

from ministack.services import sqs


def send(queue: Mapping[str, Any], body: str, attributes: Mapping[str, str]) -> str | None:
    """Put a message on the queue; returns the reason if the queue did not take it."""
    size = len(body.encode()) + sum(
        len(name.encode()) + len(value.encode()) + len("String") for name, value in attributes.items()
    )
    limit = int(queue["attributes"].get("MaximumMessageSize", 1_048_576))
    if size > limit:
        return f"{size} bytes are more than the queue's MaximumMessageSize of {limit}"
    message = {
        "MessageBody": body,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }
    _, account_id, name = queue["attributes"]["QueueArn"].rsplit(":", 2)
    try:
        sqs._act_send_message(message, sqs._queue_url_for_account(account_id, name))
    except sqs._Err as error:
        return str(error)
    return None

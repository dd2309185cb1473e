"""Takes the marks of a forgotten customer away, for a mistake: its events count again. Decides nothing."""

from typing import TYPE_CHECKING, Any

from stripe_subscription_handler.conversation.links import FORGOTTEN
from stripe_subscription_handler.dynamodb.sync_table import is_record, links_query
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MARK = {"#forgotten": FORGOTTEN}


def lift(client: "DynamoDBClient", table_name: str, customer_id: str) -> int:
    """Remove every mark of a customer, and return how many there were. What was forgotten does not come back.

    A mark goes only if it still is one.
    """
    pages: Any = client.get_paginator("query").paginate(**links_query(table_name, customer_id))
    found = [from_wire(wire) or {} for page in pages for wire in page["Items"]]
    marked = [item for item in found if FORGOTTEN in item]
    for item in marked:
        about: dict[str, Any] = {
            "TableName": table_name,
            "Key": to_wire({name: item[name] for name in ("PK", "SK")}),
            "ConditionExpression": "attribute_exists(#forgotten)",
            "ExpressionAttributeNames": _MARK,
        }
        if is_record(item):
            client.update_item(**about, UpdateExpression="REMOVE #forgotten")
        else:
            client.delete_item(**about)
    return len(marked)

"""Another usual way: take only the id from the event, ask Stripe for the object, write that. For comparison.

Order and duplicates do no harm in the end, at the price of a request to Stripe for each event.
"""

import os
from typing import Any

import boto3
import stripe
from usual_handler import Data, Event, payment, subscription

table = boto3.resource("dynamodb").Table(os.environ["DYNAMODB_TABLE_NAME"])
client = stripe.StripeClient(
    os.environ["STRIPE_SECRET_KEY"], base_addresses={"api": os.environ["STRIPE_API_URL"]}
)


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Apply one event."""
    detail = event.get("detail", event)
    body = detail["data"]["object"]
    if detail["type"].startswith("invoice."):
        fetched, take = client.v1.invoices.retrieve(body["id"]), payment
    else:
        fetched, take = client.v1.subscriptions.retrieve(body["id"]), subscription
    head = {name: detail[name] for name in ("id", "type", "created")}
    user_id, values = take(Event(**head, data=Data(object=fetched.to_dict())))
    names = list(values)
    table.update_item(
        Key={"PK": f"USER#{user_id}", "SK": "PROFILE"},
        UpdateExpression="SET " + ", ".join(f"#n{number} = :v{number}" for number in range(len(names))),
        ExpressionAttributeNames={f"#n{number}": name for number, name in enumerate(names)},
        ExpressionAttributeValues={f":v{number}": values[name] for number, name in enumerate(names)},
    )
    return {"decision": "write"}

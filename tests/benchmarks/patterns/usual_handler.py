"""The usual way to do the same: an idempotency record, then read, compare and write. For comparison only.

Written as its guides show: powertools' idempotency with its DynamoDB persistence, pydantic for the event,
stripe's types, all imported at the top. It orders events by `created` and knows one subscription per user.
"""

import os
from datetime import UTC, datetime
from typing import Any

import boto3
import stripe
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from pydantic import BaseModel

logger = Logger(service="stripe")
table = boto3.resource("dynamodb").Table(os.environ["DYNAMODB_TABLE_NAME"])
persistence = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE_NAME"])
config = IdempotencyConfig(event_key_jmespath="id", expires_after_seconds=86_400)


class Data(BaseModel):
    """The object of an event."""

    object: dict[str, Any]


class Event(BaseModel):
    """A Stripe event."""

    id: str
    type: str
    created: int
    data: Data


@idempotent_function(data_keyword_argument="detail", persistence_store=persistence, config=config)
def apply(*, detail: dict[str, Any]) -> dict[str, Any]:
    """Read the profile, and write it unless it is newer."""
    event = Event.model_validate(detail)
    if event.type.startswith("invoice."):
        user_id, values = payment(event)
    else:
        user_id, values = subscription(event)
    key = {"PK": f"USER#{user_id}", "SK": "PROFILE"}
    seen_name = "lastInvoiceAt" if event.type.startswith("invoice.") else "lastSubscriptionAt"
    profile = table.get_item(Key=key).get("Item", {})
    if profile.get(seen_name, 0) >= event.created:
        return {"decision": "skip"}
    values[seen_name] = event.created
    names = list(values)
    table.update_item(
        Key=key,
        UpdateExpression="SET " + ", ".join(f"#n{number} = :v{number}" for number in range(len(names))),
        ExpressionAttributeNames={f"#n{number}": name for number, name in enumerate(names)},
        ExpressionAttributeValues={f":v{number}": values[name] for number, name in enumerate(names)},
    )
    return {"decision": "write"}


def subscription(event: Event) -> tuple[str, dict[str, Any]]:
    """Take what the app reads from a subscription."""
    found = stripe.Subscription.construct_from(event.data.object, None)
    item = found["items"]["data"][0]
    return found["metadata"]["userId"], {
        "subscriptionId": found["id"],
        "subscriptionStatus": found["status"],
        "subscriptionPriceId": item["price"]["id"],
        "subscriptionProductId": item["price"]["product"],
        "subscriptionQuantity": item["quantity"],
        "subscriptionCurrentPeriodStart": iso(item["current_period_start"]),
        "subscriptionCurrentPeriodEnd": iso(item["current_period_end"]),
        "subscriptionCancelAtPeriodEnd": found["cancel_at_period_end"],
        "stripeCustomerId": found["customer"],
    }


def payment(event: Event) -> tuple[str, dict[str, Any]]:
    """Take what the app reads from an invoice."""
    found = stripe.Invoice.construct_from(event.data.object, None)
    details = found["parent"]["subscription_details"]
    return details["metadata"]["userId"], {
        "lastPaymentStatus": "succeeded" if event.type == "invoice.payment_succeeded" else "failed",
        "lastPaymentAt": iso(event.created),
        "lastPaymentInvoiceId": found["id"],
        "lastPaymentAmount": found["amount_paid"],
        "lastPaymentCurrency": found["currency"],
    }


def iso(seconds: int) -> str:
    """Write a Unix time as text."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Apply one event."""
    config.register_lambda_context(context)
    outcome = apply(detail=event.get("detail", event))
    logger.info("event", extra={"stripe_event": event.get("detail", event)["id"], **outcome})
    return outcome

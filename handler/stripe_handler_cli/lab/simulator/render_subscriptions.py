"""A subscription and its customer as each API version shows them. Pure."""

# ruff: noqa: ARG001 - every part of the table takes the subscription and the version

from collections.abc import Callable

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.people import person
from stripe_handler_cli.lab.simulator.render_prices import plan, price_object
from stripe_handler_cli.lab.simulator.state import Customer, Item, Json, Subscription


def customer_object(customer: Customer, *, livemode: bool) -> Json:
    """The customer object."""
    owner = person(customer)
    return {
        "id": customer.id,
        "object": "customer",
        "address": owner.address,
        "balance": 0,
        "created": customer.created,
        "currency": "usd",
        "default_source": None,
        "delinquent": False,
        "description": None,
        "email": owner.email,
        "invoice_prefix": f"SIM{customer.number:05d}",
        "livemode": livemode,
        "metadata": dict(customer.metadata),
        "name": owner.name,
        "phone": owner.phone,
        "preferred_locales": ["en"],
        "shipping": None,
        "tax_exempt": "none",
    }


def subscription_object(subscription: Subscription, version: ApiVersion) -> Json:
    """The subscription object, with references as ids."""
    fields: Json = {
        "application_fee_percent": None,
        "cancel_at_period_end": subscription.cancel_at_period_end,
        "canceled_at": subscription.canceled_at,
        "customer": subscription.customer.id,
        "ended_at": subscription.ended_at,
        "metadata": dict(subscription.metadata),
        "status": subscription.status,
        "trial_end": subscription.trial_end,
        "trial_start": subscription.trial_start,
    }
    for has, part in _PARTS:
        if has(version):
            fields |= part(subscription, version)
    return {"id": subscription.id, "object": "subscription", **dict(sorted(fields.items()))}


def _creation(subscription: Subscription, version: ApiVersion) -> Json:
    return {"created": subscription.created, "livemode": subscription.livemode}


def _start(subscription: Subscription, version: ApiVersion) -> Json:
    return {"start": subscription.changed_plan_at}


def _own_period(subscription: Subscription, version: ApiVersion) -> Json:
    return {
        "current_period_end": subscription.period_end,
        "current_period_start": subscription.period_start,
        "discount": None,
    }


def _billing(subscription: Subscription, version: ApiVersion) -> Json:
    collection = "collection_method" if version.has_modern_subscriptions else "billing"
    return {
        "billing_cycle_anchor": subscription.anchor,
        "days_until_due": None,
        collection: "charge_automatically",
    }


def _items(subscription: Subscription, version: ApiVersion) -> Json:
    items = {
        "object": "list",
        "data": [_item(item, subscription, version) for item in subscription.items],
        "has_more": False,
        "total_count": len(subscription.items),
        "url": f"/v1/subscription_items?subscription={subscription.id}",
    }
    return {"items": items}


def _item(item: Item, subscription: Subscription, version: ApiVersion) -> Json:
    fields: Json = {
        "created": item.created,
        "plan": plan(item.price, version, livemode=subscription.livemode),
    }
    if item.quantity is not None:
        fields["quantity"] = item.quantity
    if version.has_billing:
        fields["metadata"] = {}
    if version.has_modern_subscriptions:
        fields |= {"billing_thresholds": None, "subscription": subscription.id, "tax_rates": []}
    if version.has_prices:
        fields["price"] = price_object(item.price, version, livemode=subscription.livemode)
    if version.has_item_periods:
        fields |= {
            "current_period_end": item.period_end,
            "current_period_start": item.period_start,
            "discounts": [],
        }
    if not version.has_own_plan:
        fields |= {"billed_until": None, "current_trial": None}
    return {"id": item.id, "object": "subscription_item", **dict(sorted(fields.items()))}


def _own_plan(subscription: Subscription, version: ApiVersion) -> Json:
    if len(subscription.items) > 1 and version.has_items:
        return {"plan": None, "quantity": None}
    only = subscription.items[0]
    return {
        "plan": plan(only.price, version, livemode=subscription.livemode),
        "quantity": only.quantity,
    }


def _since_2019(subscription: Subscription, version: ApiVersion) -> Json:
    return {
        "billing_thresholds": None,
        "cancel_at": subscription.cancel_at,
        "default_payment_method": subscription.default_payment_method,
        "default_source": None,
        "default_tax_rates": [],
        "latest_invoice": subscription.latest_invoice,
        "next_pending_invoice_item_invoice": None,
        "pause_collection": {"behavior": "void", "resumes_at": None}
        if subscription.pauses_collection
        else None,
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": subscription.created,
        "transfer_data": None,
    }


def _since_2023(subscription: Subscription, version: ApiVersion) -> Json:
    tax = {"disabled_reason": None, "enabled": False, "liability": None}
    return {
        "application": None,
        "automatic_tax": tax if version.has_parents else {"enabled": False},
        "cancellation_details": {
            "comment": person(subscription.customer).remark if subscription.cancel_feedback else None,
            "feedback": subscription.cancel_feedback,
            "reason": subscription.cancel_reason,
        },
        "currency": "usd",
        "description": subscription.description,
        "on_behalf_of": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "test_clock": None,
        "trial_settings": {"end_behavior": {"missing_payment_method": subscription.missing_payment_method}},
    }


def _since_2025(subscription: Subscription, version: ApiVersion) -> Json:
    mode: Json = {"flexible": None, "type": "classic"}
    if subscription.flexible:
        mode = {
            "flexible": {"proration_discounts": "included"},
            "type": "flexible",
            "updated_at": subscription.created,
        }
    return {
        "billing_cycle_anchor_config": None,
        "billing_mode": mode,
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
    }


def _since_2026(subscription: Subscription, version: ApiVersion) -> Json:
    return {
        "billing_schedules": [],
        "customer_account": None,
        "managed_payments": None,
        "presentment_details": None,
    }


_PARTS: tuple[tuple[Callable[[ApiVersion], bool], Callable[[Subscription, ApiVersion], Json]], ...] = (
    (lambda version: version.has_created, _creation),
    (lambda version: version.has_start, _start),
    (lambda version: version.has_own_period, _own_period),
    (lambda version: version.has_items, _items),
    (lambda version: version.has_own_plan, _own_plan),
    (lambda version: version.has_billing, _billing),
    (lambda version: version.has_modern_subscriptions, _since_2019),
    (lambda version: version.has_subscription_details, _since_2023),
    (lambda version: version.has_parents, _since_2025),
    (lambda version: not version.has_own_plan, _since_2026),
)
"""Which versions have it, and the fields."""

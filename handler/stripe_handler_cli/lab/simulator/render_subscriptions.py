"""A subscription and its customer as each API version shows them. Pure."""

from stripe_handler_cli.lab.simulator.api_versions import CURRENT, ApiVersion
from stripe_handler_cli.lab.simulator.people import person
from stripe_handler_cli.lab.simulator.render_parts import assembled, listed, only_if, plan, price_object
from stripe_handler_cli.lab.simulator.render_quiet import automatic_tax, quiet
from stripe_handler_cli.lab.simulator.state import Customer, Item, Json, Subscription


def customer_object(customer: Customer, version: ApiVersion = CURRENT) -> Json:
    owner = person(customer)
    clock = only_if(version.has_prices, test_clock=customer.test_clock)
    return (
        quiet("customer", version)
        | clock
        | {
            "id": customer.id,
            "object": "customer",
            "address": owner.address,
            "balance": 0,
            "created": customer.created,
            "currency": "usd",
            "default_source": None,
            "delinquent": False,
            "description": customer.description,
            "email": owner.email,
            "invoice_prefix": f"SIM{customer.number:05d}",
            "livemode": customer.livemode,
            "metadata": dict(customer.metadata),
            "name": owner.name,
            "phone": owner.phone,
            "preferred_locales": ["en"],
            "shipping": None,
            "tax_exempt": "none",
        }
    )


def deleted_customer(customer: Customer) -> Json:
    """What Stripe's API shows of a customer that was deleted."""
    return {"id": customer.id, "object": "customer", "deleted": True}


def subscription_object(subscription: Subscription, version: ApiVersion) -> Json:
    """The subscription object, with references as ids."""
    collection = "collection_method" if version.has_modern_subscriptions else "billing"
    items = [_item(item, subscription, version) for item in subscription.items] if version.has_items else []
    gone = [_item(item, subscription, version) | {"deleted": True} for item in subscription.gone]
    url = f"/v1/subscription_items?subscription={subscription.id}"
    return assembled(
        {"id": subscription.id, "object": "subscription"},
        quiet("subscription", version),
        {
            "application_fee_percent": None,
            "cancel_at_period_end": subscription.cancel_at_period_end,
            "canceled_at": subscription.canceled_at,
            "customer": subscription.customer.id,
            "ended_at": subscription.ended_at,
            "metadata": dict(subscription.metadata),
            "status": subscription.status,
            "trial_end": subscription.trial_end,
            "trial_start": subscription.trial_start,
        },
        only_if(version.has_created, created=subscription.created, livemode=subscription.customer.livemode),
        only_if(version.has_start, start=subscription.changed_plan_at),
        only_if(version.has_items, items=listed([*gone, *items], url)),
        only_if(
            version.has_own_period,
            current_period_end=subscription.period_end,
            current_period_start=subscription.period_start,
            discount=None,
        ),
        only_if(version.has_own_plan, **_own_plan(subscription, version)),
        only_if(
            version.has_billing,
            billing_cycle_anchor=subscription.anchor,
            days_until_due=None,
            **{collection: "charge_automatically"},
        ),
        only_if(version.has_modern_subscriptions, **_since_2019(subscription)),
        only_if(version.has_thresholds, billing_thresholds=None),
        only_if(version.has_prices, **_since_2020(subscription, version)),
        only_if(version.has_paused, **_since_2022(subscription, version)),
        only_if(version.has_invoice_settings, invoice_settings=_invoice_settings(version)),
        only_if(version.has_billing_mode, billing_mode=_billing_mode(subscription, version)),
    )


def _item(item: Item, subscription: Subscription, version: ApiVersion) -> Json:
    livemode = subscription.customer.livemode
    return assembled(
        {"id": item.id, "object": "subscription_item"},
        quiet("subscription_item", version),
        {"created": item.created, "plan": plan(item.price, version, livemode=livemode)},
        only_if(item.quantity is not None, quantity=item.quantity),
        only_if(version.has_billing, metadata={}),
        only_if(
            version.has_modern_subscriptions,
            subscription=subscription.id,
            tax_rates=[],
        ),
        only_if(version.has_thresholds, billing_thresholds=None),
        only_if(version.has_prices, price=price_object(item.price, version, livemode=livemode)),
        only_if(
            version.has_item_periods,
            current_period_end=item.period_end,
            current_period_start=item.period_start,
        ),
    )


def _own_plan(subscription: Subscription, version: ApiVersion) -> Json:
    if len(subscription.items) > 1 and version.has_items:
        return {"plan": None, "quantity": None}
    only = subscription.items[0]
    return {
        "plan": plan(only.price, version, livemode=subscription.customer.livemode),
        "quantity": only.quantity,
    }


_NULL_SINCE_2019 = (
    *("default_source", "next_pending_invoice_item_invoice"),
    *("pending_invoice_item_interval", "pending_setup_intent", "pending_update", "schedule", "transfer_data"),
)


def _since_2019(subscription: Subscription) -> Json:
    pauses = subscription.pause_behavior is not None
    pause = {"behavior": subscription.pause_behavior, "resumes_at": subscription.pause_resumes_at}
    return {
        "cancel_at": subscription.cancel_at,
        "default_payment_method": subscription.default_payment_method,
        "default_tax_rates": [],
        "latest_invoice": subscription.latest_invoice,
        "pause_collection": pause if pauses else None,
        "start_date": subscription.created,
        **dict.fromkeys(_NULL_SINCE_2019),
    }


def _since_2020(subscription: Subscription, version: ApiVersion) -> Json:
    tax = automatic_tax(version, of_subscription=True)
    return {
        "application": None,
        "automatic_tax": {**tax, "disabled_reason": None} if version.has_parents else tax,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            **only_if(version.has_paused, save_default_payment_method="off"),
        },
        "test_clock": subscription.customer.test_clock,
    }


def _since_2022(subscription: Subscription, version: ApiVersion) -> Json:
    is_newest = not version.has_own_plan
    return {
        "cancellation_details": {
            "comment": person(subscription.customer).remark if subscription.cancel_feedback else None,
            "feedback": subscription.cancel_feedback,
            "reason": subscription.cancel_reason,
            **only_if(is_newest, feedback_option=None),
        },
        "currency": "usd",
        "description": subscription.description,
        "on_behalf_of": None,
        "trial_settings": {
            "end_behavior": {
                "missing_payment_method": subscription.missing_payment_method,
                **only_if(is_newest, billing_cycle_anchor=None),
            }
        },
    }


def _invoice_settings(version: ApiVersion) -> Json:
    newer = only_if(not version.has_own_plan, custom_fields=None, description=None, footer=None)
    return {"account_tax_ids": None, "issuer": {"type": "self"}, **newer}


def _billing_mode(subscription: Subscription, version: ApiVersion) -> Json:
    if subscription.flexible:
        return {
            "flexible": {"proration_discounts": "included"},
            "type": "flexible",
            "updated_at": subscription.created,
        }
    return {"flexible": None, "type": "classic"} if version.has_flexible_billing else {"type": "classic"}

"""What subscriptions and invoices are both made of, as each API version shows it. Pure.

A price is a plan, and from 2020 on a price beside it.
"""

from typing import Any

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.catalogue import CATALOGUE_CREATED, CURRENCY, Price
from stripe_handler_cli.lab.simulator.render_quiet import quiet
from stripe_handler_cli.lab.simulator.state import Json


def assembled(head: Json, *parts: Json) -> Json:
    """An object: the head first, then the fields of all parts by name."""
    fields: Json = {}
    for part in parts:
        fields |= part
    return head | dict(sorted(fields.items()))


def only_if(applies: bool, **fields: Any) -> Json:  # noqa: FBT001 - reads as a sentence
    return fields if applies else {}


def listed(data: list[Json], url: str) -> Json:
    """A list inside an object; it holds everything."""
    return {"object": "list", "data": data, "has_more": False, "total_count": len(data), "url": url}


def plan(price: Price, version: ApiVersion, *, livemode: bool) -> Json:
    """The plan object; every price has one of the same id."""
    common = {
        "id": price.id,
        "object": "plan",
        "amount": price.amount,
        "created": CATALOGUE_CREATED,
        "currency": CURRENCY,
        "interval": price.interval,
        "interval_count": 1,
        "livemode": livemode,
        "metadata": {},
        "trial_period_days": None,
    }
    if not version.has_products:
        statement = "statement_descriptor" if version.has_items else "statement_description"
        return common | {"name": price.name, statement: None}
    usage = _metering(version)
    decimal = {"amount_decimal": str(price.amount)} if version.has_modern_subscriptions else {}
    newer = {
        "active": True,
        "billing_scheme": "per_unit",
        "nickname": price.name,
        "product": price.product_id,
        "tiers_mode": None,
        "transform_usage": None,
        "usage_type": _usage(price),
    }
    return common | decimal | usage | newer


def price_object(price: Price, version: ApiVersion, *, livemode: bool) -> Json:
    usage = _metering(version)
    newer = {"tax_behavior": "unspecified", **only_if(version.has_paused, custom_unit_amount=None)}
    return newer | {
        "id": price.id,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": CATALOGUE_CREATED,
        "currency": CURRENCY,
        "livemode": livemode,
        "lookup_key": price.lookup_key,
        "metadata": {},
        "nickname": price.name,
        "product": price.product_id,
        "recurring": usage
        | {
            "interval": price.interval,
            "interval_count": 1,
            "trial_period_days": None,
            "usage_type": _usage(price),
        },
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring",
        "unit_amount": price.amount,
        "unit_amount_decimal": str(price.amount),
    }


def product(product_id: str, version: ApiVersion, *, livemode: bool) -> Json:
    return quiet("product", version) | {
        "id": product_id,
        "object": "product",
        "active": True,
        "created": CATALOGUE_CREATED,
        "description": None,
        "images": [],
        "livemode": livemode,
        "metadata": {},
        "name": product_id.removeprefix("prod_Sim"),
        "type": "service",
        "unit_label": None,
        "updated": CATALOGUE_CREATED,
        "url": None,
    }


def _metering(version: ApiVersion) -> Json:
    if version.has_parents:
        return {"meter": None}
    return {"aggregate_usage": None, **({"meter": None} if version.has_invoice_settings else {})}


def _usage(price: Price) -> str:
    return "metered" if price.metered else "licensed"

"""Fields that say nothing in what is simulated, null or empty, as each API version has them. Tables, pure.

Stripe sends every field of an object, also those that are not set. Which these are, and which may be null, is
known from the types that Stripe publishes for each API version (npm package `stripe`); the tests compare. For
versions before 2020-08-27 it is left out.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import attrs

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.state import Json

_SINCE, _FOR_EVER = "2020-08-27", "9"
_2022, _2023 = "2022-11-15", "2023-08-16"
_BASIL, _DAHLIA, _ENDIVE = "2025-03-31", "2026-03-25", "2026-09-30"


@attrs.frozen
class _Quiet:
    """Fields of one value, in the API versions from a day on and before another."""

    names: str
    value: Any = None
    since: str = _SINCE
    until: str = _FOR_EVER


def _nulls(names: str) -> Json:
    return dict.fromkeys(names.split())


_FIELDS: Mapping[str, tuple[_Quiet, ...]] = {
    "customer": (
        _Quiet("discount"),
        _Quiet("invoice_settings", _nulls("custom_fields default_payment_method footer"), until=_2022),
        _Quiet(
            "invoice_settings",
            _nulls("custom_fields default_payment_method footer rendering_options"),
            since=_2022,
        ),
    ),
    "product": (
        _Quiet("package_dimensions shippable tax_code"),
        _Quiet("tax_details", since=_ENDIVE),
        _Quiet("attributes", [], until=_2023),
        _Quiet("caption statement_descriptor", until=_2022),
        _Quiet("features", [], since=_2023, until="2024-04-10"),
        _Quiet("marketing_features", [], since="2024-04-10"),
    ),
    "subscription": (
        _Quiet("billing_cycle_anchor_config", since=_2023),
        _Quiet("discounts", [], since=_2023),
        _Quiet("customer_account managed_payments", since=_ENDIVE),
        _Quiet("billing_schedules", [], since=_ENDIVE),
    ),
    "subscription_item": (
        _Quiet("discounts", [], since=_2023),
        _Quiet("current_trial", since=_ENDIVE),
    ),
    "invoice": (
        _Quiet("account_tax_ids application custom_fields default_payment_method default_source due_date"),
        _Quiet("footer last_finalization_error on_behalf_of statement_descriptor"),
        _Quiet("from_invoice latest_revision shipping_cost shipping_details", since=_2022),
        _Quiet("rendering", since=_2023),
        _Quiet("application_fee_amount charge payment_intent quote tax transfer_data", until=_BASIL),
        _Quiet("rendering_options", since=_2022, until="2024-04-10"),
        _Quiet("automatically_finalizes_at", since="2024-06-20"),
        _Quiet("customer_account", since=_ENDIVE),
        _Quiet("post_payment_credit_notes_amount pre_payment_credit_notes_amount", 0),
        _Quiet("amount_shipping", 0, since=_2022),
        _Quiet("customer_tax_ids default_tax_rates discounts total_discount_amounts", []),
        _Quiet("total_tax_amounts", [], until=_BASIL),
        _Quiet("total_pretax_credit_amounts total_taxes", [], since=_BASIL),
        _Quiet("issuer", {"type": "self"}, since=_2023),
    ),
    "line_item": (
        _Quiet("discount_amounts discounts", []),
        _Quiet("tax_amounts tax_rates", [], until=_BASIL),
        _Quiet("pretax_credit_amounts taxes", [], since=_BASIL),
    ),
    "checkout.session": (
        _Quiet(
            "after_expiration allow_promotion_codes billing_address_collection consent consent_collection"
        ),
        _Quiet(
            "customer_creation payment_method_options recovered_from shipping_address_collection submit_type"
        ),
        _Quiet("shipping shipping_rate", until=_2022),
        _Quiet("invoice_creation shipping_cost", since=_2022),
        _Quiet("client_secret currency_conversion payment_method_configuration_details", since=_2023),
        _Quiet("saved_payment_method_options", since="2024-06-20"),
        _Quiet("shipping_details", since=_2022, until=_BASIL),
        _Quiet("collected_information permissions", since=_BASIL),
        _Quiet("origin_context wallet_options", since="2025-07-30"),
        _Quiet(
            "allowed_payment_method_types customer_account integration_identifier managed_payments",
            since=_ENDIVE,
        ),
        _Quiet("custom_fields", [], since=_2022),
        _Quiet("shipping_options", []),
        _Quiet("discounts", [], since=_BASIL),
        _Quiet("adaptive_pricing", {"enabled": True}, since=_BASIL),
        _Quiet("custom_text", _nulls("shipping_address submit"), since=_2022, until=_2023),
        _Quiet(
            "custom_text",
            _nulls("after_submit shipping_address submit terms_of_service_acceptance"),
            since=_2023,
        ),
        _Quiet("total_details", {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}),
        _Quiet("payment_method_collection", "always", since=_2022),
        _Quiet("ui_mode", "hosted", since=_2023, until=_DAHLIA),
        _Quiet("ui_mode", "hosted_page", since=_DAHLIA),
    ),
}
"""Stripe's word for an object → its quiet fields."""


def quiet(kind: str, version: ApiVersion) -> Json:
    """The quiet fields of an object, to be copied and not shared."""
    return {
        name: deepcopy(row.value)
        for row in _FIELDS[kind]
        if row.since <= version.name < row.until
        for name in row.names.split()
    }


def automatic_tax(version: ApiVersion, *, of_subscription: bool = False) -> Json:
    """Say that Stripe calculates no taxes; an invoice and a session tell more of them than a subscription."""
    told: Json = {"enabled": False}
    told |= {"liability": None} if version.name >= _2023 else {}
    if not of_subscription:
        told["status"] = None
        told |= {"provider": None} if version.name >= "2025-07-30" else {}
    return told

"""What a customer is entitled to, as Stripe shows it: the same in every API version. Pure."""

import zlib

from stripe_handler_cli.lab.simulator.state import Entitlements, Json

SUMMARY = "entitlements.active_entitlement_summary"
"""Stripe's word for the object; it has no id, but the customer's."""
MOST_TOLD = 10
"""An event tells so many entitlements at most, and that there are more."""


def summary_object(entitlements: Entitlements) -> Json:
    """The summary of everything that a customer is entitled to."""
    customer = entitlements.customer
    data = [_active_entitlement(entitlements, key) for key in entitlements.lookup_keys]
    return {
        "object": SUMMARY,
        "customer": customer.id,
        "entitlements": {
            "object": "list",
            "data": data,
            "has_more": False,
            "url": f"/v1/customer/{customer.id}/entitlements",
        },
        "livemode": customer.livemode,
    }


def told(summary: Json) -> Json:
    """The summary as an event has it."""
    listed = summary["entitlements"]
    has_more = len(listed["data"]) > MOST_TOLD
    return {**summary, "entitlements": {**listed, "data": listed["data"][:MOST_TOLD], "has_more": has_more}}


def _active_entitlement(entitlements: Entitlements, lookup_key: str) -> Json:
    customer = entitlements.customer
    mode = "" if customer.livemode else "test_"
    return {
        "id": f"ent_{mode}61Sim{zlib.crc32(f'{customer.id} {lookup_key}'.encode()):010d}",
        "object": "entitlements.active_entitlement",
        "feature": f"feat_{mode}61Sim{zlib.crc32(lookup_key.encode()):010d}",
        "livemode": customer.livemode,
        "lookup_key": lookup_key,
    }

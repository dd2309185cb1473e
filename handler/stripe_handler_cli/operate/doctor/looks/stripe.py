"""Asks Stripe for the event destination that leads to the stack's event source; the operator's own key."""

from typing import Any

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.areas.stripe import DestinationFacts
from stripe_handler_cli.operate.doctor.looks.events import look_at_rule
from stripe_handler_cli.operate.doctor.looks.functions import environment_of, stripe_url_of
from stripe_handler_cli.operate.doctor.site import Site
from stripe_handler_cli.stack.event_destinations import EventDestination, EventDestinations, mode_of_source
from stripe_subscription_handler.stripe_side.api import key_mode
from stripe_subscription_handler.stripe_side.secret import (
    KEY_VARIABLE,
    PARAMETER_VARIABLE,
    SECRET_ARN_VARIABLE,
)


def look_at_destination(site: Site) -> DestinationFacts:
    """List event destinations (API v2), and take the one whose partner event source is the stack's."""
    source = site.stack.partner_event_source
    if source is None:
        return DestinationFacts(event_source=None)
    rule = site.see(look_at_rule)
    environment = environment_of(site)
    facts: dict[str, Any] = {
        "event_source": source,
        "admitted_types": rule.admitted_types,
        "has_key": any(
            environment.get(name) for name in (KEY_VARIABLE, SECRET_ARN_VARIABLE, PARAMETER_VARIABLE)
        ),
    }
    found = next((one for one in _destinations(site, source) if one.source_name == source), None)
    if found is None:
        return DestinationFacts(**facts)
    return DestinationFacts(
        **facts,
        id=found.id,
        is_enabled=found.is_enabled,
        disabled_reason=found.disabled_reason,
        enabled_events=found.enabled_events,
        payload=found.payload,
        api_version=found.api_version,
    )


def _destinations(site: Site, source: str) -> list[EventDestination]:
    at_hand = site.stripe
    if at_hand is None:
        raise CliError("no Stripe key in STRIPE_API_KEY (or the variable of --stripe-key-variable)")
    wanted, mode = mode_of_source(source), key_mode(at_hand.key)
    if mode is not None and mode != wanted:
        raise CliError(
            f"the Stripe key in {at_hand.variable} is for {mode} mode, and the event source for {wanted}"
        )
    return EventDestinations(at_hand, at_hand.url or stripe_url_of(site)).eventbridge()

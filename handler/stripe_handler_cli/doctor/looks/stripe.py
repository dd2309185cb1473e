"""Asks Stripe for the event destination that leads to the stack's event source; the operator's own key."""

from typing import Any

from stripe_handler_cli.doctor.areas.self_check import mode_of_source
from stripe_handler_cli.doctor.areas.stripe import DestinationFacts
from stripe_handler_cli.doctor.looks.events import look_at_rule
from stripe_handler_cli.doctor.looks.functions import environment_of, stripe_url_of
from stripe_handler_cli.doctor.site import Site
from stripe_handler_cli.errors import CliError
from stripe_subscription_handler.stripe_api import API_VERSION, key_mode, load_stripe
from stripe_subscription_handler.stripe_secret import KEY_VARIABLE, PARAMETER_VARIABLE, SECRET_ARN_VARIABLE

_TIMEOUT_SECONDS = 10


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
    found = next((one for one in _destinations(site, source) if _leads_to(one, source)), None)
    if found is None:
        return DestinationFacts(**facts)
    disabled = getattr(getattr(found, "status_details", None), "disabled", None)
    return DestinationFacts(
        **facts,
        id=found.id,
        is_enabled=found.status == "enabled",
        disabled_reason=getattr(disabled, "reason", None),
        enabled_events=frozenset(found.enabled_events),
        payload=found.event_payload,
        api_version=getattr(found, "snapshot_api_version", None),
    )


def _leads_to(destination: Any, source: str) -> bool:
    bridge = getattr(destination, "amazon_eventbridge", None)
    return str(getattr(bridge, "aws_event_source_arn", "")).endswith(f"/{source}")


def _destinations(site: Site, source: str) -> list[Any]:
    at_hand = site.stripe
    if at_hand is None:
        raise CliError("no Stripe key in STRIPE_API_KEY (or the variable of --stripe-key-variable)")
    wanted, mode = mode_of_source(source), key_mode(at_hand.key)
    if mode is not None and mode != wanted:
        raise CliError(
            f"the Stripe key in {at_hand.variable} is for {mode} mode, and the event source for {wanted}"
        )
    stripe = load_stripe()
    client = stripe.StripeClient(
        at_hand.key,
        stripe_version=API_VERSION,
        base_addresses={"api": at_hand.url or stripe_url_of(site)},
        max_network_retries=1,
        http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
    )
    try:
        return list(client.v2.core.event_destinations.list({"limit": 100}).auto_paging_iter())
    except stripe.StripeError as error:
        told = f"HTTP {error.http_status}" if error.http_status else f"no answer ({type(error).__name__})"
        raise CliError(f"Stripe: {told}, with the key in {at_hand.variable}") from None

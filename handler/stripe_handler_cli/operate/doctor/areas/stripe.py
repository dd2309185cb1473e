"""Stripe's event destination: it sends the right events in the right form."""

import json

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.areas.rule import THIN_PREFIX, look_at_rule
from stripe_handler_cli.operate.doctor.areas.self_check import USE_A_SECRET, told_or_none
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.site import Site, connect_events_of, environment_of, stripe_url_of
from stripe_handler_cli.stack.event_destinations import EventDestination, EventDestinations, mode_of_source
from stripe_handler_cli.stack.events_from import Lack, lack_of, told
from stripe_subscription_handler.decisions.policy import ConnectEvents
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT, MAIN_EVENT_TYPES
from stripe_subscription_handler.stripe_side import secret
from stripe_subscription_handler.stripe_side.api import key_mode

EVERY_TYPE = "*"
_KEY_VARIABLES = (secret.KEY_VARIABLE, secret.SECRET_ARN_VARIABLE, secret.PARAMETER_VARIABLE)
_POST = (
    "printf 'Authorization: Bearer %s' \"${key_variable}\" | curl --fail --header @- --header "
    "'Stripe-Version: {stripe_version}' --request POST "
    "https://api.stripe.com/v2/core/event_destinations/{destination}"
)
ENABLE_DESTINATION = _POST + "/enable"
SET_EVENT_TYPES = _POST + " --header 'Content-Type: application/json' --data {body}"
MAKE_DESTINATION = "stripe-handler connect --workspace {environment}"
REPLACE_DESTINATION = "stripe-handler disconnect --delete --workspace {environment}\n" + MAKE_DESTINATION
REPLACE_THIN_DESTINATION = f"# for thin events\n{REPLACE_DESTINATION} --thin"
HANDLE_CONNECT_EVENTS = '# set connect_events = "handle" in {settings}, then\n' + APPLY
_CUSTOM_BUS = "does not apply: on a custom bus no event destination leads here directly"


@attrs.frozen(kw_only=True)
class DestinationFacts:
    """Stripe's event destination for the stack's event source."""

    event_source: str | None  # None on a custom bus
    found: EventDestination | None = None  # None where this key sees no such destination
    admitted_types: frozenset[str] = frozenset()  # by the rule, thin types with their `v1.`
    has_key: bool = False  # the function
    events_problem: str | None = None  # why its key does not serve for events
    connect_events: str = ConnectEvents.SKIP  # what the function does with other accounts' events


def look_at_destination(site: Site) -> DestinationFacts:
    """List event destinations (API v2), and take the one whose partner event source is the stack's."""
    source = site.stack.partner_event_source
    if source is None:
        return DestinationFacts(event_source=None)
    rule = site.see(look_at_rule)
    environment = environment_of(site)
    return DestinationFacts(
        event_source=source,
        found=next((one for one in _destinations(site, source) if one.source_name == source), None),
        admitted_types=rule.admitted_types,
        has_key=any(environment.get(name) for name in _KEY_VARIABLES),
        events_problem=((told_or_none(site) or {}).get("stripeKey") or {}).get("eventsProblem"),
        connect_events=connect_events_of(site),
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


@check(Area.STRIPE, look_at_destination, ENABLE_DESTINATION, MAKE_DESTINATION)
def stripe_destination(facts: DestinationFacts) -> Finding:
    """Destination enabled.

    Events of a disabled destination are not sent again.

    Stripe is asked, with the key in `STRIPE_API_KEY` (or the variable of `--stripe-key-variable`), for
    the event destination of the stack's event source. None, or a disabled one, fails.
    """
    if facts.event_source is None:
        return passed(_CUSTOM_BUS)
    found = facts.found
    if found is None:
        lacking = f"this key's account has no event destination for {facts.event_source}"
        return failed(lacking, MAKE_DESTINATION)
    if not found.is_enabled:
        reason = f" ({found.disabled_reason})" if found.disabled_reason else ""
        lost = f"{found.id} is disabled{reason}: Stripe does not send these events again"
        return failed(lost, ENABLE_DESTINATION, destination=found.id)
    return passed(f"{found.id} is enabled")


@check(
    Area.STRIPE,
    look_at_destination,
    REPLACE_DESTINATION,
    REPLACE_THIN_DESTINATION,
    HANDLE_CONNECT_EVENTS,
    MAKE_DESTINATION,
)
def stripe_events_from(facts: DestinationFacts) -> Finding:
    """Whose events come.

    A destination can send connected accounts' events alone: then no event of your own account ever comes.

    Its `events_from`. Without the account's own events (`@self`; of an organisation, its members'), or where
    `connect_events = "skip"` skips every one, it fails. `connect_events = "handle"` without connected
    accounts' events (`@accounts`) is a warning. Stripe never changes it: a new destination must be made.
    """
    if facts.event_source is None:
        return passed(_CUSTOM_BUS)
    found = facts.found
    if found is None:
        return failed("there is no event destination", MAKE_DESTINATION)
    lack = lack_of(found.events_from, facts.connect_events)
    sent = f"it sends the events of {told(found.events_from)}"
    replace = REPLACE_THIN_DESTINATION if found.payload == "thin" else REPLACE_DESTINATION
    if lack is Lack.OWN_EVENTS:
        return failed(f"{sent}: {lack}", replace)
    if lack is Lack.HANDLED_EVENTS:
        return failed(f"{sent}: {lack}", HANDLE_CONNECT_EVENTS)
    if lack is Lack.CONNECTED_EVENTS:
        return warned(f"{sent}: {lack}", replace)
    return passed(sent)


@check(Area.STRIPE, look_at_destination, SET_EVENT_TYPES, MAKE_DESTINATION, APPLY)
def stripe_event_types(facts: DestinationFacts) -> Finding:
    """Event types sent.

    A type that Stripe does not send never reaches a profile.

    The destination sends the five main types and all others the rule lets pass; a missing one fails.
    """
    if facts.event_source is None:
        return passed(_CUSTOM_BUS)
    found = facts.found
    if found is None:
        return failed("there is no event destination", MAKE_DESTINATION)
    prefix = THIN_PREFIX if found.payload == "thin" else ""
    admitted = {name for name in facts.admitted_types if name.startswith(THIN_PREFIX) == bool(prefix)}
    if not admitted:
        return failed(f"the rule lets none of its {found.payload} events pass")
    if EVERY_TYPE in found.enabled_events:
        return warned("it sends every type there is; the archive keeps, and AWS bills, each of them")
    wanted = admitted | {prefix + name for name in MAIN_EVENT_TYPES}
    missing = sorted(wanted - found.enabled_events)
    if missing:
        body = json.dumps({"enabled_events": sorted(wanted | found.enabled_events)})
        lacking = f"it does not send {', '.join(missing)}"
        return failed(lacking, SET_EVENT_TYPES, destination=found.id, body=body)
    return passed(f"it sends the {plural(len(wanted), 'type')} wanted")


@check(Area.STRIPE, look_at_destination, MAKE_DESTINATION, USE_A_SECRET)
def stripe_payload(facts: DestinationFacts) -> Finding:
    """Payload.

    A thin event holds no object: without a Stripe key the function can do nothing with it.

    Snapshot payloads. Thin ones fail where the function has no Stripe key, and are a warning where Stripe
    does not let that key read events: then each costs more requests, and what it tells is less exact.
    """
    if facts.event_source is None:
        return passed(_CUSTOM_BUS)
    if facts.found is None:
        return failed("there is no event destination", MAKE_DESTINATION)
    if facts.found.payload != "thin":
        return passed(f"snapshots of API version {facts.found.api_version}")
    if not facts.has_key:
        lacking = "thin events, and the function has no Stripe key to fetch what they are about"
        return failed(lacking, USE_A_SECRET)
    if facts.events_problem is not None:
        return warned(f"thin events, whose snapshot events the function cannot read: {facts.events_problem}")
    return passed("thin events; each costs one or two requests to Stripe")


@check(Area.STRIPE, look_at_destination, SET_EVENT_TYPES, MAKE_DESTINATION)
def stripe_generation_failures(facts: DestinationFacts) -> Finding:
    """Failures to generate events.

    In rare cases Stripe cannot generate an event, and tells so with a thin event of its own.

    Whether the destination brings it (`v2.core.health.event_generation_failure.resolved`). One that sends
    thin events and leaves it out is a warning. One that sends snapshots cannot bring it: a webhook endpoint
    for thin events can, through the webhook bridge; else a drift check finds what Stripe failed to tell.
    """
    if facts.event_source is None:
        return passed(_CUSTOM_BUS)
    found = facts.found
    if found is None:
        return failed("there is no event destination", MAKE_DESTINATION)
    if found.payload != "thin":
        return passed("not by this destination: it sends snapshots, and this is a thin event")
    if found.enabled_events & {EVERY_TYPE, GENERATION_FAILURE_EVENT}:
        return passed("it tells where Stripe failed to generate an event")
    body = json.dumps({"enabled_events": sorted(found.enabled_events | {GENERATION_FAILURE_EVENT})})
    lacking = f"it does not send {GENERATION_FAILURE_EVENT}"
    return warned(lacking, SET_EVENT_TYPES, destination=found.id, body=body)

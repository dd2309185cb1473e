"""What is right on Stripe's side: the event destination sends the right events in the right form. Pure."""

import json

import attrs

from stripe_handler_cli.operate.doctor.areas.rule import THIN_PREFIX
from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES

EVERY_TYPE = "*"
_POST = (
    "printf 'Authorization: Bearer %s' \"${key_variable}\" | curl --fail --header @- --header "
    "'Stripe-Version: {stripe_version}' --request POST "
    "https://api.stripe.com/v2/core/event_destinations/{destination}"
)
ENABLE_DESTINATION = _POST + "/enable"
SET_EVENT_TYPES = _POST + " --header 'Content-Type: application/json' --data {body}"
MAKE_DESTINATION = "stripe-handler connect --workspace {environment}"
USE_A_KEY = "# name stripe_secret_arn in the tfvars file, then\n" + APPLY


@attrs.frozen(kw_only=True)
class DestinationFacts:
    """Stripe's event destination for the stack's event source.

    Attributes:
        event_source: The event source's name; None on a custom bus.
        id: The destination's id; None where this key sees no such destination.
        is_enabled: Whether Stripe sends.
        disabled_reason: Why it is disabled, in Stripe's word.
        enabled_events: Types it sends; `*` for all.
        payload: `snapshot` or `thin`.
        api_version: Of the snapshots.
        admitted_types: Handled types the rule lets pass, thin types with their `v1.`.
        has_key: Whether the function has a Stripe key.
    """

    event_source: str | None
    id: str | None = None
    is_enabled: bool = True
    disabled_reason: str | None = None
    enabled_events: frozenset[str] = frozenset()
    payload: str = "snapshot"
    api_version: str | None = None
    admitted_types: frozenset[str] = frozenset()
    has_key: bool = False


_CUSTOM_BUS = "does not apply: on a custom bus no event destination leads here directly"


def judge_destination(facts: DestinationFacts) -> Finding:
    """There, and enabled."""
    if facts.event_source is None:
        return passed(_CUSTOM_BUS)
    if facts.id is None:
        return failed(
            f"this key's account has no event destination for {facts.event_source}", MAKE_DESTINATION
        )
    if not facts.is_enabled:
        reason = f" ({facts.disabled_reason})" if facts.disabled_reason else ""
        return failed(
            f"{facts.id} is disabled{reason}: Stripe does not send these events again",
            ENABLE_DESTINATION,
            destination=facts.id,
        )
    return passed(f"{facts.id} is enabled")


def judge_event_types(facts: DestinationFacts) -> Finding:
    """It sends every type that the rule lets pass, the documented five among them."""
    if facts.event_source is None:
        return passed(_CUSTOM_BUS)
    if facts.id is None:
        return failed("there is no event destination", MAKE_DESTINATION)
    prefix = THIN_PREFIX if facts.payload == "thin" else ""
    admitted = {name for name in facts.admitted_types if name.startswith(THIN_PREFIX) == bool(prefix)}
    if not admitted:
        return failed(f"the rule lets none of its {facts.payload} events pass", APPLY)
    if EVERY_TYPE in facts.enabled_events:
        return warned("it sends every type there is; the archive keeps, and AWS bills, each of them")
    wanted = admitted | {prefix + name for name in DEFAULT_EVENT_TYPES}
    missing = sorted(wanted - facts.enabled_events)
    if missing:
        body = json.dumps({"enabled_events": sorted(wanted | facts.enabled_events)})
        return failed(
            f"it does not send {', '.join(missing)}", SET_EVENT_TYPES, destination=facts.id, body=body
        )
    return passed(f"it sends the {len(wanted)} types wanted")


def judge_payload(facts: DestinationFacts) -> Finding:
    """Snapshots; or thin events, and a key to fetch what they are about."""
    if facts.event_source is None:
        return passed(_CUSTOM_BUS)
    if facts.id is None:
        return failed("there is no event destination", MAKE_DESTINATION)
    if facts.payload == "thin" and not facts.has_key:
        return failed(
            "thin events, and the function has no Stripe key to fetch what they are about", USE_A_KEY
        )
    if facts.payload == "thin":
        return passed("thin events; each costs a request to Stripe")
    return passed(f"snapshots of API version {facts.api_version}")


DESTINATION = Check(
    key="stripe-destination",
    area=Area.STRIPE,
    title="Destination enabled",
    why="Events of a disabled destination are not sent again.",
    checked=(
        "Stripe is asked, with the key in `STRIPE_API_KEY` (or the variable of `--stripe-key-variable`), for "
        "the event destination of the stack's event source. None, or a disabled one, fails."
    ),
    fixes=(ENABLE_DESTINATION, MAKE_DESTINATION),
    judge=judge_destination,
)
EVENT_TYPES = Check(
    key="stripe-event-types",
    area=Area.STRIPE,
    title="Event types sent",
    why="A type that Stripe does not send never reaches a profile.",
    checked=(
        "The destination sends the five documented types and all others the rule lets pass; a missing one "
        "fails."
    ),
    fixes=(SET_EVENT_TYPES, MAKE_DESTINATION, APPLY),
    judge=judge_event_types,
)
PAYLOAD = Check(
    key="stripe-payload",
    area=Area.STRIPE,
    title="Payload",
    why="A thin event holds no object: without a Stripe key the function can do nothing with it.",
    checked="Snapshot payloads. Thin ones fail where the function has no Stripe key.",
    fixes=(MAKE_DESTINATION, USE_A_KEY),
    judge=judge_payload,
)

"""The Lambda entry point of the event handler. It wires, calls, logs one line and raises errors again.

No error is swallowed: what is raised here makes Lambda try the event three times in all and then put it into
the failure queue, from where it can be redriven.
"""

import functools
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler import garbage_collection
from stripe_subscription_handler.config import Config, LogLevel
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Applied, Outcome
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import check_livemode
from stripe_subscription_handler.dynamodb.clients import client_for_events
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import HandlerError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.initialization import prepare, renew_randomness
from stripe_subscription_handler.lambda_errors import LambdaContext, error_fields, raise_without_values
from stripe_subscription_handler.loggable import loggable, loggable_source
from stripe_subscription_handler.logger import Log, make_logger
from stripe_subscription_handler.operations.dispatch import perform
from stripe_subscription_handler.operations.names import is_operation
from stripe_subscription_handler.stripe_side.configured import configured_stripe


@attrs.frozen
class Runtime:
    """What a warm function keeps between invocations.

    Attributes:
        report: Writes lines that are data for metrics, at any log level; `log` writes the others.
        clock: Monotonic seconds.
    """

    store: Store
    config: Config
    log: Log
    report: Log = attrs.field(default=attrs.Factory(lambda self: self.log, takes_self=True))
    clock: Callable[[], float] = time.monotonic


@functools.cache
def runtime() -> Runtime:
    """Make the runtime on the first invocation. A `ConfigError` is not cached: the next one tries again."""
    config = Config.from_environment(os.environ)
    store = Store(client_for_events(os.environ, config), config, configured_stripe(os.environ, config))
    return Runtime(store, config, make_logger(config.log_level), report=make_logger(LogLevel.INFO))


def lambda_handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Apply one Stripe event to its user's profile.

    The event comes in EventBridge's envelope or bare; the other inputs are those of `operations.names`.

    Returns:
        `eventId`, `decision` (`write` or `skip`) and `reason`, for whoever invokes the function by hand.

    Raises:
        HandlerError: The event cannot be applied; see `errors`.
    """
    renew_randomness()
    try:
        wired = runtime()
    except HandlerError as error:
        make_logger("ERROR").error("event", decision="error", **error_fields(error))
        raise
    if wired.store.stripe is not None:
        wired.store.stripe.remaining_seconds = lambda: context.get_remaining_time_in_millis() / 1000
    return handle(event, wired)


def handle(raw: Mapping[str, Any], wired: Runtime) -> dict[str, Any]:
    started = wired.clock()
    event: StripeEvent | None = None
    store = wired.store
    store.requests = 0
    if store.stripe is not None:
        store.stripe.requests = 0
    try:
        if is_operation(raw):
            return perform(raw, store, wired.report)
        event = parse_event(raw, wired.config.selection)
        check_livemode(event, wired.config.livemode)
        policy = wired.config.policy(can_ask_stripe=store.stripe is not None)
        outcome = store.run(handling(event, policy), raw)
    except Exception as error:  # noqa: BLE001 - it is raised again below
        wired.log.error(  # noqa: TRY400 - a traceback may hold personal data
            "event",
            **_identity(raw, event),
            decision="error",
            **error_fields(error),
            **_effort(wired, started),
        )
        raise_without_values(error)
    decision = "write" if outcome.applied else "skip"
    # A parked event is applied, but not yet: the alarm on such lines must see them at LOG_LEVEL=WARNING too.
    # And what a profile does not show whole must be known to somebody.
    # So must what Stripe failed to tell, whatever came of it.
    is_warning = outcome.reason is Reason.PARKED or outcome.incomplete or event.is_generation_failure
    log = wired.log.warning if is_warning else wired.log.info
    if outcome.reason is Reason.PING:
        log = wired.report.info  # whoever asked Stripe for it looks for this line, at any LOG_LEVEL
    log("event", **_identity(raw, event) | _result(outcome, decision), **_effort(wired, started))
    return {"eventId": event.id, "decision": decision, "reason": outcome.reason}


def _identity(raw: object, event: StripeEvent | None) -> dict[str, Any]:
    envelope = raw if isinstance(raw, Mapping) else {}
    replay, source = envelope.get("replay-name"), loggable_source(envelope.get("source"))
    came = ({"source": source} if source else {}) | ({"replay": replay} if isinstance(replay, str) else {})
    if event is not None:
        return came | {
            "event_id": loggable(event.id),
            "event_type": loggable(event.type),
            "event_created": event.created,
            "subscription_id": loggable(event.subscription_id),
            "user_id": loggable(event.user_id),
            **({"destination_id": loggable(event.destination_id)} if event.is_ping else {}),
        }
    detail = envelope.get("detail", envelope)
    found = detail if isinstance(detail, Mapping) else {}
    return came | {"event_id": loggable(found.get("id")), "event_type": loggable(found.get("type"))}


def _effort(wired: Runtime, started: float) -> dict[str, int]:
    store = wired.store
    asked = {"stripe_requests": store.stripe.requests} if store.stripe and store.stripe.requests else {}
    return {"requests": store.requests, **asked, "duration_ms": int((wired.clock() - started) * 1000)}


def _result(outcome: Outcome, decision: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "decision": decision,
        "reason": outcome.reason,
        "old_status": loggable(outcome.old_status),
        "new_status": loggable(outcome.new_status),
    }
    if outcome.applied:
        result["changed"] = outcome.changed
    if outcome.incomplete:
        result["incomplete"] = [loggable(name) for name in outcome.incomplete]
    if outcome.missed:
        result["missed_type"] = loggable(outcome.missed.event_type)
        result["missed_object"] = loggable(outcome.missed.object_id)
    if outcome.drained:
        result["drained"] = outcome.drained
    if outcome.also_applied:
        result["also_applied"] = [_also_applied(one) for one in outcome.also_applied]
    return result | ({"user_id": loggable(outcome.user_id)} if outcome.user_id else {})


def _also_applied(one: Applied) -> dict[str, Any]:
    return attrs.asdict(one) | {"event_id": loggable(one.event_id), "user_id": loggable(one.user_id)}


def _load_stripe_if_needed() -> None:
    if runtime().store.stripe is not None:
        from stripe_subscription_handler.stripe_side.api import prepare_to_ask  # noqa: PLC0415 - only with a key

        prepare_to_ask()


prepare(os.environ, runtime, _load_stripe_if_needed)
garbage_collection.resume()

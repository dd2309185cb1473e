"""The Lambda entry point: wire, call, log one line, re-raise.

Nothing is caught for good: what is raised here makes Lambda try the event three times in all and then put it
into the failure queue, from where it can be redriven.
"""

import functools
import os
import sys
from collections.abc import Mapping
from typing import Any

import attrs
import structlog

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.envelope import StripeEvent, parse_event
from stripe_subscription_handler.errors import HandlerError
from stripe_subscription_handler.gates import check_livemode
from stripe_subscription_handler.handling import Outcome, handling
from stripe_subscription_handler.store import Store, dynamodb_client


@attrs.frozen
class Runtime:
    """What a warm function keeps between invocations.

    Attributes:
        store: The tables.
        config: The settings.
        log: Writes one JSON line per call to standard output, which Lambda sends to CloudWatch Logs.
    """

    store: Store
    config: Config
    log: structlog.typing.FilteringBoundLogger


def make_logger(level: str) -> structlog.typing.FilteringBoundLogger:
    """Make a logger that prints JSON lines with `level`, `timestamp` and the event's fields."""
    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(sys.stdout),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    return logger


@functools.cache
def runtime() -> Runtime:
    """Make the runtime on the first invocation; an error here is not cached.

    Raises:
        ConfigError: An environment variable is missing or cannot be used.
    """
    config = Config.from_environment(os.environ)
    return Runtime(Store(dynamodb_client(), config), config, make_logger(config.log_level))


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it
    """Apply one Stripe event, delivered by EventBridge, to its user's profile.

    Args:
        event: The EventBridge envelope (or a bare Stripe event).
        context: Lambda's context; unused.

    Returns:
        `eventId`, `decision` (`write` or `skip`) and `reason`, for whoever invokes the function by hand.

    Raises:
        HandlerError: The event cannot be applied; see `errors`.
    """
    try:
        wired = runtime()
    except HandlerError as error:
        make_logger("ERROR").error(
            "event", decision="error", error_type=type(error).__name__, error=str(error)
        )
        raise
    return handle(event, wired)


def handle(raw: Mapping[str, Any], wired: Runtime) -> dict[str, Any]:
    """Apply one event with the given runtime; see `lambda_handler`."""
    event: StripeEvent | None = None
    requests_before = wired.store.requests
    try:
        event = parse_event(raw, user_id_metadata_key=wired.config.user_id_metadata_key)
        check_livemode(event, wired.config.livemode)
        outcome = wired.store.run(handling(event))
    except Exception as error:
        wired.log.error(  # noqa: TRY400 - a traceback may hold personal data
            "event",
            **_identity(raw, event),
            decision="error",
            error_type=type(error).__name__,
            # Only our own messages are known to be free of personal data.
            reason=str(error) if isinstance(error, HandlerError) else None,
            requests=wired.store.requests - requests_before,
        )
        raise
    decision = "write" if outcome.applied else "skip"
    wired.log.info(
        "event",
        **_identity(raw, event) | _result(outcome, decision),
        requests=wired.store.requests - requests_before,
    )
    return {"eventId": event.id, "decision": decision, "reason": outcome.reason}


def _identity(raw: object, event: StripeEvent | None) -> dict[str, Any]:
    if event is not None:
        return {
            "event_id": event.id,
            "event_type": event.type,
            "subscription_id": event.subscription_id,
            "user_id": event.user_id,
        }
    detail = raw.get("detail", raw) if isinstance(raw, Mapping) else None
    found = detail if isinstance(detail, Mapping) else {}
    return {
        "event_id": found.get("id") if isinstance(found.get("id"), str) else None,
        "event_type": found.get("type") if isinstance(found.get("type"), str) else None,
    }


def _result(outcome: Outcome, decision: str) -> dict[str, Any]:
    result = {
        "decision": decision,
        "reason": outcome.reason,
        "old_status": outcome.old_status,
        "new_status": outcome.new_status,
    }
    return result | ({"user_id": outcome.user_id} if outcome.user_id else {})

"""The Lambda entry point of the scheduled drift check. It wires, works for one slice and logs.

This is a function of its own with the same zip; handling an event imports nothing of it. Its log lines hold
ids, names of fields and counts; no value of a profile, no text of Stripe's.
"""

import functools
import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.comparison.full_pass import note_full_pass
from stripe_subscription_handler.comparison.pace import Pace
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.comparison.wiring import work
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.drift_check.pass_table import PassTable
from stripe_subscription_handler.drift_check.request import Wanted
from stripe_subscription_handler.drift_check.settings import DriftCheckSettings
from stripe_subscription_handler.drift_check.slices import Slice, SliceOutcome
from stripe_subscription_handler.drift_check.thorough import WANTED, Connected
from stripe_subscription_handler.dynamodb.clients import dynamodb_client
from stripe_subscription_handler.errors import ConfigError, PassHeldError
from stripe_subscription_handler.lambda_errors import LambdaContext, error_fields, raise_without_values
from stripe_subscription_handler.loggable import loggable
from stripe_subscription_handler.logger import Log, make_logger
from stripe_subscription_handler.stripe_side.api import StripeApi
from stripe_subscription_handler.stripe_side.configured import configured_stripe

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MARGIN_SECONDS = 120.0
"""Left of an invocation when its last page begins: enough to ask Stripe about each subscription on it."""
_PROFILES_PER_PAGE = 200
"""Few enough that a page of profiles that Stripe knows nothing of is done in time."""


@attrs.frozen
class Runtime:
    """What a warm function keeps between invocations.

    Attributes:
        clock: Unix time in seconds.
    """

    config: Config
    settings: DriftCheckSettings
    client: "DynamoDBClient"
    stripe: StripeApi
    log: Log
    clock: Callable[[], float] = time.time


@functools.cache
def runtime() -> Runtime:
    """Make the runtime on the first invocation. A `ConfigError` is not cached: the next one tries again."""
    config = Config.from_environment(os.environ)
    settings = DriftCheckSettings.from_environment(os.environ)
    stripe = configured_stripe(os.environ, config, before_request=Pace(settings.requests_per_second).wait)
    if stripe is None:
        raise ConfigError("the drift check needs a Stripe key: STRIPE_SECRET_ARN or STRIPE_SECRET_PARAMETER")
    # Its lines are data for metrics, so they are written at any log level.
    return Runtime(config, settings, dynamodb_client(), stripe, make_logger("INFO"))


def lambda_handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Work on the pass under way for as long as this invocation lasts, or begin the next one if it is time.

    The event is what `Wanted` reads.

    Returns:
        The fields of the line that is logged, for whoever invokes the function by hand.

    Raises:
        HandlerError: Stripe or a table could not be asked; what was done is kept, and the next slice goes on.
    """
    log = make_logger("INFO")
    try:
        wired = runtime()
        return check(Wanted.read(event), context, wired)
    except Exception as error:  # noqa: BLE001 - it is raised again below
        log.error(  # noqa: TRY400 - a traceback may hold personal data
            "drift_check", state="error", **error_fields(error)
        )
        raise_without_values(error)


def check(wanted: Wanted, context: LambdaContext, wired: Runtime) -> dict[str, Any]:
    settings, shows, began = wired.settings, wired.config.shows, wired.clock()
    wired.stripe.requests = 0
    wired.stripe.remaining_seconds = lambda: context.get_remaining_time_in_millis() / 1000

    def is_over() -> bool:
        is_late = context.get_remaining_time_in_millis() / 1000 < MARGIN_SECONDS
        return is_late or wired.clock() - began >= wanted.most_seconds

    connected = work(
        wired.config,
        wired.client,
        wired.stripe,
        lambda difference: wired.log.warning("drift_difference", **told(difference)),
        apply=settings.repair,
        tally=Tally(),
    )
    part = Slice(
        PassTable(wired.client, wired.config.sync_table_name),
        connected.stripe,
        attrs.evolve(connected.tables, scan_limit=_PROFILES_PER_PAGE),
        connected.comparer,
        settings.interval_hours * 3600,
        settings.second_look_seconds,
        wired.clock,
        is_over,
        shows.fingerprint,
        Connected(connected),
    )
    try:
        went = part.work(
            context.aws_request_id,
            began + context.get_remaining_time_in_millis() / 1000,
            begin=wanted.begin,
            backfill=wanted.backfill,
        )
    except PassHeldError:
        line: dict[str, Any] = {"state": "held"}
    else:
        line = _summary(went)
        if went.is_full(shows.fingerprint):
            note_full_pass(
                wired.client, wired.config.sync_table_name, shows, wired.clock(), asked_stripe=True
            )
    wired.log.info("drift_check", **line, stripe_requests=wired.stripe.requests)
    return line


def _summary(went: SliceOutcome) -> dict[str, Any]:
    drift_pass, looked, believed = went.drift_pass, went.looked, went.believed
    if not went.worked:
        return {"state": "nothing_to_do", "pass": drift_pass.id}
    line: dict[str, Any] = {
        "state": "continues" if drift_pass.finished is None else "finished",
        "pass": drift_pass.id,
        "slices": drift_pass.slices,
        "worked_seconds": drift_pass.worked_seconds,
        "subscriptions": looked.subscriptions,
        "users": looked.profiles,
        "looked_at_again": looked.remaining,
        "events": believed.events,
    }
    left_out = [plural for plural in WANTED if plural not in drift_pass.state.get("reads", WANTED)]
    if left_out:
        line["left_out"] = left_out
    if drift_pass.is_backfill:
        line["backfilled"] = looked.repaired.total()
    if drift_pass.finished is None:
        return line
    return line | {
        "seconds": drift_pass.finished - drift_pass.started,
        "differences": believed.differences,
        "found": {kind: count for kind, count in believed.found.items() if count},
        "repaired": believed.repaired.total(),
        "unrepaired": believed.remaining,
    }


def told(difference: Difference) -> dict[str, Any]:
    """What is logged of one difference: which, whose, the names of what differs, and what repairs it."""
    subscription_id = loggable(difference.subscription_id)
    line: dict[str, Any] = {
        "kind": str(difference.kind),
        "subscription_id": subscription_id,
        "user_id": loggable(difference.user_id),
        "fields": sorted(field.name for field in difference.fields),
        "repaired": difference.repaired,
    }
    if difference.event_id is not None:
        line["event_id"] = loggable(difference.event_id)
    is_named = bool(subscription_id) and subscription_id == difference.subscription_id
    if difference.can_be_repaired and not difference.repaired:
        if difference.kind is Kind.MISSED_EVENT:
            line["command"] = "stripe-handler reconcile --since 3d --apply"
        elif is_named:
            line["command"] = f"stripe-handler sync --subscription {subscription_id}"
    return line

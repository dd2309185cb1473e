"""The Lambda entry point of the profile events. It wires, tells what changed and says what to give again.

Lambda hands over the records of the profile table's stream in order. What the bus does not take is given
again, from the first such record on; what can never be told is set aside. So a record is told at least once,
or is in the failure queue.
"""

import datetime as dt
import functools
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_subscription_handler.aws_clients import aws_client
from stripe_subscription_handler.errors import HandlerError, InvalidEventError
from stripe_subscription_handler.initialization import prepare, renew_randomness
from stripe_subscription_handler.lambda_errors import (
    LambdaContext,
    error_fields,
    raise_without_values,
)
from stripe_subscription_handler.logger import Log, make_logger
from stripe_subscription_handler.operations.names import OPERATION_KEY, TELL_AGAIN
from stripe_subscription_handler.profile_events.changes import change_fields, change_of, sequence_number_of
from stripe_subscription_handler.profile_events.entry import put_events_entry
from stripe_subscription_handler.profile_events.ordering import Pending
from stripe_subscription_handler.profile_events.putting import Putter
from stripe_subscription_handler.profile_events.setting_aside import FailureQueue
from stripe_subscription_handler.profile_events.settings import Settings
from stripe_subscription_handler.put_events import events_client

MARGIN_SECONDS = 15.0
"""Left of an invocation when its last request begins: a request, its retry, and the answer."""


@attrs.frozen
class Runtime:
    """What a warm function keeps between batches.

    Attributes:
        clock: Monotonic seconds.
    """

    settings: Settings
    putter: Putter
    failure_queue: FailureQueue
    log: Log
    clock: Callable[[], float] = time.monotonic


@functools.cache
def runtime() -> Runtime:
    """Make the runtime once. A `ConfigError` is not cached: the next batch tries again."""
    settings = Settings.from_environment(os.environ)
    retries = {"mode": "standard", "total_max_attempts": 2}
    queues = aws_client("sqs", connect_timeout=1, read_timeout=3, retries=retries)
    return Runtime(
        settings,
        Putter(events_client()),
        FailureQueue(queues, settings.failure_queue_url),
        make_logger(settings.log_level),
    )


def lambda_handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Tell what the records of one batch changed.

    Returns:
        `batchItemFailures`: the first record that must be given again, with all behind it; else none.

    Raises:
        HandlerError: The function cannot work at all; Lambda gives the batch again.
    """
    renew_randomness()
    try:
        return handle(event, context, runtime())
    except Exception as error:  # noqa: BLE001 - it is raised again below
        make_logger("ERROR").error("profile_events", **error_fields(error))
        raise_without_values(error)


def handle(event: Mapping[str, Any], context: LambdaContext, wired: Runtime) -> dict[str, Any]:
    started = wired.clock()
    records = event.get("Records")
    if not isinstance(records, list):
        raise InvalidEventError("Records", "must be a list: this function reads a stream of DynamoDB")
    batch = Batch(is_told_again=event.get(OPERATION_KEY) == TELL_AGAIN)
    for record in records:
        _read(record, batch, wired)

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() / 1000 > MARGIN_SECONDS

    refused = wired.putter.put(batch.pending, has_time)
    told = [one.change for one in batch.pending if one.change.id not in refused]
    for change in told:
        wired.log.info("profile_change", decision="told", **change_fields(change))
    again = {
        *batch.not_kept,
        *(one.change.sequence_number for one in batch.pending if one.change.id in refused),
    }
    if again or batch.set_aside:
        wired.log.error(
            "profile_events",
            records=len(records),
            told=len(told),
            set_aside=batch.set_aside,
            given_again=len(again),
            refusals=sorted(set(refused.values())),
            duration_ms=int((wired.clock() - started) * 1000),
        )
    # Lambda gives everything again from the first one on, and takes no notice of the others.
    first = min(again, key=int, default=None)
    return {"batchItemFailures": [] if first is None else [{"itemIdentifier": first}]}


@attrs.define
class Batch:
    """What became of the records of one batch.

    Attributes:
        is_told_again: Whether an operator gives it: what cannot be told now either stays where it was kept.
        pending: What is to be put, in the order of the stream.
        set_aside: How many records are in the failure queue.
        not_kept: Numbers of records that should be there, and that the queue did not take, or need not take.
    """

    is_told_again: bool = False
    pending: list[Pending] = attrs.Factory(list)
    set_aside: int = 0
    not_kept: list[str] = attrs.Factory(list)


def _read(record: object, batch: Batch, wired: Runtime) -> None:
    settings = wired.settings
    try:
        change = change_of(record, settings.keys, settings.told)
        if change is not None:
            batch.pending.append(Pending(change, put_events_entry(change, settings.bus_arn, settings.source)))
    except HandlerError as error:
        number = sequence_number_of(record)
        wired.log.error(  # noqa: TRY400 - the error's own words are enough
            "profile_change", decision="set_aside", sequence=number, **error_fields(error)
        )
        if batch.is_told_again and number is not None:
            batch.not_kept.append(number)
            return
        try:
            wired.failure_queue.keep(record, error, dt.datetime.now(dt.UTC))
        except (BotoCoreError, ClientError):
            if number is None:
                raise  # it cannot be asked for by its number, so the whole batch is given again
            batch.not_kept.append(number)
        else:
            batch.set_aside += 1


prepare(os.environ, runtime, lambda: None)

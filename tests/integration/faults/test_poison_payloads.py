"""Poison payloads through the pipeline: each is applied, skipped for a reason, or kept with a reason."""

import itertools
import json
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stripe_handler_cli.lab.chaos import certificate
from stripe_handler_cli.stack.event_pattern import EventPattern
from stripe_subscription_handler import InvalidEventError, Livemode, parse_event
from stripe_subscription_handler.decisions.policy import check_livemode
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES
from stripe_subscription_handler.loggable import loggable
from support.corpus import Mutant, corpus
from support.trials import Trial

pytestmark = pytest.mark.embedded

OURS = {"InvalidEventError", "UserNotFoundError", "StripeUnavailableError"}
THROUGH_THE_PIPELINE = 300
LARGEST_BYTES = 150_000
"""So that the failure record of a mutant fits into the queue, whose limit is 256 KB."""
BATCH = 10


def _is_deliverable(mutant: Mutant) -> bool:
    """Whether AWS would hand it to the function at all: JSON without NaN, and not too large."""
    text = mutant.text
    return len(text) <= LARGEST_BYTES and not any(word in text for word in ("NaN", "Infinity"))


def _is_matched(raw: Any, pattern: EventPattern) -> bool:
    """Whether the rule would match the event if Stripe sent it, as a snapshot."""
    detail = raw.get("detail") if isinstance(raw, dict) else None
    is_ours = isinstance(detail, dict) and detail.get("type") in DEFAULT_EVENT_TYPES
    return is_ours and pattern.admits(detail)


def _refusal(payload: Any) -> str | None:
    """Why the event is refused, by the library in this process; None where it is read."""
    try:
        check_livemode(parse_event(payload), Livemode.TEST)
    except InvalidEventError as error:
        return str(error)
    return None


def _key(payload: Any) -> str:
    """What a payload is known by: EventBridge puts an envelope of its own around the Stripe event."""
    is_envelope = isinstance(payload, dict) and "detail" in payload
    return json.dumps({"detail": payload["detail"]} if is_envelope else payload, sort_keys=True)


def test_mutants_through_the_pipeline(
    begin: Callable[[str], Trial],
    corpus_run: tuple[subprocess.Popen[bytes], Path],  # noqa: ARG001 - runs meanwhile
) -> None:
    """Each one put on the bus, or handed to the function where no rule would match it, leaves a trace."""
    trial = begin("poison payloads through the pipeline")
    mutants = list(itertools.islice(filter(_is_deliverable, corpus()), THROUGH_THE_PIPELINE))
    pattern = trial.pipeline.event_pattern
    matched = [{"detail": mutant.raw["detail"]} for mutant in mutants if _is_matched(mutant.raw, pattern)]
    others = [mutant.raw for mutant in mutants if not _is_matched(mutant.raw, pattern)]
    assert min(len(matched), len(others)) > THROUGH_THE_PIPELINE // 10

    for start in range(0, len(matched), BATCH):
        trial.pipeline.put(*(payload["detail"] for payload in matched[start : start + BATCH]))
    for payload in others:
        trial.invoke_later(payload)
    trial.settle()

    records = trial.peek()
    told = {_key(record["requestPayload"]): record["responsePayload"] for record in records}
    assert {reason["errorType"] for reason in told.values()} <= OURS
    refused = {_key(payload): why for payload in (*matched, *others) if (why := _refusal(payload))}
    assert {key: told[key]["errorMessage"] for key in refused} == refused

    applied = [payload for payload in (*matched, *others) if _key(payload) not in told]
    expected = Counter(loggable(parse_event(payload).id) for payload in applied)
    decided = Counter(
        line["event_id"]
        for line in trial.all_lines()
        if line["decision"] in certificate.HANDLED and line["reason"]
    )
    assert trial.discard() + len(applied) == len(mutants)
    trial.finish(events=len(mutants), lost=expected - decided)
    assert decided == expected
    assert min(len(records), len(applied)) > THROUGH_THE_PIPELINE // 5

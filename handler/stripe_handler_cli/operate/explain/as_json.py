"""An explanation as plain values, for `--json`. Pure."""

from collections.abc import Mapping
from typing import Any

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.operate.explain.attribution import Attribution, Newest
from stripe_handler_cli.operate.explain.changes import Change
from stripe_handler_cli.operate.explain.gathering import Explanation
from stripe_handler_cli.operate.explain.timeline import Entry, Failure
from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.function_log.reasons import sentence


def as_json(explanation: Explanation, stack_options: str) -> dict[str, Any]:
    """Make them; the options lead a command that is named to the same stack."""
    record, lost = explanation.record, explanation.lost_ledger
    found: dict[str, Any] = {
        "user_id": record.user_id,
        "exists": record.profile is not None,
        "is_fine": explanation.is_fine,
        "differences": sorted(record.differences),
        "lost_ledger": lost.as_json(stack_options) if lost else None,
        "lost": [one.as_json(stack_options) for one in explanation.lost],
        "attributes": {one.name: _attribution(one) for one in explanation.attributions},
        "ownership": [one.as_json() for one in explanation.passed],
        "failures": [_failure(one) for one in explanation.failures],
        "parked": [event.event_id for one in explanation.customers for event in one.parked],
        "log": {
            "since": iso(explanation.log_since),
            "decisions_are_logged": explanation.decisions_are_logged,
            "lines": explanation.lines,
            "older_lines_left_out": explanation.lines_left_out,
        },
        "stripe": None,
        "stripe_failure": explanation.stripe_failure,
    }
    if explanation.timeline is not None and explanation.stripe_since is not None:
        entries = [_entry(one) for one in explanation.timeline]
        found["stripe"] = {"since": iso(explanation.stripe_since), "timeline": entries}
    return found


def _attribution(one: Attribution) -> dict[str, Any]:
    return {
        "value": one.value,
        **({} if one.is_found else {"found": one.found}),
        "set_by": _change(one.set_by) if one.set_by else None,
        "is_certain": one.is_certain,
        "or_by": [_change(change) for change in one.or_by],
        "brought_to_light": _newest(one.brought_to_light) if one.brought_to_light else None,
        "newest_in_ledger": one.newest.in_words if one.newest else None,
        "rejected": [_handled(line) for line in one.rejected],
    }


def _newest(newest: Newest) -> dict[str, Any]:
    return {
        "subscription_id": newest.subscription_id,
        "event_id": newest.event_id,
        "in_ledger": newest.in_words,
    }


def _change(change: Change) -> dict[str, Any]:
    return {**_handled(change), "replay": change.replay}


def _handled(one: Change | LogLine) -> dict[str, Any]:
    return {
        "event_id": one.event_id,
        "event_type": one.event_type,
        "event_created": one.event_created,
        "subscription_id": one.subscription_id,
        "handled_at": one.handled_at.isoformat(),
        "reason": one.reason,
        "rule": sentence(one.reason),
    }


def _failure(failure: Failure) -> Mapping[str, Any]:
    return {**_handled(failure.last), "error_type": failure.last.error_type, "attempts": failure.attempts}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "event_id": entry.event.id,
        "event_type": entry.event.type,
        "event_created": entry.event.created,
        "subscription_id": entry.event.subscription_id,
        "state": str(entry.state),
        "handled_at": entry.line.handled_at.isoformat() if entry.line else None,
        "reason": entry.line.reason if entry.line else None,
        "attempts": entry.attempts,
        "is_gap": entry.is_gap,
        "is_covered": entry.is_covered,
        "is_behind": entry.is_behind,
    }

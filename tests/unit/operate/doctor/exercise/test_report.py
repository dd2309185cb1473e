"""What is shown of an exercise, what it cost, and what a bug report holds."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from stripe_handler_cli.operate.doctor.exercise.masking import chosen_names, masked
from stripe_handler_cli.operate.doctor.exercise.meter import Meter, cents
from stripe_handler_cli.operate.doctor.exercise.report import Report, print_result
from stripe_handler_cli.operate.doctor.exercise.steps import STEPS, Result, failed, passed, unanswered
from stripe_handler_cli.stack.function_log import LogLine
from support.doctor.exercise import OUTPUTS, a_road
from support.runbook import sections
from support.screens import NARROW, plain, screen

NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


def line(**more: Any) -> LogLine:
    """A log line of one invocation."""
    return LogLine(handled_at=NOW, decision="write", requests=1, duration_ms=20.0, **more)


def test_a_failed_step_says_what_to_do() -> None:
    """The runbook's section, and the command, whole and on the same stack."""
    result = Result(STEPS[2], failed("nothing came " * 12), 120.04)
    shown = plain(screen(lambda console: print_result(console, result, " --workspace production"), NARROW))
    assert "120.0 s" in shown
    assert "docs/runbook.md, delivery_queue_messages" in shown
    assert "stripe-handler dlq list --workspace production" in shown
    assert all(len(one) <= NARROW for one in shown.splitlines())


def test_every_section_is_in_the_runbook() -> None:
    """A step leads to a page that is there."""
    assert {step.section for step in STEPS} <= set(sections())


def test_the_json_says_the_same() -> None:
    """Outcome, seconds and price; a step that went well wants nothing."""
    results = (Result(STEPS[0], passed("fine"), 1.26), Result(STEPS[1], unanswered("no"), 0.0))
    told = Report(a_road(), "u", results, {"event": Decimal(5)}).as_json()
    assert told["status"] == "open"
    assert [(one["status"], one["seconds"], one["runbook"]) for one in told["steps"]] == [
        ("pass", 1.3, None),
        ("open", 0.0, "drift_check_errors"),
    ]
    assert told["used"] == {"event": "5"}
    assert json.loads(json.dumps(told)) == told


def test_the_price_is_of_what_was_done() -> None:
    """Events, invocations of at least a second, four units for each request; replayed events are events."""
    meter = Meter({("events", "PutEvents"): 3, ("dynamodb", "Query"): 2, ("dynamodb", "DeleteItem"): 1})
    used = meter.used([line(), line(replay="again")], memory_mb=512, others=1)
    assert used["event"] == 3 + 1 + 1
    assert used["invocation"] == 3
    assert used["gb_second"] == Decimal(3) / 2
    assert used["write_unit"] == 4 * 2 + 1
    assert used["read_unit"] == 2
    by_hand = 5 * 1.0e-6 + 3 * 0.2e-6 + 1.5 * 0.0000133334 + 9 * 0.625e-6 + 2 * 0.125e-6
    assert float(cents(used)) == pytest.approx(by_hand * 100, abs=0.01)
    assert cents({}) == 0
    assert cents({"event": Decimal(1)}) == Decimal("0.01")


SECRETS = {
    "arn:aws:sts::123456789012:assumed-role/Admin/ada@example.com": "arn:aws:sts::ACCOUNT:SOMEBODY",
    "bayon-stripe-failures-production": "PREFIX-stripe-failures-production",
    "onto the bus aws.partner/stripe.com/ed_test_61": "onto the bus aws.partner/stripe.com/ed_DESTINATION",
    "ada@example.com": "E-MAIL",
    "sk_live_51abc": "SECRET",
    "whsec_abc": "SECRET",
    "in the table Profiles": "in the table PROFILE_TABLE",
    "arn:aws:secretsmanager:eu:123456789012:secret:acme/key-a1B2c3": (
        "arn:aws:secretsmanager:eu:ACCOUNT:secret:NAME"
    ),
}


@pytest.mark.parametrize(("text", "shown"), SECRETS.items(), ids=str)
def test_a_bug_report_holds_no_secret_and_nobody(text: str, shown: str) -> None:
    """Wherever it stands; what the project itself says stays."""
    names = chosen_names(OUTPUTS)
    assert masked({"steps": [{"found": text}], "cents": 1}, names) == {
        "steps": [{"found": shown}],
        "cents": 1,
    }
    assert masked("evt_stripeHandlerExerciseA0a1b2c", names) == "evt_stripeHandlerExerciseA0a1b2c"

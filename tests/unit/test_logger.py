"""Log lines: one JSON object each, of the level asked for and above."""

import io
import json
import subprocess
import sys
from typing import Any

import pytest

from stripe_subscription_handler.config import LogLevel
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.logger import make_logger

NOW = "2026-11-24T10:00:00.250000Z"


def lines(output: io.StringIO) -> list[dict[str, Any]]:
    """What was written."""
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_a_line_has_its_fields_and_what_it_is_read_by() -> None:
    """The kind of line, its level, and the time in UTC; words of ours as plain text, tuples as lists."""
    output = io.StringIO()
    make_logger(output=output, now=lambda: NOW).info(
        "event", reason=Reason.STALE, changed=("a", "b"), user_id=None
    )
    fields = {"reason": "stale", "changed": ["a", "b"], "user_id": None}
    assert lines(output) == [fields | {"event": "event", "level": "info", "timestamp": NOW}]


@pytest.mark.parametrize("level", LogLevel)
def test_lines_below_the_level_are_not_written(level: str) -> None:
    """And those of the level itself and above are."""
    output = io.StringIO()
    log = make_logger(level, output)
    log.info("one")
    log.warning("two")
    log.error("three")
    wanted = {"INFO": 3, "DEBUG": 3, "WARNING": 2, "ERROR": 1}
    assert [line["event"] for line in lines(output)] == ["one", "two", "three"][-wanted[level] :]


def test_the_time_is_that_of_the_line() -> None:
    """ISO-8601 in UTC, as CloudWatch and the operators' commands read it."""
    output = io.StringIO()
    make_logger(output=output).error("event")
    assert lines(output)[0]["timestamp"].endswith("Z")


def test_a_value_that_is_no_json_does_not_fail_the_event() -> None:
    """Its type is told, and not the value, which nobody has looked at."""
    output = io.StringIO()
    make_logger(output=output).info("event", odd={1, 2}, text="half a pair: \ud800")
    assert (lines(output)[0]["odd"], lines(output)[0]["text"]) == ("set", "half a pair: \ud800")


def test_the_functions_logger_writes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """From where Lambda sends it to CloudWatch Logs."""
    make_logger("WARNING").warning("event", decision="skip")
    assert json.loads(capsys.readouterr().out)["decision"] == "skip"


def test_the_line_is_as_it_always_was() -> None:
    """Byte by byte: fields in the order given, then what it is read by."""
    output = io.StringIO()
    log = make_logger(output=output, now=lambda: NOW)
    log.warning("event", reason=Reason.STALE, user_id=None, requests=1)
    wanted = {"reason": "stale", "user_id": None, "requests": 1, "event": "event", "level": "warning"}
    assert output.getvalue() == f"{json.dumps(wanted | {'timestamp': NOW})}\n"


def test_asyncio_is_left_to_be_loaded_by_whoever_uses_it() -> None:
    """It is most of what structlog's import costs; it works all the same."""
    program = (
        "import sys\n"
        "from stripe_subscription_handler.logger import make_logger\n"
        "make_logger('INFO').info('event')\n"
        "assert 'asyncio.events' not in sys.modules\n"
        "import asyncio, structlog\n"
        "async def answer(): return 42\n"
        "assert asyncio.run(answer()) == 42\n"
        "assert issubclass(structlog.stdlib.BoundLogger, structlog.BoundLoggerBase)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 - our own program

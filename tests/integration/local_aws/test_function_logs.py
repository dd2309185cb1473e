"""What a function has written is in its log."""

import json
from typing import Any

import pytest

from support.cloud import Cloud

pytestmark = pytest.mark.embedded

#: Whatever it writes arrives 0.3 s later, as on a machine that has no processor for the reader of its log.
LATE = """
import os, sys, threading, time

way_out = os.dup(2)
incoming, replaced = os.pipe()
os.dup2(replaced, 2)

def pass_on():
    while True:
        text = os.read(incoming, 65536)
        time.sleep(0.3)
        os.write(way_out, text)

threading.Thread(target=pass_on, daemon=True).start()
print("coming up")

def handler(event, context):
    for line in event["lines"]:
        print(line)
    sys.stderr.write(event.get("unfinished", ""))
    if event.get("fail"):
        raise ValueError("as asked")
    if event.get("die"):
        os.write(way_out, b"last words")
        os._exit(1)
"""


def _written(cloud: Cloud, name: str, *lines: str, **event: Any) -> list[str]:
    """What the function's log holds right after an invocation, of which only the function's own lines."""
    payload = json.dumps({"lines": lines, **event})
    cloud.client("lambda").invoke(FunctionName=name, Payload=payload)
    lambdas = ("START ", "END ", "REPORT ")
    return [line for line in cloud.log_lines(f"/aws/lambda/{name}") if not line.startswith(lambdas)]


def test_what_was_written_before_the_answer_is_in_the_log(emulator: Cloud) -> None:
    """However late it comes, also a line without an end; nothing else is in there."""
    name, _ = emulator.function(LATE)
    assert _written(emulator, name, "one", "", "two") == ["coming up", "one", "", "two"]
    assert _written(emulator, name, unfinished="three")[4:] == ["three"]
    assert _written(emulator, name)[5:] == []


def test_what_was_written_before_an_exception_is_in_the_log(emulator: Cloud) -> None:
    """The lines, then the traceback."""
    name, _ = emulator.function(LATE)
    written = _written(emulator, name, "one", "two", fail=True)
    assert written[:4] == ["coming up", "one", "two", "Traceback (most recent call last):"]


def test_what_a_process_wrote_before_it_died_is_in_the_log(emulator: Cloud) -> None:
    """It gives no answer and ends its log by its end."""
    name, _ = emulator.function(LATE)
    assert "last words" in _written(emulator, name, die=True)


def test_a_function_that_closed_its_log_is_not_waited_for(emulator: Cloud) -> None:
    """It answers as any other."""
    name, _ = emulator.function("import os\ndef handler(event, context): os.closerange(2, 3)")
    assert [_written(emulator, name) for _ in range(2)] == [[], []]


def test_stock_still_hands_late_lines_over_with_the_next_invocation(stock: Cloud) -> None:
    """If this fails, MiniStack no longer needs `function_logs`."""
    name, _ = stock.function(LATE)
    assert _written(stock, name, "one") == []
    assert stock.until(lambda: "one" in _written(stock, name))

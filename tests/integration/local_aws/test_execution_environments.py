"""How long a function's process lives."""

import json

import pytest

from support.cloud import Cloud

pytestmark = pytest.mark.embedded

COUNTING = """
import os

count = 0

def handler(event, context):
    global count
    count += 1
    if event.get("exit"):
        os._exit(1)
    if event.get("fail"):
        raise ValueError("as asked")
    return count
"""


def _invoke(cloud: Cloud, name: str, **event: bool) -> object:
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return json.load(answer["Payload"])


def test_the_process_outlives_an_exception(emulator: Cloud) -> None:
    """What the function keeps in memory is still there after it raised."""
    name, _ = emulator.function(COUNTING)
    assert _invoke(emulator, name) == 1
    assert _invoke(emulator, name, fail=True)["errorType"] == "ValueError"
    assert _invoke(emulator, name) == 3


def test_a_process_that_dies_is_replaced(emulator: Cloud) -> None:
    """After a crash the next invocation starts from nothing."""
    name, _ = emulator.function(COUNTING)
    assert _invoke(emulator, name) == 1
    _invoke(emulator, name, exit=True)
    assert _invoke(emulator, name) == 1


def test_new_code_is_what_runs(emulator: Cloud) -> None:
    """A package unpacked earlier is not mistaken for a new one."""
    name, _ = emulator.function(COUNTING)
    assert _invoke(emulator, name) == 1
    emulator.update_code(name, "def handler(event, context): return 'new'")
    assert _invoke(emulator, name) == "new"


def test_stock_still_ends_the_process_after_an_exception(stock: Cloud) -> None:
    """If this fails, MiniStack no longer needs `execution_environments`."""
    name, _ = stock.function(COUNTING)
    assert _invoke(stock, name) == 1
    _invoke(stock, name, fail=True)
    assert _invoke(stock, name) == 1

"""How long a function's process lives."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from stripe_subscription_handler.dynamodb.lean.plain_environment import PlainEnvironment
from support.cloud import Cloud
from support.processes import is_gone

pytestmark = pytest.mark.embedded

COUNTING = """
import os

count = 0

def handler(event, context):
    global count
    count += 1
    if event.get("exit"):
        os._exit(1)
    if event.get("hang"):
        os.read(os.pipe()[0], 1)
    if event.get("fail"):
        raise ValueError("as asked")
    return count
"""


def _invoke(cloud: Cloud, name: str, **event: bool) -> Any:
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


ONE_AT_A_TIME = """
import os, pathlib, time

FLAG = pathlib.Path({flag!r})
if FLAG.exists():
    os._exit(1)

def handler(event, context):
    FLAG.touch()
    time.sleep(1.5)
    return "done"
"""


def _at_work_beside_one_that_dies(cloud: Cloud, flag: Path) -> tuple[Any, Any]:
    """The results of an invocation, and of one whose process dies as it starts while the first one works."""
    name, _ = cloud.function(ONE_AT_A_TIME.format(flag=str(flag)))
    with ThreadPoolExecutor() as pool:
        at_work = pool.submit(_invoke, cloud, name)
        while not flag.exists() and not at_work.done():
            time.sleep(0.01)
        dies = _invoke(cloud, name)
        return at_work.result(), dies


def test_a_process_that_does_not_come_up_disturbs_no_other(emulator: Cloud, tmp_path: Path) -> None:
    """Its own invocation fails; the environment at work ends its own, and the next one is well."""
    at_work, died = _at_work_beside_one_that_dies(emulator, tmp_path / "flag")
    assert at_work == "done"
    assert "errorMessage" in died


LATE = """
import os, pathlib, threading

def die():
    print("last words", flush=True)
    pathlib.Path({flag!r}).write_text(f"{{os.getpid()}}\\n")
    os._exit(1)

def handler(event, context):
    if event.get("die"):
        threading.Timer(0.5, die).start()
"""


def _log_of_a_process_that_died_later(cloud: Cloud, flag: Path) -> str:
    """The function's log, after its process wrote something between two invocations and died."""
    name, _ = cloud.function(LATE.format(flag=str(flag)))
    _invoke(cloud, name, die=True)
    while not (flag.exists() and flag.read_text().endswith("\n") and is_gone(int(flag.read_text()))):
        time.sleep(0.01)
    _invoke(cloud, name)
    found = cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")
    return "\n".join(event["message"] for event in found["events"])


def test_the_last_words_of_a_process_are_in_the_log(emulator: Cloud, tmp_path: Path) -> None:
    """Although they came after its last answer."""
    assert "last words" in _log_of_a_process_that_died_later(emulator, tmp_path / "flag")


def test_a_process_that_dies_is_an_exit_error(emulator: Cloud) -> None:
    """The answer says so in Lambda's words."""
    name, _ = emulator.function(COUNTING)
    answer = _invoke(emulator, name, exit=True)
    assert answer["errorType"] == "Runtime.ExitError"
    assert answer["errorMessage"].endswith("Error: Runtime exited without providing a reason")


def test_a_timeout_is_told_in_lambdas_words(emulator: Cloud) -> None:
    """The process is ended, and the next invocation starts from nothing."""
    name, _ = emulator.function(COUNTING, Timeout=1)
    assert _invoke(emulator, name) == 1
    answer = _invoke(emulator, name, hang=True)
    assert answer["errorType"] == "Sandbox.Timedout"
    assert answer["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    assert _invoke(emulator, name) == 1


def test_a_module_that_cannot_be_imported_is_named(emulator: Cloud) -> None:
    """As after a deploy that lacks a dependency; invocations at the same time fail each for itself."""
    name, _ = emulator.function("import not_in_the_zip\ndef handler(event, context): pass")
    expected = {
        "errorType": "Runtime.ImportModuleError",
        "errorMessage": "Unable to import module 'module': No module named 'not_in_the_zip'",
    }
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: _invoke(emulator, name), range(12))) == [expected] * 12


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


def test_stock_still_ends_every_process_when_one_does_not_come_up(stock: Cloud, tmp_path: Path) -> None:
    """If this fails, `execution_environments` need not look after those at work any more."""
    at_work, _ = _at_work_beside_one_that_dies(stock, tmp_path / "flag")
    assert at_work != "done"


def test_stock_still_loses_last_words(stock: Cloud, tmp_path: Path) -> None:
    """If this fails, `execution_environments` need not collect them any more."""
    assert "last words" not in _log_of_a_process_that_died_later(stock, tmp_path / "flag")


def test_stock_still_has_words_of_its_own_for_a_process_that_dies(stock: Cloud) -> None:
    """If this fails, see whether `function_errors` must still name it."""
    name, _ = stock.function(COUNTING)
    assert _invoke(stock, name, exit=True)["errorType"] == "Runtime.HandlerError"


def test_its_environment_is_plain(emulator: Cloud) -> None:
    """What is deployed on local AWS talks to DynamoDB as an ordinary function does: by the lean client."""
    name, _ = emulator.function("import os\n\ndef handler(event, context):\n    return dict(os.environ)\n")
    found = PlainEnvironment.of(_invoke(emulator, name))
    assert found is not None
    assert found.in_lambda

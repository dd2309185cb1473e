"""The function itself fails: its process dies, it runs out of time, its code is broken. Nothing is lost."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.tools import local_aws
from support.lives import Life
from support.provoking import code, configuration, zip_without_its_dependencies
from support.stalling import Stall, StallingProxy
from support.trials import Trial, simulated

pytestmark = pytest.mark.embedded

Begin = Callable[[str], Trial]


@contextmanager
def killing(proxy: StallingProxy, running: local_aws.LocalAws, function_name: str) -> Iterator[list[int]]:
    """Kill the function's processes whenever one of them is held at the proxy; yields those killed."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while not over.is_set():
            try:
                proxy.held.get(timeout=0.1)
            except queue.Empty:
                continue
            killed.extend(
                filter(local_aws.kill_lambda_worker, local_aws.lambda_workers(running, function_name))
            )

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("stall", Stall)
def test_a_handler_that_dies(
    endpoint: Endpoint, running: local_aws.LocalAws, begin: Begin, stall: Stall
) -> None:
    """Killed in each attempt, before its write or between write and answer: kept, and no harm done."""
    trial, life = begin(f"handler killed {stall.value}"), Life(f"killed_{stall.name.lower()}")
    aws = str(endpoint.variables["AWS_ENDPOINT_URL"])
    with (
        StallingProxy(aws, stall) as proxy,
        configuration(endpoint, trial.function_name, AWS_ENDPOINT_URL_DYNAMODB=proxy.url),
        killing(proxy, running, trial.function_name) as killed,
    ):
        trial.put(life.created())
        account = trial.settle()
    assert (account.failed, account.dropped, len(killed)) == (3, 1, 3)
    (record,) = trial.peek()
    assert record["responsePayload"]["errorType"] == "Runtime.ExitError"
    written = stall is Stall.AFTER_IT_WAS_ANSWERED
    assert bool(trial.pipeline.profile(life.user_id)) is written
    trial.redrive()
    assert trial.lines()[-1]["reason"] == ("duplicate" if written else "first_event")
    assert trial.pipeline.profile(life.user_id)["subscriptionStatus"] == "active"
    trial.finish()


def test_a_handler_that_runs_out_of_time(endpoint: Endpoint, begin: Begin) -> None:
    """DynamoDB does not answer and the time-out is one second: Lambda ends the process, three times."""
    trial, life = begin("function timed out"), Life("timed_out")
    aws = str(endpoint.variables["AWS_ENDPOINT_URL"])
    with (
        StallingProxy(aws, Stall.BEFORE_IT_IS_FORWARDED) as proxy,
        configuration(endpoint, trial.function_name, timeout_seconds=1, AWS_ENDPOINT_URL_DYNAMODB=proxy.url),
    ):
        trial.put(life.created())
        account = trial.settle()
    assert (account.failed, account.dropped) == (3, 1)
    (record,) = trial.peek()
    assert record["responsePayload"]["errorType"] == "Sandbox.Timedout"
    trial.redrive()
    assert trial.pipeline.profile(life.user_id)["subscriptionStatus"] == "active"
    trial.finish()


def test_a_bad_deploy_and_its_roll_back(endpoint: Endpoint, package: Path, begin: Begin) -> None:
    """A zip that cannot be imported: every event is kept; the old zip comes back, and so do the events."""
    trial, account = begin("bad deploy, rolled back"), simulated(seed=13, users=1)
    with code(endpoint, trial.function_name, zip_without_its_dependencies(), package):
        trial.put(*account.events)
        assert trial.settle().dropped == len(account.events)
    assert {record["responsePayload"]["errorType"] for record in trial.peek()} == {
        "Runtime.ImportModuleError"
    }
    assert trial.redrive() == len(account.events)
    trial.finish(account)

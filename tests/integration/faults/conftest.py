"""A stack for faults, and the figures that the trials leave for the report."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stripe_handler_cli.lab.fake_stripe import FakeStripe, objects
from stripe_handler_cli.stack.endpoint import Endpoint
from support import fault_report
from support.corpus import SIZE
from support.trials import Figure, Trial, wait_until_idle

if TYPE_CHECKING:
    from conftest import Stack

TESTS = Path(__file__).parents[2]
FIGURES: pytest.StashKey[list[Figure]] = pytest.StashKey()
REMARKS: pytest.StashKey[list[str]] = pytest.StashKey()

Begin = Callable[[str], Trial]


@pytest.fixture(scope="package")
def restored_stack(other_stack: "Stack") -> Iterator["Stack"]:
    """The second workspace. Each test undoes what it did to it: in the end Terraform would change nothing."""
    yield other_stack
    plan = other_stack.deployment.plan()
    assert not plan.has_changes, plan.text


@pytest.fixture(scope="module")
def fault_stack(endpoint: Endpoint, restored_stack: "Stack") -> Iterator["Stack"]:
    """The same without its hourly count of parked events, so that all attempts counted are a trial's."""
    hourly = restored_stack.outputs["parked_count_rule_name"]
    endpoint.events.disable_rule(Name=hourly)
    wait_until_idle(endpoint, restored_stack.outputs["function_name"])
    yield restored_stack
    endpoint.events.enable_rule(Name=hourly)


@pytest.fixture
def begin(
    endpoint: Endpoint, fault_stack: "Stack", stripe: FakeStripe, request: pytest.FixtureRequest
) -> Iterator[Begin]:
    """Begins a trial; the queues are empty before and after, and Stripe answers that it knows nothing."""
    stripe.account = objects()
    figures = request.config.stash.setdefault(FIGURES, [])
    pipeline = fault_stack.pipeline
    queues = [fault_stack.outputs[f"{name}_url"] for name in ("failure_queue", "delivery_dead_letter_queue")]
    for url in queues:
        endpoint.queues.purge_queue(QueueUrl=url)
    yield lambda fault: Trial(fault, endpoint, pipeline, figures.append)
    for url in queues:
        endpoint.queues.purge_queue(QueueUrl=url)


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[[Figure, str], None]:
    """Keeps a figure that no trial made, with a remark to print below the table."""

    def kept(figure: Figure, remark: str) -> None:
        request.config.stash.setdefault(FIGURES, []).append(figure)
        request.config.stash.setdefault(REMARKS, []).append(remark)

    return kept


@pytest.fixture(scope="package")
def corpus_tables(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    """A profile table and a sync table for the corpus alone."""
    names = ("itest-corpus-profiles", "itest-corpus-sync")
    keys = (("PK", "HASH"), ("SK", "RANGE"))
    for name in names:
        endpoint.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        )
    yield names
    for name in names:
        endpoint.dynamodb.delete_table(TableName=name)


@pytest.fixture(scope="package")
def corpus_run(
    endpoint: Endpoint, corpus_tables: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The process that the corpus runs in, begun while the pipeline has its part; and its output."""
    path = tmp_path_factory.mktemp("corpus") / "outcomes.jsonl"
    with path.open("wb") as output:
        command = [sys.executable, "-m", "support.run_corpus", str(SIZE), *corpus_tables]
        environment = {**os.environ, **endpoint.variables, "PYTHONPATH": str(TESTS)}
        process = subprocess.Popen(command, stdout=output, env=environment)  # noqa: S603 - ours
        yield process, path
        process.kill()
        process.wait()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave the figures to the process that reports: with pytest-xdist it is another one."""
    figures = session.config.stash.get(FIGURES, [])
    if figures:
        fault_report.write(figures, session.config.stash.get(REMARKS, []))

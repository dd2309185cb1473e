"""A message brought back twice, by one person or by two at once, is applied once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from stripe_handler_cli.stack.endpoint import Endpoint
from support.provoking import table_fault
from support.trials import Trial, simulated

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded


def test_a_duplicate_redrive_is_harmless(
    endpoint: Endpoint, fault_stack: "Stack", begin: Callable[[str], Trial]
) -> None:
    """Two people redrive the same messages at the same time, and one of them again later."""
    trial, account = begin("duplicate redrive"), simulated(seed=106, users=2)
    with table_fault(endpoint, fault_stack.outputs["profile_table_name"], "AccessDeniedException"):
        trial.put(*account.events)
        trial.settle()
    payloads = [record["requestPayload"] for record in trial.peek()]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(trial.invoke, [payload for payload in payloads for _ in range(2)]))
    profiles = {user: trial.pipeline.profile(user) for user in account.profiles}
    again = [trial.invoke(payload) for payload in payloads]
    assert {answer["decision"] for answer in again} <= {"skip"}, json.dumps(again)
    assert {user: trial.pipeline.profile(user) for user in account.profiles} == profiles
    trial.redrive()
    trial.finish(account)

"""The profile table refuses: throttled, out of order, denied, missing. Nothing is lost."""

from typing import TYPE_CHECKING, Any

import pytest

from stripe_handler_cli.stack.endpoint import Endpoint
from support.lives import Life
from support.provoking import configuration, table_fault
from support.trials import Trial, simulated

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Stack

pytestmark = pytest.mark.embedded


def _reasons(trial: Trial) -> set[Any]:
    return {line["reason"] for line in trial.lines() if line["decision"] == "error"}


def test_a_moment_of_injected_throttling_is_absorbed(
    endpoint: Endpoint, fault_stack: "Stack", begin: "Callable[[str], Trial]"
) -> None:
    """Three refusals, and the fourth try within the same invocation is taken: no attempt fails.

    The client tries a request again; a cancelled transaction (a new user's first write) the store does.
    """
    trial, life = begin("table throttled for 3 requests (injected)"), Life("absorbed")
    table = fault_stack.outputs["profile_table_name"]
    for event, fault in (
        (life.created(), "ThrottlingException 3"),
        (life.updated("renewed", 10, quantity=2), "ProvisionedThroughputExceededException 3"),
    ):
        with table_fault(endpoint, table, fault):
            trial.put(event)
            assert trial.settle().failed == 0
    assert [line["requests"] for line in trial.lines()] == [4, 4]
    assert trial.pipeline.profile(life.user_id)["subscriptionQuantity"] == 2
    trial.finish()


def test_botocores_client_absorbs_the_same(
    endpoint: Endpoint, fault_stack: "Stack", begin: "Callable[[str], Trial]"
) -> None:
    """All else here meets the lean client, as in any ordinary function; this the other."""
    trial, life = begin("server error for 3 requests, botocore's client (injected)"), Life("botocores")
    with configuration(endpoint, trial.function_name, DYNAMODB_CLIENT="botocore"):
        trial.put(life.created())
        assert trial.settle().failed == 0
        with table_fault(endpoint, fault_stack.outputs["profile_table_name"], "InternalServerError 3"):
            trial.put(life.updated("renewed", 10, quantity=2))
            assert trial.settle().failed == 0
    assert [line["requests"] for line in trial.lines()] == [1, 4]
    trial.finish()


def test_a_table_throttled_for_longer_injected(
    endpoint: Endpoint, fault_stack: "Stack", begin: "Callable[[str], Trial]"
) -> None:
    """Three attempts of four tries each, then the failure queue; afterwards the events are brought back."""
    trial, account = begin("table throttled (injected)"), simulated(seed=39, users=1)
    with table_fault(endpoint, fault_stack.outputs["profile_table_name"], "ThrottlingException"):
        trial.put(*account.events)
        assert trial.settle().dropped == len(account.events)
    assert _reasons(trial) <= {
        "UpdateItem: ThrottlingException",
        "TransactWriteItems: TransactionCanceledException, ThrottlingError",
    }
    assert trial.redrive() == len(account.events)
    trial.finish(account)


def test_access_denied_injected(
    endpoint: Endpoint, fault_stack: "Stack", begin: "Callable[[str], Trial]"
) -> None:
    """A role that lost its right to write. Local AWS does not enforce IAM, so the refusal is injected."""
    trial, account = begin("access denied (injected)"), simulated(seed=101, users=2)
    with table_fault(endpoint, fault_stack.outputs["profile_table_name"], "AccessDeniedException"):
        trial.put(*account.events)
        assert trial.settle().dropped > 0
    assert all(reason.endswith(": AccessDeniedException") for reason in _reasons(trial))
    trial.redrive()
    trial.finish(account)


def test_dynamodb_out_of_order_injected(
    endpoint: Endpoint, fault_stack: "Stack", begin: "Callable[[str], Trial]"
) -> None:
    """Server errors of both tables for a few requests: what the client cannot absorb, Lambda's retry does."""
    trial, account = begin("DynamoDB answers 500 for 12 requests (injected)"), simulated(seed=104, users=1)
    tables = [fault_stack.outputs[f"{name}_table_name"] for name in ("profile", "sync")]
    with (
        table_fault(endpoint, tables[0], "InternalServerError 9"),
        table_fault(endpoint, tables[1], "InternalServerError 3"),
    ):
        trial.put(*account.events)
        assert trial.settle().dropped == 0
    trial.finish(account)


@pytest.mark.parametrize(("variable", "seed"), [("DYNAMODB_TABLE_NAME", 29), ("SYNC_TABLE_NAME", 34)])
def test_a_table_that_does_not_exist(
    endpoint: Endpoint, begin: "Callable[[str], Trial]", variable: str, seed: int
) -> None:
    """A wrong name in the environment: what needs the table fails with DynamoDB's own words for it."""
    trial, account = begin(f"table missing ({variable})"), simulated(seed, users=1)
    with configuration(endpoint, trial.function_name, **{variable: "not-there"}):
        trial.put(*account.events)
        assert trial.settle().dropped > 0
    assert {str(reason).rpartition(": ")[2] for reason in _reasons(trial)} == {"ResourceNotFoundException"}
    trial.redrive()
    trial.finish(account)

"""A pass in AWS is begun, followed slice by slice, and told at its end, whatever else is at work."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.reconcile.in_aws import InAws, in_aws
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.drift_check.drift_pass import DriftPass
from stripe_subscription_handler.drift_check.request import Wanted
from stripe_subscription_handler.errors import PassHeldError
from support import events
from support.reconciling import Account, Reconciliation
from support.slicing import Sliced

BODIES = {
    f"sub_{n}": events.subscription(
        id=f"sub_{n}", user=f"user_{n}", customer=f"cus_{n}", created=events.T0 + n
    )
    for n in range(7)
}


@attrs.define
class Function:
    """The drift check over a model, as a function that is invoked; a slice is a page long.

    Attributes:
        asked: What it was asked for.
        told: Progress.
        slept: Pauses; each lets so much time pass.
        before: Called before each slice.
    """

    checks: Sliced = attrs.Factory(lambda: Sliced(Reconciliation(Account(dict(BODIES))), repair=True))
    asked: list[Wanted] = attrs.Factory(list)
    told: list[tuple[str, int, int]] = attrs.Factory(list)
    slept: list[float] = attrs.Factory(list)
    before: Callable[[], None] = lambda: None

    def last(self) -> DriftPass | None:
        """The pass as it was kept."""
        kept = self.checks.passes.kept
        return None if kept is None else DriftPass.from_json(json.loads(kept))

    def invoke(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """A slice."""
        self.before()
        wanted = Wanted.read(raw)
        self.asked.append(wanted)
        try:
            went = self.checks.slice(lambda: True, begin=wanted.begin, backfill=wanted.backfill)
        except PassHeldError:
            return {"state": "held"}
        if not went.worked:
            return {"state": "nothing_to_do"}
        return {"state": "continues" if went.drift_pass.finished is None else "finished"}

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.slept.append(seconds)
        assert len(self.slept) < 200, "it does not end"
        self.checks.now += 60

    def follow(self, *, backfill: bool) -> Any:
        """Have a pass made."""
        progress = lambda *told: self.told.append(told)  # noqa: E731 - a name for what is handed over
        return InAws(self, self.invoke, progress, 7, self.sleep).run(backfill=backfill).told


def test_a_backfill_is_followed_to_its_end() -> None:
    """It is begun once, and slices are asked for until nothing is left."""
    function = Function()
    told = function.follow(backfill=True)
    assert (told.subscriptions, told.repaired.total(), told.remaining) == (7, 7, 0)
    assert [one.begin for one in function.asked[:2]] == [True, False]
    assert not any(one.begin for one in function.asked[1:])
    assert ("Stripe's subscriptions", 2, 7) in function.told
    assert function.checks.world.run() == []


def test_what_only_looks_waits_for_its_second_looks() -> None:
    """Without asking again at once, and again."""
    function = Function()
    function.checks.repair = False
    told = function.follow(backfill=False)
    assert (told.differences, told.repaired.total()) == (7, 0)
    assert len(function.slept) >= 9


def test_a_pass_under_way_is_ended_first() -> None:
    """Then the backfill begins."""
    function = Function()
    function.checks.slice(lambda: True)
    told = function.follow(backfill=True)
    assert [one.begin for one in function.asked].count(True) == 1
    assert function.asked[-1].begin or any(one.backfill for one in function.asked)
    assert function.checks.world.run() == []
    assert told.remaining == 0


def test_another_invocation_at_work_is_waited_for() -> None:
    """The schedule's: nothing is lost, and the pass begins afterwards."""
    function = Function()
    function.checks.passes.held = "the schedule's", function.checks.now + 100
    told = function.follow(backfill=True)
    assert (function.slept[:2], told.repaired.total()) == ([15.0, 15.0], 7)


def test_the_schedule_may_end_the_pass() -> None:
    """Then there is nothing to do any more, and the pass itself tells what came of it."""
    function = Function()

    def ended_by_another() -> None:
        if function.asked:
            while function.checks.slice().drift_pass.finished is None:
                function.checks.now += 900

    function.before = ended_by_another
    assert function.follow(backfill=True).repaired.total() == 7


def test_a_slice_that_fails_is_told() -> None:
    """With what the function said."""
    function = Function()
    broken = InAws(function, lambda _: {"errorMessage": "Stripe refuses the API key"})
    with pytest.raises(CliError, match=r"Stripe refuses the API key.*schedule goes on"):
        broken.run(backfill=True)


class Functions:
    """Lambda, with a drift check that may repair or not."""

    def __init__(self, repair: str) -> None:
        """Say whether it may."""
        self.repair = repair

    def get_function_configuration(self, **_: str) -> dict[str, Any]:
        """Its environment."""
        return {"Environment": {"Variables": {"DRIFT_CHECK_REPAIR": self.repair}}}


@pytest.mark.parametrize(
    ("outputs", "repair", "message"),
    [
        ({}, "true", "has no drift check. Name a Stripe key"),
        ({"drift_check_function_name": "f"}, "false", "drift_check_repair = true"),
    ],
)
def test_what_the_stack_lacks_is_told(outputs: dict[str, str], repair: str, message: str) -> None:
    """Before anything is invoked."""
    endpoint = Endpoint({}, lambda _service: Functions(repair))
    with pytest.raises(CliError, match=message):
        in_aws(DeployedStack(endpoint, outputs), lambda *_: None, apply=True)

"""The schedule of the day: a pass when it is time, slices until it has ended, and what stops it is told."""

import io
import json
from collections.abc import Iterable
from typing import Any

import attrs
import pytest
from botocore.exceptions import ClientError

from stripe_handler_cli.lab.chaos.day.clock import DayClock
from stripe_handler_cli.lab.chaos.day.loop import Loop, in_account_time

FINISHED = {"state": "finished", "differences": 2, "repaired": 1, "found": {"stale": 2}}
THROTTLED = ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")
BROKEN = ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "Invoke")


@attrs.define
class Functions:
    """A Lambda client whose function answers so, one after the other; then the loop is told to stop.

    Attributes:
        asked: What it was invoked with.
    """

    answers: list[dict[str, Any] | Exception]
    loop: Loop | None = None
    asked: list[dict[str, Any]] = attrs.Factory(list)

    def invoke(self, *, Payload: bytes, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """Answer the next."""
        assert FunctionName == "check"
        answer = self.answers.pop(0)
        self.asked.append(json.loads(Payload))
        if not self.answers and self.loop is not None:
            self.loop.stop()
        if isinstance(answer, Exception):
            raise answer
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


def looped(answers: Iterable[dict[str, Any] | Exception]) -> tuple[Loop, Functions]:
    """A loop that ran until its function had given these answers. A day takes a second and a half."""
    functions = Functions(list(answers))
    clock = DayClock(start=0, speed=60_000)
    functions.loop = loop = Loop(functions, "check", clock, every_hours=1)  # type: ignore[arg-type]
    clock.begin()
    loop.run()
    return loop, functions


def test_a_pass_is_begun_once_and_gone_on_with() -> None:
    """Each slice until it has ended; then the next pass begins."""
    loop, functions = looped([{"state": "continues"}, FINISHED, FINISHED])
    begins = [asked.get("begin", False) for asked in functions.asked]
    assert begins == [True, False, True]
    assert [(one.differences, one.repaired, one.found) for one in loop.passes] == [(2, 1, {"stale": 2})] * 2
    assert loop.passes[0].began >= 3600
    assert (loop.errors, loop.failure) == (0, None)


def test_one_that_another_holds_is_begun_again() -> None:
    """It has not begun yet."""
    _, functions = looped([{"state": "held"}, FINISHED])
    assert [asked.get("begin") for asked in functions.asked] == [True, True]


def test_a_failed_slice_is_counted_and_the_next_one_goes_on() -> None:
    """As the schedule would; one that found no room is no failure."""
    loop, functions = looped([THROTTLED, {"errorMessage": "Stripe"}, FINISHED])
    assert (loop.errors, len(functions.asked), len(loop.passes)) == (1, 3, 1)


def test_what_ends_it_is_kept() -> None:
    """For whoever waits for its passes."""
    loop, _ = looped([BROKEN])
    assert loop.failure is BROKEN


@pytest.mark.parametrize("repair", [True, False])
def test_usual_settings_hold_in_the_accounts_time(*, repair: bool) -> None:
    """Ten minutes to the second look are 2.5 seconds where an hour passes in 15."""
    found = in_account_time(240, repair=repair)
    assert found["DRIFT_CHECK_REPAIR"] == str(repair).lower()
    assert found["DRIFT_CHECK_SECOND_LOOK_SECONDS"] == "2.500"
    assert found["DRIFT_CHECK_REQUESTS_PER_SECOND"] == "2400"

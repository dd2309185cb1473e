"""Has the drift check's function make a whole pass now, and follows it to its end. Reconciles nothing itself.

The function keeps its place in the sync table, and its schedule has it go on: so the pass ends without
whoever began it. While somebody looks, slices are asked for one after the other, and it ends sooner.
"""

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import TYPE_CHECKING, Any, Protocol

import attrs
from botocore.config import Config

from stripe_handler_cli.common.errors import CliError
from stripe_subscription_handler.comparison.walk import Progress
from stripe_subscription_handler.drift_check.drift_pass import DriftPass
from stripe_subscription_handler.drift_check.pass_table import PassTable
from stripe_subscription_handler.drift_check.request import BACKFILL, BEGIN, MOST_SECONDS, REQUEST
from stripe_subscription_handler.drift_check.settings import VARIABLES
from stripe_subscription_handler.drift_check.slices import SliceOutcome

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack

_SLICE_SECONDS = 240
"""Of one invocation that is waited for: less than the 350 after which AWS drops a silent connection."""
_ANSWER_SECONDS = 900
_LOOK_SECONDS = 2.0
_PAUSE_SECONDS = 15.0
"""After a slice that found nothing due yet, or another one at work."""


class Passes(Protocol):
    """Where the function keeps how far it has got."""

    def last(self) -> DriftPass | None: ...


@attrs.frozen
class InAws:
    """The drift check of a stack, from outside.

    Attributes:
        invoke: Runs one slice with an input, and returns what it answers.
        sleep: Waits, in seconds.
    """

    passes: Passes
    invoke: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    progress: Progress = lambda _what, _done, _about: None
    about: int = 0
    sleep: Callable[[float], None] = time.sleep

    def run(self, *, backfill: bool) -> SliceOutcome:
        """Make a pass, after the one that may be under way, and return what came of it.

        Raises:
            CliError: A slice failed; what was done is kept, and the schedule goes on.
        """
        under_way = self.passes.last()
        if under_way is not None and under_way.finished is None and under_way.is_backfill != backfill:
            self._to_its_end({})
        return self._to_its_end({BEGIN: True, **({BACKFILL: True} if backfill else {})})

    def _to_its_end(self, asked: Mapping[str, Any]) -> SliceOutcome:
        with ThreadPoolExecutor(1) as caller:
            while True:
                before = self.passes.last()
                wanted = {**REQUEST, **asked, MOST_SECONDS: _SLICE_SECONDS}
                state = self._state(caller.submit(self.invoke, wanted))
                last = self.passes.last()
                if state in {"finished", "nothing_to_do"} and last is not None:
                    return SliceOutcome(last, worked=True)
                if state != "held":
                    asked = {}  # it has begun, and another one is not wanted
                if state == "held" or _is_idle(before, last):
                    self.sleep(_PAUSE_SECONDS)

    def _state(self, slice_: Future[Mapping[str, Any]]) -> str:
        """Wait for a slice, telling meanwhile how far the pass is, and return how it ended."""
        while not wait_for([slice_], timeout=_LOOK_SECONDS).done:
            self._tell(self.passes.last())
        self._tell(self.passes.last())
        answer = slice_.result()
        state = str(answer.get("state"))
        if state not in {"finished", "nothing_to_do", "continues", "held"}:
            raise CliError(
                f"The drift check failed: {answer.get('errorMessage') or answer}. What it did is kept, and "
                "its schedule goes on; its log says more, and so does stripe-handler doctor."
            )
        return state

    def _tell(self, under_way: DriftPass | None) -> None:
        if under_way is None:
            return
        done = under_way.state.get("tally", {})
        if under_way.state.get("walked"):
            self.progress("second looks", int(done.get("subscriptions", 0)), 0)
        elif under_way.state.get("unmapped_done"):
            self.progress("profiles", int(done.get("profiles", 0)), self.about)
        else:
            self.progress("Stripe's subscriptions", int(done.get("subscriptions", 0)), self.about)


def _is_idle(before: DriftPass | None, after: DriftPass | None) -> bool:
    """Whether a slice had hardly anything to do: what is left is not due yet."""
    if before is None or after is None or before.id != after.id:
        return False
    return after.worked_seconds - before.worked_seconds < _LOOK_SECONDS


def in_aws(stack: "DeployedStack", progress: Progress, *, apply: bool) -> SliceOutcome:
    """Have the stack's drift check make a pass, with repairs at first sight if `apply` says so.

    Raises:
        CliError: The stack has no drift check, it may not repair, or a slice failed.
    """
    name = stack.outputs.get("drift_check_function_name")
    if not name:
        raise CliError(
            f"This stack has no drift check. Name a Stripe key in {stack.settings_place} (stripe_secret_arn, "
            "or stripe_secret_parameter_name), leave create_drift_check out, and apply."
        )
    patient = Config(
        read_timeout=_ANSWER_SECONDS,
        tcp_keepalive=True,
        retries={"total_max_attempts": 1, "mode": "standard"},
    )
    functions = stack.endpoint.client("lambda", patient)
    found = functions.get_function_configuration(FunctionName=name)
    may_repair = found.get("Environment", {}).get("Variables", {}).get(VARIABLES["repair"]) == "true"
    if apply and not may_repair:
        raise CliError(
            "This stack's drift check may only look. Set drift_check_repair = true in "
            f"{stack.settings_place} and apply, which also gives its role the right to write; or leave out "
            "--in-aws."
        )

    def invoke(wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(dict(wanted)).encode())
        said: Mapping[str, Any] = json.loads(answer["Payload"].read())
        return said

    config = stack.config
    passes = PassTable(stack.endpoint.dynamodb, config.sync_table_name)
    return InAws(passes, invoke, progress, stack.tables.item_count()).run(backfill=apply)

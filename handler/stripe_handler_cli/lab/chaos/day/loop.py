"""The drift check on the day: invoked as its schedule would, in the account's time, and what it found."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs
from botocore.config import Config
from botocore.exceptions import ClientError

from stripe_handler_cli.lab.chaos.day.clock import DayClock
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.drift_check.request import BEGIN, REQUEST
from stripe_subscription_handler.drift_check.settings import VARIABLES

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_AGAIN_SECONDS = 15 * 60
"""The schedule's usual rate: how long after a slice the next one comes."""
_SECOND_LOOK_SECONDS = 600
_REQUESTS_PER_SECOND = 10
"""The usual settings, in the account's time."""
_ANSWER_SECONDS = 900
_UNDER_WAY = frozenset({"continues", "held"})
_THROTTLED = "TooManyRequestsException"
_AFTER_THROTTLING_SECONDS = 0.2
"""The scheduler tries again, and so does this; in our time."""


@attrs.frozen
class Pass:
    """One pass; Unix times of the account.

    Attributes:
        differences: How many it believed.
        repaired: How many of them it repaired.
        found: By kind.
    """

    began: float
    ended: float
    differences: int
    repaired: int
    found: Mapping[str, int]


@attrs.define
class Loop:
    """The schedule: a pass every so many hours of the account, until it is told to stop.

    Attributes:
        passes: Those that have ended.
        errors: Slices that failed.
        failure: What ended it before its time.
    """

    functions: "LambdaClient"
    function_name: str
    clock: DayClock
    every_hours: float
    passes: list[Pass] = attrs.Factory(list)
    errors: int = 0
    failure: BaseException | None = None
    _stopping: threading.Event = attrs.field(factory=threading.Event, init=False)
    _abandoned: threading.Event = attrs.field(factory=threading.Event, init=False)

    @classmethod
    def of(cls, endpoint: Endpoint, function_name: str, clock: DayClock, every_hours: float) -> "Loop":
        patient = Config(read_timeout=_ANSWER_SECONDS, retries={"total_max_attempts": 1, "mode": "standard"})
        return cls(endpoint.client("lambda", patient), function_name, clock, every_hours)

    def run(self) -> None:
        """Have one pass after the other made. For a thread of its own; `failure` says what ended it."""
        try:
            self._passes()
        except Exception as error:  # noqa: BLE001 - who waits for it is told
            self.failure = error

    def _passes(self) -> None:
        number = 1
        while self._waited_until(self.clock.start + number * self.every_hours * 3600):
            began = self.clock.now()
            went = self._whole_pass()
            if went is not None:
                self.passes.append(_pass(began, self.clock.now(), went))
            number = max(number + 1, self._due())

    def stop(self) -> None:
        """Begin no other pass; the one under way goes on to its end."""
        self._stopping.set()

    def abandon(self) -> None:
        """Begin no other slice either."""
        self._stopping.set()
        self._abandoned.set()

    def _due(self) -> int:
        """The number of the next pass that is not missed already."""
        return int((self.clock.now() - self.clock.start) // (self.every_hours * 3600)) + 1

    def _whole_pass(self) -> Mapping[str, Any] | None:
        asked: dict[str, Any] = {BEGIN: True}
        while True:
            went = self._slice(asked)
            if went.get("state") == "finished":
                return went
            if went.get("state") != "held":
                asked = {}
            if went.get("state") not in _UNDER_WAY:
                self.errors += 1
            if self._abandoned.wait(_AGAIN_SECONDS / self.clock.speed):
                return None

    def _slice(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        payload = json.dumps({**REQUEST, **asked}).encode()
        while True:
            try:
                answer = self.functions.invoke(FunctionName=self.function_name, Payload=payload)
            except ClientError as error:
                if error.response["Error"].get("Code") != _THROTTLED:
                    raise
                if self._abandoned.wait(_AFTER_THROTTLING_SECONDS):
                    return {}
                continue
            told: Mapping[str, Any] = json.loads(answer["Payload"].read())
            return told

    def _waited_until(self, moment: float) -> bool:
        """Wait for a moment of the account; False if the loop is to stop."""
        return not self._stopping.wait(self.clock.seconds_until(moment))


def _pass(began: float, ended: float, went: Mapping[str, Any]) -> Pass:
    return Pass(began, ended, int(went["differences"]), int(went["repaired"]), dict(went.get("found", {})))


def in_account_time(speed: float, *, repair: bool) -> dict[str, str]:
    """The drift check's environment in which its usual settings hold in the account's time."""
    return {
        VARIABLES["repair"]: "true" if repair else "false",
        VARIABLES["second_look_seconds"]: f"{_SECOND_LOOK_SECONDS / speed:.3f}",
        VARIABLES["requests_per_second"]: f"{_REQUESTS_PER_SECOND * speed:.0f}",
    }


def reconfigured(
    functions: "LambdaClient", function_name: str, environment: Mapping[str, str]
) -> Callable[[], None]:
    """Change a function's environment, past Terraform; returns what sets it back."""
    found = functions.get_function_configuration(FunctionName=function_name)
    before = dict(found.get("Environment", {}).get("Variables", {}))

    def become(variables: Mapping[str, str]) -> None:
        functions.update_function_configuration(
            FunctionName=function_name, Environment={"Variables": dict(variables)}
        )

    become({**before, **environment})
    return lambda: become(before)

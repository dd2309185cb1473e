"""Gives an event to the function by Lambda's `Invoke`, waits for its answer, and reads it."""

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.dead_letters.messages import Layer, public_message

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_ANSWER_MARGIN_SECONDS = 15
"""The client waits longer than the function may run: a cold start and Lambda's own work come on top."""

_THROTTLED = "TooManyRequestsException"
_THROTTLE_WAITS_SECONDS = (1.0, 2.0, 4.0)

_HOPELESS = {
    "ResourceNotFoundException": "The function {name} does not exist. Apply the Terraform code first.",
    "AccessDeniedException": "You may not invoke {name}: the right lambda:InvokeFunction is missing.",
    "ExpiredTokenException": "Your AWS credentials have expired; log in, then try again.",
    "UnrecognizedClientException": "AWS does not know your credentials.",
    _THROTTLED: "{name} is throttled: raise its concurrency, or try again later with a lower --rate.",
}
"""Lambda's error code → what to do; every further event would meet the same."""

_SENT = (ReadTimeoutError, ConnectionClosedError, ResponseStreamingError, IncompleteReadError)
"""The event was sent, but no whole answer came; the function may have run to its end."""

_QUOTES_THE_EVENT = "InvalidRequestContentException"


class StoppedError(CliError):
    """No event can be given to the function now; the message says why."""


@attrs.frozen
class Applied:
    """The function decided about the event; it is dealt with, even if it is parked."""

    decision: str
    reason: str | None


@attrs.frozen
class NotApplied:
    """The function did not decide about the event, or nobody knows whether it did.

    The error's type is the exception's class or AWS's code; its message surely holds nothing personal.
    """

    error_type: str
    error_message: str | None


def read_answer(function_error: str | None, payload: bytes) -> Applied | NotApplied:
    """Read the answer to a synchronous invocation: its `FunctionError`, if any, and its payload.

    Source: Lambda's `Invoke`; the handler returns `eventId`, `decision` and `reason`.
    """
    try:
        parsed: Any = json.loads(payload)
    except (ValueError, RecursionError):
        parsed = None
    answer = parsed if isinstance(parsed, dict) else {}
    if function_error is not None:
        error_type = str(answer.get("errorType") or function_error)
        message = answer.get("errorMessage")
        text = message if isinstance(message, str) else None
        return NotApplied(error_type, public_message(error_type, text, Layer.FUNCTION))
    decision, reason = answer.get("decision"), answer.get("reason")
    if not isinstance(decision, str) or not decision:
        return NotApplied("NoDecision", "the function's answer has no decision; is it the stack's function?")
    return Applied(decision, reason if isinstance(reason, str) else None)


def invoking_config(function_timeout_seconds: int) -> Config:
    """Settings of a client that invokes each event once: no retries, and it waits until the function ends."""
    return Config(
        retries={"total_max_attempts": 1},
        connect_timeout=5,
        read_timeout=function_timeout_seconds + _ANSWER_MARGIN_SECONDS,
        tcp_keepalive=True,
    )


def longest_invocation_seconds(function_timeout_seconds: int) -> int:
    """How long giving one event to the function can take, waits for a throttled function included."""
    return function_timeout_seconds + 2 * _ANSWER_MARGIN_SECONDS + int(sum(_THROTTLE_WAITS_SECONDS))


@attrs.frozen
class Invoker:
    """Gives events to the function, by a client that was made with `invoking_config`."""

    client: "LambdaClient"
    function_name: str
    sleep: Callable[[float], None] = time.sleep

    def __call__(self, payload: str) -> Applied | NotApplied:
        """Invoke the function with an event and wait for its answer.

        Raises:
            StoppedError: This event was not given to the function, and no other can be.
        """
        for wait_seconds in (*_THROTTLE_WAITS_SECONDS, None):
            try:
                return self._invoke(payload)
            except ClientError as error:
                code = error.response["Error"].get("Code", "")
                if code == _THROTTLED and wait_seconds is not None:
                    self.sleep(wait_seconds)
                    continue
                if code in _HOPELESS:
                    raise StoppedError(_HOPELESS[code].format(name=self.function_name)) from error
                message = error.response["Error"].get("Message")
                return NotApplied(code, None if code == _QUOTES_THE_EVENT else message)
            except _SENT as error:
                # It stays and is sent again some time: applying an event twice is harmless.
                return NotApplied(type(error).__name__, "no answer came; the event may have been applied")
            except BotoCoreError as error:
                raise StoppedError(f"Lambda can't be reached: {error}") from error
        raise AssertionError("the last round has no wait")

    def _invoke(self, payload: str) -> Applied | NotApplied:
        answer: Any = self.client.invoke(
            FunctionName=self.function_name, InvocationType="RequestResponse", Payload=payload.encode()
        )
        return read_answer(answer.get("FunctionError"), answer["Payload"].read())

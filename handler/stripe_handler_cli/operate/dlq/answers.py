"""What came of giving an event to the function again. Pure."""

import json
from typing import Any

import attrs

from stripe_handler_cli.operate.dlq.messages import Layer, public_message


@attrs.frozen
class Applied:
    """The function decided about the event; it is dealt with.

    Attributes:
        decision: `write` or `skip`.
        reason: Why; `parked` means that the sync table keeps it until its customer is linked.
    """

    decision: str
    reason: str | None


@attrs.frozen
class NotApplied:
    """The function did not decide about the event, or nobody knows whether it did.

    Attributes:
        error_type: The exception's class, or AWS's error code.
        error_message: Its text, as far as it surely holds nothing personal.
    """

    error_type: str
    error_message: str | None


def read_answer(function_error: str | None, payload: bytes) -> Applied | NotApplied:
    """Read the answer to a synchronous invocation.

    Args:
        function_error: `FunctionError` of the answer: `Unhandled` or `Handled`, None where it went well.
        payload: What the function returned, or the error it raised, as JSON.

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

"""How the Lambda entry points end in an error: what the log line says of it, and what is raised.

Lambda logs the text of what an entry point raises and keeps it with the failed event, so an error is raised
only if its text holds nothing of the event.
"""

from typing import Any, NoReturn, Protocol

from botocore.exceptions import ChecksumError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NetworkError

from stripe_subscription_handler.errors import HandlerError, UnexpectedError

TELL_NO_VALUES = (HandlerError, ClientError, NetworkError, HTTPClientError, ChecksumError)
"""Errors whose texts hold nothing of the event: our own, AWS's answers, a network that failed."""


class LambdaContext(Protocol):
    """The part of Lambda's context object that is used."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int: ...


def error_fields(error: Exception) -> dict[str, str | None]:
    return {"error_type": type(error).__name__, "reason": reason_of(error)}


def reason_of(error: Exception) -> str | None:
    """Say why, where the words are known to be free of personal data: ours, and AWS's error codes."""
    if isinstance(error, HandlerError):
        return str(error)
    if isinstance(error, ClientError):
        reasons: list[Any] = list(error.response.get("CancellationReasons", ()))
        codes = [error.response["Error"].get("Code"), *(reason.get("Code") for reason in reasons)]
        return f"{error.operation_name}: {', '.join(code for code in codes if code and code != 'None')}"
    return None


def raise_without_values(error: Exception) -> NoReturn:
    """Raise an error again, or `UnexpectedError` in its place: the text of a `KeyError`, say, is the key."""
    if isinstance(error, TELL_NO_VALUES):
        raise error
    raise UnexpectedError(type(error).__name__).with_traceback(error.__traceback__) from None

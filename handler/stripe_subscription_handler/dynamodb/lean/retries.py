"""When a request is tried again: botocore's own rules of its standard mode, of whichever version is there.

Nothing here decides: which errors, how often, after what pause, and when so many failed that nothing is
tried again, all that is `botocore.retries.standard`. It is loaded with the first failure, and told of
requests in the words in which botocore's clients tell it.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from stripe_subscription_handler.dynamodb.lean.answers import ERRORS
from stripe_subscription_handler.dynamodb.lean.connection import HttpAnswer

_SERVICE = "dynamodb"
_RETRYABLE = {"ReplicatedWriteConflictException": {"throttling": False}}
"""Errors that DynamoDB's model itself marks so."""


class StandardRetries:
    """The rules for one client; what failed lately counts for the next request."""

    def __init__(self, attempts: int) -> None:
        """Take the rules from botocore; `attempts` is how often a request is sent at most.

        Raises:
            ImportError, AttributeError, TypeError, LookupError: It has them in another form.
        """
        from botocore.retries import standard  # noqa: PLC0415 - most executions see no failure

        self._handlers: dict[str, Callable[..., Any]] = {}
        service = SimpleNamespace(service_id=SimpleNamespace(hyphenize=lambda: _SERVICE))
        events = SimpleNamespace(register=self._register)
        client: Any = SimpleNamespace(meta=SimpleNamespace(events=events, service_model=service))
        standard.register_retry_handler(client, attempts)
        self._needs_retry, self._after_call = (self._handlers[one] for one in ("needs-retry", "after-call"))

    def _register(self, event: str, handler: Callable[..., Any], **_: Any) -> None:
        self._handlers[event.partition(".")[0]] = handler

    def pause(
        self,
        attempt: int,
        response: tuple[HttpAnswer, dict[str, Any]] | None,
        failure: Exception | None,
        context: dict[str, Any],
    ) -> float | None:
        """How many seconds to wait before the next attempt; None if there is to be none.

        It notes in the response's metadata why there is none. `context` goes with a request from its first
        attempt to its end.
        """
        found: float | None = self._needs_retry(
            response=response,
            endpoint=None,
            operation=_OPERATION,
            attempts=attempt,
            caught_exception=failure,
            request_dict={"context": context},
        )
        return found

    def ended(self, answer: HttpAnswer, context: dict[str, Any]) -> None:
        """Note that a request had an answer, so that successes make up for failures."""
        self._after_call(context=context, http_response=answer)


def _shape(name: str) -> SimpleNamespace:
    retryable = {"retryable": _RETRYABLE[name]} if name in _RETRYABLE else {}
    return SimpleNamespace(name=name, metadata=retryable)


_OPERATION = SimpleNamespace(
    name=None,
    error_shapes=[_shape(name) for name in ERRORS],
    service_model=SimpleNamespace(service_name=_SERVICE),
)
"""The part of botocore's models of operations that its rules read; the errors are those of all of them."""

"""The message of either queue, in either body shape → a `DeadLetter`, and which ones are meant. Pure.

- delivery dead-letter queue: the body is the event itself; message attributes tell why EventBridge gave up.
- failure queue: the body is Lambda's record of the failed invocation; the event is its `requestPayload`.

The body tells the shape, the queue tells the layer. A body of neither shape is unreadable, never an error.

Source: EventBridge, dead-letter queues of rule targets; Lambda, destinations of asynchronous invocations.
"""

import enum
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from stripe_subscription_handler.errors import HandlerError, InvalidEventError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.selection import Selection

UNREADABLE = "unreadable"
"""The error type of a message that holds no event."""

_OUR_ERRORS = frozenset(error.__name__ for error in HandlerError.__subclasses__())
_LAMBDA_ERRORS = ("Runtime.", "Sandbox.", "Function.", "Extension.")
_PUBLIC_PART = re.compile(
    r"An error occurred \(\w+\) when calling the \w+ operation|Task timed out after [\d.]+ seconds"
)
_DEEPEST = 100
"""Levels of nesting, far more than an event has and far less than Python's JSON module bears."""

_METADATA = (
    ("metadata",),
    ("subscription_details", "metadata"),
    ("parent", "subscription_details", "metadata"),
)
"""Paths of a subscription's metadata in a subscription or an invoice, of any API version."""


class Layer(enum.StrEnum):
    """Which of the two layers gave the event up; each has its queue."""

    DELIVERY = "delivery"
    FUNCTION = "function"

    @property
    def queue_name(self) -> str:
        return "delivery dead-letter queue" if self is Layer.DELIVERY else "failure queue"


@attrs.frozen
class DeadLetter:
    """One message of a queue; what cannot be read is None.

    Attributes:
        user_id: The user the event itself names.
        sent_at: When it came into the queue.
        received: How often it was taken out of the queue before, by any command: SQS's receive count.
        attempts: How often the layer tried.
        gave_up: Why it tried no longer, as in `RetriesExhausted`.
        error_type: The exception's class, or EventBridge's error code; `UNREADABLE` without an event.
        error_message: The error's text. May hold personal data; see `public_message`.
        payload: The original event as JSON text, ready to be sent again; None for an unreadable message.
        is_message_hidden: In a summary: there is an error message, and it may hold personal data.
    """

    message_id: str
    layer: Layer
    event_id: str | None = None
    event_type: str | None = None
    user_id: str | None = None
    sent_at: datetime | None = None
    received: int = 0
    attempts: int | None = None
    gave_up: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    stack_trace: tuple[str, ...] = ()
    payload: str | None = None
    is_message_hidden: bool = False

    def summary(self) -> "DeadLetter":
        """The same without what is large or may be personal, for lists that are kept."""
        message = public_message(self.error_type, self.error_message, self.layer)
        return attrs.evolve(
            self,
            payload=None,
            stack_trace=(),
            error_message=message,
            is_message_hidden=self.is_message_hidden or message != self.error_message,
        )


@attrs.frozen
class Choice:
    """Chooses dead letters: any of the values of each criterion, and every criterion that is given.

    The ids are Stripe's event ids or SQS's message ids; an event may be in the queues more than once.
    """

    ids: frozenset[str] = frozenset()
    error_types: frozenset[str] = frozenset()
    layers: frozenset[Layer] = frozenset()

    def is_in(self, layer: Layer) -> bool:
        """Whether a layer's queue may hold a match."""
        return not self.layers or layer in self.layers

    def matches(self, letter: DeadLetter) -> bool:
        return (
            self.is_in(letter.layer)
            and (not self.ids or bool(self.names_of(letter)))
            and (not self.error_types or letter.error_type in self.error_types)
        )

    def names_of(self, letter: DeadLetter) -> frozenset[str]:
        """The given ids that are this letter's."""
        return self.ids & {letter.message_id, letter.event_id or letter.message_id}


def read_dead_letter(message: Mapping[str, Any], layer: Layer, *, user_id_metadata_key: str) -> DeadLetter:
    """Read a message as SQS's `ReceiveMessage` gives it, as far as it can be read."""
    system = _mapping(message.get("Attributes"))
    body = message.get("Body")
    letter = DeadLetter(
        message_id=str(message.get("MessageId", "")),
        layer=layer,
        sent_at=_moment(system.get("SentTimestamp")),
        # Taking it just now counted too.
        received=max(0, (_integer(system.get("ApproximateReceiveCount")) or 1) - 1),
        error_type=UNREADABLE,
    )
    parsed = _parsed(body)
    if isinstance(parsed, dict) and isinstance(parsed.get("requestContext"), dict):
        if "requestPayload" not in parsed:
            return letter
        event, letter = parsed["requestPayload"], _with_record(letter, parsed)
        letter = attrs.evolve(letter, payload=json.dumps(event, separators=(",", ":")))
    elif isinstance(body, str) and _is_event(parsed):
        event = parsed
        letter = attrs.evolve(_with_attributes(letter, message), payload=body)
    else:
        return letter
    stripe_event = event["detail"] if isinstance(_at(event, "detail"), dict) else event
    return attrs.evolve(
        letter,
        event_id=_text(_at(stripe_event, "id")),
        event_type=_text(_at(stripe_event, "type")),
        user_id=_user_id(event, stripe_event, user_id_metadata_key),
    )


def public_message(error_type: str | None, message: str | None, layer: Layer) -> str | None:
    """The part of an error's text that surely holds nothing personal.

    The handler's own messages are safe, because they never hold a value, and so are those of Lambda and
    EventBridge. Of an AWS error inside the function, its code and the operation are safe. Other messages may
    quote what they stumbled over.
    """
    if message is None or layer is Layer.DELIVERY or error_type in _OUR_ERRORS:
        return message
    if error_type is not None and error_type.startswith(_LAMBDA_ERRORS):
        return message
    found = _PUBLIC_PART.search(message)
    return found[0] if found else None


def _with_record(letter: DeadLetter, record: Mapping[str, Any]) -> DeadLetter:
    context, response = _mapping(record.get("requestContext")), _mapping(record.get("responsePayload"))
    gave_up = _text(context.get("condition"))
    trace = response.get("stackTrace")
    return attrs.evolve(
        letter,
        attempts=_integer(context.get("approximateInvokeCount")),
        gave_up=gave_up,
        # Without an answer of the function (it never ran, say), the condition is all there is.
        error_type=_text(response.get("errorType")) or (None if response else gave_up),
        error_message=_text(response.get("errorMessage")),
        stack_trace=tuple(str(line).rstrip("\n") for line in trace) if isinstance(trace, list) else (),
    )


def _with_attributes(letter: DeadLetter, message: Mapping[str, Any]) -> DeadLetter:
    values = {
        name: _text(_at(value, "StringValue"))
        for name, value in _mapping(message.get("MessageAttributes")).items()
    }
    return attrs.evolve(
        letter,
        attempts=_integer(values.get("RETRY_ATTEMPTS")),
        gave_up=values.get("EXHAUSTED_RETRY_CONDITION"),
        error_type=values.get("ERROR_CODE"),
        error_message=values.get("ERROR_MESSAGE"),
    )


def _is_event(parsed: object) -> bool:
    """Whether a body is EventBridge's envelope, or a bare Stripe event."""
    return isinstance(_at(parsed, "detail"), dict) or all(_text(_at(parsed, key)) for key in ("id", "type"))


def _user_id(event: object, stripe_event: object, key: str) -> str | None:
    if isinstance(event, dict):
        try:
            return parse_event(event, Selection(key)).user_id
        except InvalidEventError:
            pass  # It is in a dead-letter queue, and its user is wanted all the same.
    found = (_text(_at(stripe_event, "data", "object", *path, key)) for path in _METADATA)
    return next(filter(None, found), None)


def _parsed(body: object) -> Any:
    if not isinstance(body, str):
        return None
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return None if _is_deeper(parsed, _DEEPEST) else parsed


def _is_deeper(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels == 0 or any(_is_deeper(child, levels - 1) for child in inner)


def _at(value: object, *path: str) -> Any:
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _integer(value: object) -> int | None:
    try:
        return int(value) if isinstance(value, str | int) else None
    except ValueError:
        return None


def _moment(milliseconds: object) -> datetime | None:
    count = _integer(milliseconds)
    try:
        return None if count is None else datetime.fromtimestamp(count / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None

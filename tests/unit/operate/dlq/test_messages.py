"""Both body shapes become dead letters; whatever else is in a queue is unreadable, never an error."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_handler_cli.stack.dead_letters.messages import UNREADABLE, DeadLetter, Layer, read_dead_letter
from support import events
from support.dead_letters import (
    DELIVERY_ATTRIBUTES,
    envelope,
    error,
    failure_record,
    poison,
    received,
)


def read(message: Any, layer: Layer = Layer.FUNCTION, key: str = "userId") -> DeadLetter:
    """Read a message."""
    return read_dead_letter(message, layer, user_id_metadata_key=key)


def test_a_failure_record_tells_the_exception_and_holds_the_event() -> None:
    """Three attempts, the exception with its traceback, and the event as it was, ready to be sent."""
    event = envelope(events.created(events.subscription()))
    letter = read(received(failure_record(event, error(message="detail.id: is missing"))))
    assert letter.payload is not None
    assert json.loads(letter.payload) == event
    assert letter == DeadLetter(
        message_id="message-1",
        layer=Layer.FUNCTION,
        event_id=event["detail"]["id"],
        event_type="customer.subscription.created",
        user_id="user_1",
        sent_at=datetime(2025, 11, 22, 8, 26, 40, tzinfo=UTC),
        received=2,
        attempts=3,
        gave_up="RetriesExhausted",
        error_type="InvalidEventError",
        error_message="detail.id: is missing",
        stack_trace=("line 1",),
        payload=letter.payload,
    )


def test_a_message_of_the_delivery_queue_is_the_event_itself() -> None:
    """EventBridge's attributes tell why; the body is sent again to the byte."""
    body = json.dumps(envelope(events.created(events.subscription())), indent=1)
    letter = read(received(body, DELIVERY_ATTRIBUTES), Layer.DELIVERY)
    assert (letter.event_type, letter.user_id) == ("customer.subscription.created", "user_1")
    assert (letter.error_type, letter.attempts) == ("NO_PERMISSIONS", 0)
    assert letter.error_message == "Not permitted to invoke the function."
    assert letter.gave_up == "MaximumRetryAttempts"
    assert letter.payload == body


def test_a_malformed_event_still_says_whose_it_is() -> None:
    """What the handler refuses is what stands in the failure queue; id, type and user are read."""
    letter = read(received(failure_record(envelope(poison()), error())))
    assert (letter.event_id, letter.event_type) == ("evt_poison", "customer.subscription.updated")
    assert letter.user_id == "user_1"


@pytest.mark.parametrize("where", ["subscription_details", "parent"])
def test_a_malformed_invoice_still_says_whose_it_is(where: str) -> None:
    """The subscription's metadata stands in two places, depending on the API version."""
    details = {"metadata": {"userId": "user_7"}}
    body: Any = {"parent": {"subscription_details": details}} if where == "parent" else {where: details}
    event = events.paid({"object": "invoice", "customer": 5, **body})
    assert read(received(failure_record(envelope(event), error()))).user_id == "user_7"


def test_the_user_is_read_under_the_configured_key() -> None:
    """The function's own metadata key, not the default one."""
    event = events.created(events.subscription(metadata={"account": "a-1", "userId": "other"}))
    assert read(received(failure_record(envelope(event), error())), key="account").user_id == "a-1"


def test_an_event_the_function_never_ran_on_has_the_condition_as_its_error() -> None:
    """Reserved concurrency 0, or too old: there is no exception to name."""
    record = failure_record(envelope(poison()), condition="ZeroReservedConcurrency")
    assert read(received(record)).error_type == "ZeroReservedConcurrency"


def test_a_record_of_something_that_is_no_event_can_still_be_sent() -> None:
    """Somebody invoked the function with a text: Lambda's record is whole, only the event is none."""
    letter = read(received(failure_record("hello", error())))
    assert (letter.payload, letter.event_id, letter.error_type) == ('"hello"', None, "InvalidEventError")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "null",
        "[]",
        "{}",
        '{"detail": "text"}',
        '{"requestContext": {}, "responsePayload": {}}',
        '{"id": "evt_1"}',
        '{"detail": {"a": ' + "[" * 100 + "]" * 100 + "}}",
        "[" * 100_000,
        '{"detail": ' + '{"a": ' * 100_000,
        "1" * 5000,
    ],
)
@pytest.mark.parametrize("layer", list(Layer))
def test_a_body_of_neither_shape_is_unreadable(body: str, layer: Layer) -> None:
    """It has no payload, so nothing can send it."""
    letter = read(received(body, DELIVERY_ATTRIBUTES), layer)
    assert (letter.error_type, letter.payload, letter.message_id) == (UNREADABLE, None, "message-1")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.one_of(
    st.text(),
    JSON,
    JSON.map(json.dumps),
    st.builds(failure_record, JSON, JSON),
    JSON.map(lambda detail: json.dumps(envelope(detail))),
    st.builds(
        lambda context, payload, answer: json.dumps(
            {"requestContext": context, "requestPayload": payload, "responsePayload": answer}
        ),
        st.dictionaries(st.sampled_from(["condition", "approximateInvokeCount"]), JSON),
        JSON.map(envelope) | JSON,
        st.dictionaries(st.sampled_from(["errorType", "errorMessage", "stackTrace"]), JSON),
    ),
)


@given(
    body=BODIES,
    attributes=st.dictionaries(st.sampled_from([*DELIVERY_ATTRIBUTES, "x"]), JSON),
    system=st.dictionaries(st.sampled_from(["SentTimestamp", "ApproximateReceiveCount"]), JSON | st.text()),
    layer=st.sampled_from(Layer),
)
def test_nothing_in_a_message_is_an_error(body: Any, attributes: Any, system: Any, layer: Layer) -> None:
    """Whatever stands in body and attributes: a letter, and unreadable exactly when it holds no event."""
    message = {"MessageId": "m", "Body": body, "MessageAttributes": attributes, "Attributes": system}
    letter = read(message, layer)
    assert letter.message_id == "m"
    if letter.payload is None:
        assert letter.error_type == UNREADABLE
    else:
        json.loads(letter.payload)
    assert letter.received >= 0


@pytest.mark.parametrize(
    ("error_type", "message", "public"),
    [
        ("InvalidEventError", "detail.id: must be a string, is missing", True),
        ("Runtime.ImportModuleError", "Unable to import module 'app'", True),
        ("Sandbox.Timedout", "RequestId: 1 Error: Task timed out after 30.00 seconds", True),
        ("KeyError", "'jane@example.com'", False),
        ("ValueError", "no integer: 'Jane Doe'", False),
        (None, "whatever jane@example.com did", False),
    ],
)
def test_a_summary_has_only_messages_that_hold_nothing_personal(
    error_type: str | None, message: str, *, public: bool
) -> None:
    """Ours and Lambda's never quote the event; others may."""
    answer = {"errorType": error_type, "errorMessage": message}
    letter = read(received(failure_record(envelope(poison()), answer)))
    assert letter.error_message == message
    summary = letter.summary()
    assert (summary.error_message, summary.is_message_hidden) == (
        (message, False) if public else (None, True)
    )
    assert summary.summary() == summary
    assert (summary.payload, summary.stack_trace) == (None, ())


def test_of_an_aws_error_the_summary_has_code_and_operation() -> None:
    """What follows the operation may quote a key or a value."""
    known = "An error occurred (ValidationException) when calling the UpdateItem operation"
    answer = error("ClientError", f"{known}: the value jane@example.com is too long")
    summary = read(received(failure_record(envelope(poison()), answer))).summary()
    assert (summary.error_message, summary.is_message_hidden) == (known, True)

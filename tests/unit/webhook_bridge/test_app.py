"""One request of the function URL: what is answered, what is on the bus, and what the log says."""

import base64
import io
import json
from contextlib import redirect_stdout
from typing import Any

import attrs
import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from botocore.stub import ANY, Stubber

from stripe_subscription_handler.errors import ConfigError, StripeUnavailableError
from stripe_subscription_handler.logger import make_logger
from stripe_subscription_handler.put_events import LIMIT_BYTES
from stripe_subscription_handler.webhook_bridge.app import Runtime, handle, lambda_handler
from stripe_subscription_handler.webhook_bridge.bus import Bus
from stripe_subscription_handler.webhook_bridge.receiving import Receiver
from support.dynamodb import client_error
from support.webhooks import NOW, SECRET, function_url_request, signed

OTHER = "whsec_other"
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "invoice.paid",
    "data": {"object": {"email": "ada@example.com"}},
}
TAKEN = {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}


@attrs.define
class Events:
    """EventBridge with one answer; remembers what it was sent."""

    answer: Any = attrs.Factory(lambda: TAKEN)
    entries: list[dict[str, Any]] = attrs.Factory(list)

    def put_events(self, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803 - boto3's name
        """Answer as EventBridge."""
        self.entries += Entries
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@attrs.frozen
class Answered:
    """What came of a request."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]
    line: dict[str, Any]
    text: str


def ask(request: dict[str, Any], events: Any, secrets: Any = lambda: (SECRET,)) -> Answered:
    """One request."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        receiver = Receiver(secrets, Bus(events, "a-bus", "a-bridge").put, lambda: NOW)
        found = handle(request, Runtime(receiver, make_logger("INFO"), lambda: 0.0))
    [line] = printed.getvalue().splitlines()
    return Answered(found["statusCode"], json.loads(found["body"]), found["headers"], json.loads(line), line)


def test_a_signed_event_is_put_on_the_bus_and_answered_with_200() -> None:
    """Under the bridge's own source, by its type, whole."""
    payload, events = json.dumps(EVENT).encode(), Events()
    answered = ask(function_url_request(payload, signed(payload)), events)
    assert (answered.status, answered.body) == (200, {"received": True})
    [entry] = events.entries
    assert json.loads(entry.pop("Detail")) == EVENT
    assert entry == {"Source": "a-bridge", "DetailType": "invoice.paid", "EventBusName": "a-bus"}


def test_the_signature_is_of_the_body_as_it_came() -> None:
    """Spaces, escapes and the order of keys are part of it: a body parsed and written anew differs."""
    payload = (
        b'{\n  "type":"invoice.paid",  "object": "event", "id": "evt_1", "name": "Zo\xc3\xab \\u00e9"\n}\n'
    )
    assert json.dumps(json.loads(payload)).encode() != payload
    assert ask(function_url_request(payload, signed(payload)), Events()).status == 200
    rewritten = json.dumps(json.loads(payload)).encode()
    assert ask(function_url_request(rewritten, signed(payload)), Events()).status == 400


def test_a_body_in_base64_is_the_same_body() -> None:
    """Lambda sends one where the content type is none of text."""
    payload, events = json.dumps(EVENT).encode(), Events()
    request = function_url_request(payload, signed(payload))
    request |= {"body": base64.b64encode(payload).decode(), "isBase64Encoded": True}
    assert ask(request, events).status == 200
    assert ask({**request, "body": "%%%"}, events).status == 400


@pytest.mark.parametrize("secrets", [(SECRET, OTHER), (OTHER, SECRET)])
def test_every_signature_is_tried_with_every_secret(secrets: tuple[str, ...]) -> None:
    """While a secret is rolled, Stripe sends two signatures, and the bridge may know two secrets."""
    payload = json.dumps(EVENT).encode()
    mine = signed(payload).partition("v1=")[2]
    header = f"{signed(payload, 'whsec_unknown')},v1={mine}"
    assert ask(function_url_request(payload, header), Events(), lambda: secrets).status == 200


def test_a_bad_signature_is_400_and_nothing_is_put_on_the_bus() -> None:
    """Whoever it was, the log has nothing of the body."""
    payload, events = json.dumps(EVENT).encode(), Events()
    for header in (None, "t=1,v1=2", signed(payload, OTHER), signed(payload, at=NOW - 301)):
        answered = ask(function_url_request(payload, header), events)
        assert (answered.status, answered.line["level"]) == (400, "warning")
        assert answered.line["event_id"] is None
        assert "ada@" not in answered.text
    assert events.entries == []


def test_other_methods_are_405() -> None:
    """With the one that is allowed; no secret is read for them."""

    def secrets() -> tuple[str, ...]:
        pytest.fail("a secret was read")

    answered = ask(function_url_request(b"", None, method="GET"), Events(), secrets)
    assert (answered.status, answered.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("padding", "status"), [(LIMIT_BYTES - 2_000, 200), (LIMIT_BYTES - 1_000, 413), (5_000_000, 413)]
)
def test_an_event_that_eventbridge_would_not_take_is_413(padding: int, status: int) -> None:
    """Lambda itself lets 6 MB through; EventBridge takes 1 MB, envelope included."""
    payload = json.dumps({**EVENT, "padding": "x" * padding}).encode()
    events = Events()
    assert ask(function_url_request(payload, signed(payload)), events).status == status
    assert len(events.entries) == (status == 200)


def test_too_large_a_request_is_stripes_by_its_header_alone() -> None:
    """Nobody reads megabytes that no one has signed."""
    payload = json.dumps({**EVENT, "padding": "x" * LIMIT_BYTES}).encode()
    senders = [
        ask(function_url_request(payload, header), Events()).line["sender"]
        for header in (signed(payload), signed(payload, OTHER), None, "t=1")
    ]
    assert senders == ["stripe", "stripe", "stranger", "stranger"]


def test_a_refused_event_of_stripes_is_in_the_log_at_every_level() -> None:
    """The alarm is made of these lines; a stranger's request is none of them."""
    output = io.StringIO()
    receiver = Receiver(lambda: (SECRET,), Bus(Events(), "a-bus", "a-bridge").put, lambda: NOW)
    wired = Runtime(receiver, make_logger("ERROR", output), lambda: 0.0, report=make_logger(output=output))
    payload = json.dumps(EVENT).encode()
    for header in (signed(payload, OTHER), None, signed(payload)):
        handle(function_url_request(payload, header), wired)
    [line] = map(json.loads, output.getvalue().splitlines())
    assert (line["event"], line["sender"], line["status"]) == ("webhook", "stripe", 400)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (client_error("AccessDeniedException"), "AccessDeniedException"),
        (ConnectTimeoutError(endpoint_url="https://events"), "ConnectTimeoutError"),
        (
            {
                "FailedEntryCount": 1,
                "Entries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": "slow"}],
            },
            "ThrottlingException",
        ),
        ({"FailedEntryCount": 1, "Entries": [{}]}, "no reason given"),
    ],
    ids=str,
)
def test_stripe_is_never_told_200_for_an_event_that_is_not_on_the_bus(answer: Any, reason: str) -> None:
    """A refusal within an answer of 200 counts as one; the log has the reason, the sender does not."""
    payload = json.dumps(EVENT).encode()
    answered = ask(function_url_request(payload, signed(payload)), Events(answer))
    assert answered.status == 503
    assert answered.body == {"error": "not taken; please send it again"}
    assert answered.line["reason"] == f"the bus did not take the event: {reason}"
    assert (answered.line["level"], answered.line["event_id"]) == ("error", "evt_1")


def test_the_line_of_a_request() -> None:
    """Its fields are the public contract in README.md."""
    payload = json.dumps(EVENT).encode()
    line = ask(function_url_request(payload, signed(payload)), Events()).line
    assert line.pop("timestamp")
    assert line == {
        "event": "webhook",
        "level": "info",
        "status": 200,
        "reason": None,
        "sender": "stripe",
        "event_id": "evt_1",
        "event_type": "invoice.paid",
        "duration_ms": 0,
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ConfigError("the secret cannot be read"), 500),
        (StripeUnavailableError("not now"), 503),
        (KeyError("ada@"), 500),
    ],
    ids=str,
)
def test_without_its_secrets_the_bridge_takes_nothing(error: Exception, status: int) -> None:
    """And says so in the log, by the error's type only where nobody foresaw it."""

    def secrets() -> tuple[str, ...]:
        raise error

    payload, events = json.dumps(EVENT).encode(), Events()
    answered = ask(function_url_request(payload, signed(payload)), events, secrets)
    assert (answered.status, events.entries) == (status, [])
    assert "secret" not in answered.body["error"]
    assert "ada@" not in answered.text


def test_an_invocation_that_is_no_request_is_refused() -> None:
    """Whoever may invoke the function by other means than its URL."""
    for event in ({}, {"requestContext": {"http": {}}}, {**function_url_request(b"", None), "body": 1}):
        assert ask(event, Events()).status == 400


def test_a_bridge_without_settings_says_which_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In its log; the sender is told to come again."""
    monkeypatch.delenv("EVENT_BUS_NAME", raising=False)
    assert lambda_handler(function_url_request(b"{}", None), None)["statusCode"] == 500
    assert "EVENT_BUS_NAME is not set" in capsys.readouterr().out


def test_boto3_takes_the_entry() -> None:
    """As its model of PutEvents has it."""
    client: Any = boto3.client(
        "events",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",  # noqa: S106 - a dummy
    )
    expected = {"Source": "a-bridge", "DetailType": "invoice.paid", "Detail": ANY, "EventBusName": "a-bus"}
    with Stubber(client) as stubber:
        stubber.add_response("put_events", TAKEN, {"Entries": [expected]})
        Bus(client, "a-bus", "a-bridge").put(EVENT)
        stubber.assert_no_pending_responses()


def test_a_client_error_has_no_text_of_awss(caplog: pytest.LogCaptureFixture) -> None:
    """Its code is enough."""
    error = ClientError({"Error": {"Code": "Nope", "Message": "ada@example.com"}}, "PutEvents")
    payload = json.dumps(EVENT).encode()
    answered = ask(function_url_request(payload, signed(payload)), Events(error))
    assert "ada@" not in answered.text + caplog.text

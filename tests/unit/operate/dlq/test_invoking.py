"""Each thing that Lambda may answer has one clear outcome, and an event is sent once, however it ends."""

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from stripe_handler_cli.operate.dlq.invoking import (
    Applied,
    Invoker,
    NotApplied,
    StoppedError,
    invoking_config,
    longest_invocation_seconds,
    read_answer,
)

PAYLOAD = '{"detail": {"id": "evt_1"}}'


def lambda_client(endpoint_url: str = "http://127.0.0.1:1", config: Config | None = None) -> Any:
    """Lambda, at an address of our own."""
    return boto3.client(
        "lambda",
        region_name="eu-west-1",
        endpoint_url=endpoint_url,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - a dummy
        config=config or invoking_config(1),
    )


def answer(value: Any, **fields: Any) -> dict[str, Any]:
    """Lambda's answer to a synchronous invocation."""
    body = json.dumps(value).encode()
    return {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(body), len(body)), **fields}


def invoked(*answers: dict[str, Any] | str) -> tuple[Applied | NotApplied, list[float]]:
    """What comes of an event when Lambda answers so (a text is an error code), and the waits meanwhile."""
    client = lambda_client()
    waits: list[float] = []
    with Stubber(client) as stubber:
        for given in answers:
            if isinstance(given, str):
                stubber.add_client_error("invoke", given, "why")
            else:
                expected = {
                    "FunctionName": "f",
                    "InvocationType": "RequestResponse",
                    "Payload": PAYLOAD.encode(),
                }
                stubber.add_response("invoke", given, expected)
        outcome = Invoker(client, "f", waits.append)(PAYLOAD)
        stubber.assert_no_pending_responses()
    return outcome, waits


def test_a_decision_means_applied() -> None:
    """Whatever it is: written, skipped, or parked in the sync table."""
    decided = {"eventId": "evt_1", "decision": "skip", "reason": "parked"}
    assert invoked(answer(decided)) == (Applied("skip", "parked"), [])


def test_an_exception_of_the_function_means_not_applied() -> None:
    """With its class and message."""
    raised = {"errorType": "InvalidEventError", "errorMessage": "detail.id: is missing"}
    outcome, _ = invoked(answer(raised, FunctionError="Unhandled"))
    assert outcome == NotApplied("InvalidEventError", "detail.id: is missing")


def test_a_function_that_ran_out_of_time_means_not_applied() -> None:
    """Lambda's word for it."""
    timed_out = {"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 30.00 seconds"}
    outcome, _ = invoked(answer(timed_out, FunctionError="Unhandled"))
    assert outcome == NotApplied("Sandbox.Timedout", "Task timed out after 30.00 seconds")


@pytest.mark.parametrize("payload", [b"", b"null", b"[]", b'"ok"', b"{}", b'{"decision": ""}', b"junk"])
def test_an_answer_without_a_decision_means_not_applied(payload: bytes) -> None:
    """Another function under that name, say: its success says nothing about the event."""
    outcome = read_answer(None, payload)
    assert isinstance(outcome, NotApplied)
    assert outcome.error_type == "NoDecision"


def test_an_exceptions_message_that_may_be_personal_is_not_told() -> None:
    """As in lists."""
    raised = json.dumps({"errorType": "KeyError", "errorMessage": "'jane@example.com'"}).encode()
    assert read_answer("Unhandled", raised) == NotApplied("KeyError", None)


def test_a_throttled_function_is_waited_for() -> None:
    """It did not run, so trying again is no second invocation."""
    outcome, waits = invoked(
        "TooManyRequestsException", "TooManyRequestsException", answer({"decision": "write"})
    )
    assert (outcome, waits) == (Applied("write", None), [1.0, 2.0])


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ResourceNotFoundException", "f does not exist"),
        ("AccessDeniedException", r"may not invoke f: .*lambda:InvokeFunction"),
        ("ExpiredTokenException", "have expired"),
    ],
)
def test_what_every_event_would_meet_stops_the_run(code: str, message: str) -> None:
    """The message says what to do."""
    with pytest.raises(StoppedError, match=message):
        invoked(code)


def test_a_function_that_stays_throttled_stops_the_run() -> None:
    """Sending on would only add to it."""
    with pytest.raises(StoppedError, match="f is throttled: raise its concurrency"):
        invoked(*["TooManyRequestsException"] * 4)


@pytest.mark.parametrize(
    "code", ["ServiceException", "ResourceConflictException", "RequestTooLargeException"]
)
def test_another_refusal_leaves_this_message_and_goes_on(code: str) -> None:
    """With AWS's code and reason."""
    assert invoked(code)[0] == NotApplied(code, "why")


def test_a_refusal_that_quotes_the_event_is_told_without_it() -> None:
    """Lambda shows the beginning of a payload it cannot read."""
    assert invoked("InvalidRequestContentException")[0] == NotApplied("InvalidRequestContentException", None)


def test_lambda_out_of_reach_stops_the_run() -> None:
    """Nothing listens there: the event was not sent, and no other would be."""
    with pytest.raises(StoppedError, match="can't be reached") as stopped:
        Invoker(lambda_client(), "f")(PAYLOAD)
    assert isinstance(stopped.value.__cause__, EndpointConnectionError)


def test_an_answer_that_does_not_come_is_not_asked_for_again() -> None:
    """The function may be running: one request, then the message is left, and the run goes on."""
    requests = []
    is_over = threading.Event()

    class Silent(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            requests.append(self.path)
            is_over.wait(10)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        config = invoking_config(30).merge(Config(read_timeout=0.2))
        client = lambda_client(f"http://127.0.0.1:{server.server_port}", config)
        outcome = Invoker(client, "f")(PAYLOAD)
    finally:
        is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()
    assert isinstance(outcome, NotApplied)
    assert outcome.error_type == ReadTimeoutError.__name__
    assert len(requests) == 1


def test_the_client_waits_longer_than_the_function_may_run_and_never_retries() -> None:
    """boto3 would give up after 60 seconds and invoke once more, and again."""
    config: Any = invoking_config(900)
    assert config.read_timeout > 900
    assert config.retries == {"total_max_attempts": 1}
    assert longest_invocation_seconds(900) > config.read_timeout + 1 + 2 + 4

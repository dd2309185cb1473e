"""Both clients send the same bytes, for every request that the code makes and for what a type allows besides.

Left out is only what is the moment's own: the date, the call's random ids, and the signature, which is made
again for each request with botocore's signer and must be the one that came. And `ttl` in `amz-sdk-request` of
a repetition, by which AWS's servers may see that nobody waits any more; the lean client says nothing of it.
"""

import json
import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stripe_handler_cli.lab.simulator.options import SimulationOptions
from stripe_handler_cli.lab.simulator.simulation import simulate
from stripe_subscription_handler.user_agent import USER_AGENT
from support.dynamodb_wire.clients import ENVIRONMENT, KINDS, Driven, Kind, driving
from support.dynamodb_wire.comparing import COMMIT, GET, alike
from support.dynamodb_wire.requests import Call, calls, requests_of, requests_of_operations
from support.dynamodb_wire.server import Received, WireDynamoDB
from support.dynamodb_wire.steps import End, Reply, ok, refusal
from support.dynamodb_wire.told import run, sent, token_of

each = pytest.mark.parametrize("kind", KINDS, ids=str)
TRACE_ID = "_X_AMZN_TRACE_ID"


def sent_by(wire: WireDynamoDB, driven: Driven, *made: Call, steps: tuple[Reply, ...] = ()) -> list[Received]:
    """Make the calls, each answered as an empty success unless there are steps; returns what came."""
    run(wire, driven, steps or [Reply()] * len(made), made)
    assert not wire.unexpected
    assert not wire.steps_left
    return list(wire.received)


def compared(wire: WireDynamoDB, made: list[Call], **variables: str) -> None:
    """Make the calls with both; asserts that the same was sent."""
    alike(wire, *[Reply()] * len(made), calls=made, environment={**ENVIRONMENT, **variables})


@each
def test_every_byte_of_a_request(wire: WireDynamoDB, kind: Kind) -> None:
    """The head in full, in its order, and the body."""
    with driving(kind, wire.url) as driven:
        [one] = sent_by(wire, driven, GET)
    assert one.request_line == "POST / HTTP/1.1"
    signed = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
    date = one.header("X-Amz-Date") or ""
    scope = f"{ENVIRONMENT['AWS_ACCESS_KEY_ID']}/{date[:8]}/eu-west-1/dynamodb/aws4_request"
    signature = (one.header("Authorization") or "").rpartition("=")[2]
    assert one.headers == (
        ("Host", wire.url.removeprefix("http://")),
        ("Accept-Encoding", "identity"),
        ("X-Amz-Target", "DynamoDB_20120810.GetItem"),
        ("Content-Type", "application/x-amz-json-1.0"),
        ("User-Agent", USER_AGENT),
        ("X-Amz-Date", date),
        ("X-Amz-Security-Token", ENVIRONMENT["AWS_SESSION_TOKEN"]),
        (
            "Authorization",
            f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature={signature}",
        ),
        ("amz-sdk-invocation-id", one.header("amz-sdk-invocation-id")),
        ("amz-sdk-request", one.header("amz-sdk-request")),
        ("Content-Length", str(len(one.body))),
    )
    assert one.body == json.dumps(GET[1]).encode()
    sent([one])  # verifies the signature


def test_what_the_store_sends_for_real_events(wire: WireDynamoDB) -> None:
    """Lives of several users, from sign-up to the end, and every request of the function's operations."""
    made = requests_of(event for seed in range(3) for event in simulate(seed, 2, SimulationOptions()).events)
    some = random.Random(0).sample(made, 60)  # noqa: S311 - a choice of examples
    operations = requests_of_operations()
    compared(wire, some + operations)
    assert {operation for operation, _ in some} >= {"update_item", "transact_write_items", "query"}
    assert {operation for operation, _ in operations} >= {"get_item", "batch_get_item", "query"}


@settings(max_examples=10, deadline=None)
@given(made=st.lists(calls(), min_size=1, max_size=8))
def test_any_request(wire: WireDynamoDB, made: list[Call]) -> None:
    """Any text, number, binary, set and nesting in any operation."""
    compared(wire, made)


@pytest.mark.parametrize(
    "variables",
    [
        {TRACE_ID: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"},
        {TRACE_ID: "Root=1 é/\\\"'{}[]&:+,~*"},
        {TRACE_ID: ""},
        {TRACE_ID: "Root=1", "AWS_LAMBDA_FUNCTION_NAME": ""},
        {"AWS_SESSION_TOKEN": ""},
        {"AWS_MAX_ATTEMPTS": "9", "AWS_RETRY_MODE": "legacy", "AWS_SDK_UA_APP_ID": "app"},
    ],
    ids=repr,
)
def test_what_the_environment_changes(wire: WireDynamoDB, variables: Mapping[str, str]) -> None:
    """The trace's header, the session's token; and what the function's own settings outweigh."""
    compared(wire, [GET, COMMIT], **variables)


@each
def test_the_trace_is_that_of_each_invocation(
    wire: WireDynamoDB, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lambda sets the variable anew for every event, long after the client was made."""
    found = []
    with driving(kind, wire.url) as driven:
        for trace in ("Root=1", "Root=2"):
            monkeypatch.setenv(TRACE_ID, trace)
            found += [one.header("X-Amzn-Trace-Id") for one in sent_by(wire, driven, GET)]
    assert found == ["Root=1", "Root=2"]


@each
def test_an_endpoint_for_dynamodb_alone_outweighs_the_one_for_all(wire: WireDynamoDB, kind: Kind) -> None:
    """As AWS's variables say it, in whatever case the host is written."""
    own = {"AWS_ENDPOINT_URL_DYNAMODB": f"http://LocalHost:{wire.port}/"}
    with driving(kind, "http://127.0.0.1:9", {**ENVIRONMENT, **own}) as driven:
        [one] = sent_by(wire, driven, GET)
    assert one.header("Host") == f"localhost:{wire.port}"
    sent([one])


@each
def test_one_connection_is_kept(wire: WireDynamoDB, kind: Kind) -> None:
    """Request after request, refusals too."""
    steps = (ok(), refusal("ValidationException"), ok(), refusal("ThrottlingException"), ok())
    with driving(kind, wire.url) as driven:
        came = sent_by(wire, driven, GET, GET, COMMIT, GET, steps=steps)
    assert len({one.connection for one in came}) == 1


@each
@pytest.mark.parametrize("end", [End.CLOSED, End.RESET])
def test_a_kept_connection_that_was_ended_meanwhile_is_replaced(
    wire: WireDynamoDB, kind: Kind, end: End
) -> None:
    """DynamoDB closes what idles, and a frozen environment idles long: that is no failed attempt."""
    with driving(kind, wire.url) as driven:
        came = sent_by(wire, driven, GET, GET, steps=(Reply(end=end), Reply()))
        assert driven.pauses == []
    first, second = came
    assert first.header("amz-sdk-request") == second.header("amz-sdk-request")
    assert first.connection != second.connection


@each
def test_a_connection_is_not_used_again_where_the_answer_says_so(wire: WireDynamoDB, kind: Kind) -> None:
    """`Connection: close`, though the server lets it stand."""
    closing = Reply(headers=(("Connection", "close"),))
    with driving(kind, wire.url) as driven:
        came = sent_by(wire, driven, GET, GET, steps=(closing, Reply()))
    assert came[0].connection != came[1].connection


@each
def test_what_a_repetition_has_in_common_with_the_first_attempt(wire: WireDynamoDB, kind: Kind) -> None:
    """The idempotency token and the call's id; another call has others."""
    steps = (refusal("ThrottlingException"), refusal("InternalServerError", 500), ok(), ok())
    with driving(kind, wire.url) as driven:
        *tries, other = sent_by(wire, driven, COMMIT, COMMIT, steps=steps)
    for about in (token_of, lambda one: one.header("amz-sdk-invocation-id")):
        assert len({about(one) for one in tries}) == 1
        assert about(other) != about(tries[0])
        assert len(str(about(other))) == 36  # a UUID
    numbers = [(one.header("amz-sdk-request") or "").split("attempt=")[1] for one in tries]
    assert [number.partition(";")[0] for number in numbers] == ["1", "2", "3"]
    assert [number.partition("; ")[2] for number in numbers[1:]] == ["max=4", "max=4"]


@each
def test_a_token_that_is_given_is_taken(wire: WireDynamoDB, kind: Kind) -> None:
    """Whoever names an idempotency token means it."""
    given_token: dict[str, Any] = {**COMMIT[1], "ClientRequestToken": "mine"}
    with driving(kind, wire.url) as driven:
        [one] = sent_by(wire, driven, ("transact_write_items", given_token))
    assert token_of(one) == "mine"

"""Both clients do the same when something goes wrong: attempts, pauses, what is raised, and what it says.

Pauses are compared exactly: both draw them from the same chance.
"""

import contextlib
import socket
from collections.abc import Iterator

import attrs
import pytest
from botocore.exceptions import HTTPClientError

from support.dynamodb_wire.clients import BOTOCORE, ENVIRONMENT, KINDS, LEAN, Kind, driving
from support.dynamodb_wire.comparing import GET, ITEM, alike
from support.dynamodb_wire.faults import ATTEMPTS, FAULTS, IS_OF_2026, REPEATED, Fault
from support.dynamodb_wire.server import WireDynamoDB
from support.dynamodb_wire.steps import Crc, End, Framing, Reply, Silence, refusal
from support.dynamodb_wire.told import run

each = pytest.mark.parametrize("kind", KINDS, ids=str)
SHORT_SECONDS = 0.15
"""A time-out that is waited for."""


def within(pauses: list[float], longest: float | None) -> bool:
    """Whether pauses keep to the bounds, each twice the one before."""
    return longest is not None and all(
        0 <= pause <= min(longest * 2**number, 20) for number, pause in enumerate(pauses)
    )


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_what_fails_every_time(wire: WireDynamoDB, fault: Fault) -> None:
    """Four attempts or one; between them exponential pauses with jitter, longer where DynamoDB throttles."""
    ran = alike(wire, *[fault.step] * ATTEMPTS)
    [told] = ran.told
    assert (told.error, told.code) == (fault.error, fault.code)
    is_repeated = fault.longest_pause is not None
    assert len(ran.sent) == (ATTEMPTS if is_repeated else 1)
    assert len(ran.pauses) == len(ran.sent) - 1
    assert not is_repeated or within(ran.pauses, fault.longest_pause)
    assert "max retries: 3" in told.text or not (is_repeated and told.is_clients)


@pytest.mark.parametrize("fault", REPEATED, ids=str)
def test_what_passes(wire: WireDynamoDB, fault: Fault) -> None:
    """After two failures an answer: the caller sees nothing but the number of repetitions."""
    ran = alike(wire, fault.step, fault.step, ITEM)
    [told] = ran.told
    assert told.value["Item"] == {"a": {"S": "1"}}
    assert told.value["ResponseMetadata"]["RetryAttempts"] == 2


@pytest.mark.parametrize(
    "silence", [b"", b"HTTP/1.1 200 OK\r\nDate:", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"]
)
def test_a_time_out(wire: WireDynamoDB, silence: bytes) -> None:
    """No answer, half a head, half a body."""
    ran = alike(wire, *[Silence(silence)] * ATTEMPTS, timeout_seconds=SHORT_SECONDS)
    [told] = ran.told
    assert (told.error, len(ran.sent)) == ("ReadTimeoutError", ATTEMPTS)


def test_an_answer_after_a_time_out(wire: WireDynamoDB) -> None:
    """The late answer's connection is not used again: it could hold the wrong one."""
    ran = alike(wire, Silence(), ITEM, ITEM, timeout_seconds=1.0, calls=[GET] * (2))
    assert [told.error for told in ran.told] == [None, None]
    first, second, third = (one.connection for one in ran.sent)
    assert first != second == third


@contextlib.contextmanager
def full_backlog() -> Iterator[str]:
    """A port that takes no more connections and refuses none: whoever connects waits."""
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(2):
            one = waiting.enter_context(socket.socket())
            one.settimeout(0)
            one.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@each
def test_nobody_takes_the_connection(wire: WireDynamoDB, kind: Kind) -> None:
    """A connection that is not made in time."""
    with full_backlog() as url, driving(kind, url, timeout_seconds=SHORT_SECONDS) as driven:
        [told] = run(wire, driven, [], [GET]).told
        assert told.error == "ConnectTimeoutError"
        assert told.text == f'Connect timeout on endpoint URL: "{url}/"'
        assert len(driven.pauses) == ATTEMPTS - 1


@each
@pytest.mark.parametrize("comes_back", [True, False])
def test_refused_connections(kind: Kind, comes_back: bool) -> None:  # noqa: FBT001 - a case
    """Nobody listens; with the third pause somebody does, or not."""
    with WireDynamoDB() as wire:
        wire.refuse()

        def listen_in_time() -> None:
            if comes_back and len(driven.pauses) == ATTEMPTS - 1:
                wire.listen()

        with driving(kind, wire.url, during_pause=listen_in_time) as driven:
            ran = run(wire, driven, [ITEM], [GET])
    [told] = ran.told
    if comes_back:
        assert told.value["ResponseMetadata"]["RetryAttempts"] == ATTEMPTS - 1
    else:
        assert told.error == "EndpointConnectionError"
        assert told.text == f'Could not connect to the endpoint URL: "{wire.url}/"'


@each
def test_a_name_that_nobody_has(wire: WireDynamoDB, kind: Kind) -> None:
    """The endpoint's host cannot be found. `.invalid` is nobody's (source: RFC 2606)."""
    with driving(kind, "http://dynamodb.invalid:1") as driven:
        [told] = run(wire, driven, [], [GET]).told
    assert told.error == "EndpointConnectionError"


def test_how_long_dynamodb_asks_to_wait(wire: WireDynamoDB) -> None:
    """At least that long, and at most five seconds longer than else; what is no number counts for nothing."""
    throttled = refusal("ThrottlingException")
    for asked, shortest in (("3000", 3.0), ("60000", 5.0), ("soon", 0.0), ("-1", 0.0)):
        answer = attrs.evolve(throttled, headers=(("x-amz-retry-after", asked),))
        pauses = alike(wire, *[answer] * ATTEMPTS).pauses
        assert not IS_OF_2026 or min(pauses) >= shortest
        assert not IS_OF_2026 or max(pauses) <= 5 + 4
    alike(wire, *[attrs.evolve(throttled, headers=(("Retry-After", "9"),))] * ATTEMPTS)


@pytest.mark.parametrize(
    "fault", [refusal("ThrottlingException"), Reply(b"", 500, crc=Crc.NONE)], ids=["throttled", "500"]
)
def test_the_quota_of_repetitions(wire: WireDynamoDB, fault: Reply) -> None:
    """Where everything fails, repeating ends; a success gives back what its own last repetition took."""
    failing = 40
    steps = [fault] * failing * ATTEMPTS
    ran = alike(wire, *steps, calls=[GET] * (failing))
    assert len(ran.pauses) == 500 // (5 if fault.status == 400 or not IS_OF_2026 else 14)
    assert ran.told[-1].response["ResponseMetadata"]["RetryQuotaReached"] is True
    assert "max retries" not in ran.told[-1].text


def test_the_quota_is_filled_again(wire: WireDynamoDB) -> None:
    """By answers, slowly; and by an answer to a repetition as much as that took."""
    failed = refusal("ThrottlingException")
    empty = [failed] * (100 + 34)
    passing = [failed, ITEM]
    steps = [*empty, *[ITEM] * 7, *passing * 3, *[failed] * 8]
    ran = alike(wire, *steps, calls=[GET] * (34 + 7 + 3 + 4))
    assert "RetryQuotaReached" in str(ran.told[33])
    assert len(ran.pauses) == 100 + 3 + 1  # seven successes are worth one repetition of five


@pytest.mark.parametrize("status", [200, 400])
def test_a_wrong_checksum(wire: WireDynamoDB, status: int) -> None:
    """An answer that is not what DynamoDB sent is asked for again, an error's too."""
    wrong = refusal("ConditionalCheckFailedException") if status == 400 else ITEM
    ran = alike(wire, attrs.evolve(wrong, crc=Crc.WRONG), ITEM)
    assert ran.told[0].value["Item"] == {"a": {"S": "1"}}
    assert len(ran.pauses) == 1


def test_a_checksum_that_stays_wrong_is_no_success(wire: WireDynamoDB) -> None:
    """The damaged item is what botocore returns then; its legacy mode raised what the lean client raises."""
    wrong = [attrs.evolve(ITEM, crc=Crc.WRONG)] * ATTEMPTS
    with driving(BOTOCORE, wire.url) as driven:
        [told] = run(wire, driven, wrong, [GET]).told
        assert "Item" in told.value
    with driving(LEAN, wire.url) as driven:
        ran = run(wire, driven, wrong, [GET])
        assert (ran.told[0].error, len(ran.sent)) == ("ChecksumError", ATTEMPTS)


@pytest.mark.parametrize("crc", [Crc.RIGHT, Crc.NONE])
@pytest.mark.parametrize("cut_to", [0, 1, 12])
def test_half_an_answer_is_a_lost_connection(wire: WireDynamoDB, crc: Crc, cut_to: int) -> None:
    """Shorter than its `Content-Length`. In the end botocore of 2026 takes it for an empty success."""
    half = Reply(b'{"Item": {"a": {"S": "1"}}}', crc=crc, cut_to=cut_to)
    with driving(LEAN, wire.url) as driven:
        ran = run(wire, driven, [half] * ATTEMPTS, [GET])
        assert (ran.told[0].error, len(ran.sent)) == ("ConnectionClosedError", ATTEMPTS)
        assert within(ran.pauses, 0.025 if IS_OF_2026 else 1.0)
        [told] = run(wire, driven, [half, ITEM], [GET]).told
        assert told.value["Item"] == {"a": {"S": "1"}}


@pytest.mark.parametrize("framing", [Framing.LENGTH, Framing.CHUNKED])
@pytest.mark.parametrize("end", [End.CLOSED, End.RESET])
def test_the_next_call_after_an_answer_that_ended_the_connection(
    wire: WireDynamoDB, framing: Framing, end: End
) -> None:
    """A whole answer counts, whatever becomes of the connection; the next call makes another."""
    last = attrs.evolve(ITEM, framing=framing, end=end)
    if (framing, end) == (Framing.LENGTH, End.RESET):
        last = attrs.evolve(last, end=End.CLOSED)  # a reset may overtake the answer's last bytes
    ran = alike(wire, last, ITEM, calls=[GET] * (2))
    assert [told.error for told in ran.told] == [None, None]
    assert ran.pauses == []


def test_a_header_of_several_lines_is_never_sent(wire: WireDynamoDB) -> None:
    """Whatever stands in the environment cannot begin a second request."""
    environment = {**ENVIRONMENT, "AWS_SESSION_TOKEN": "a-token\r\n\r\nPOST / HTTP/1.1"}
    with driving(LEAN, wire.url, environment) as driven:
        wire.begin()
        with pytest.raises(HTTPClientError, match="a header of several lines"):
            driven.client.get_item(TableName="t", Key={"PK": {"S": "1"}})
    assert not wire.received

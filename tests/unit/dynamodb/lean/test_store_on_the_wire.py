"""The store comes to the same with either client, from a request's bytes to what an event's log line says."""

from typing import Any

import pytest
from botocore.exceptions import ChecksumError

from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Outcome
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import ItemTooLargeError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.lambda_errors import error_fields, raise_without_values
from support import events
from support.dynamodb_wire.clients import KINDS, LEAN, Kind, driving
from support.dynamodb_wire.requests import CONFIG
from support.dynamodb_wire.server import WireDynamoDB
from support.dynamodb_wire.steps import Crc, Drop, Reply, Step, ok, refusal

each = pytest.mark.parametrize("kind", KINDS, ids=str)
CREATED = events.created(events.subscription())
RENEWED = events.updated(events.subscription(), previous={"status": "incomplete"})
THROTTLED = refusal("ThrottlingException")


def _canceled(*codes: str, **reason: Any) -> Reply:
    reasons = [{"Code": code, **({} if code == "None" else reason)} for code in codes]
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


def handled(
    wire: WireDynamoDB, kind: Kind, raw: dict[str, Any], *steps: Step
) -> tuple[Outcome, Store, list[str]]:
    """Handle an event; returns what came of it, the store, and the operations that were asked for."""
    with driving(kind, wire.url) as driven:
        wire.begin(*steps)
        store = Store(driven.client, CONFIG, sleep=lambda _: None)
        outcome = store.run(handling(parse_event(raw)), raw)
        wire.settle()
    assert not wire.unexpected
    asked = [(one.header("X-Amz-Target") or "").rpartition(".")[2] for one in wire.received]
    return outcome, store, asked


@each
def test_a_first_event(wire: WireDynamoDB, kind: Kind) -> None:
    """One transaction."""
    outcome, store, asked = handled(wire, kind, CREATED, ok())
    assert (outcome.applied, store.requests, asked) == (True, 1, ["TransactWriteItems"])


@each
def test_an_item_that_is_refused_is_read_from_the_refusal(wire: WireDynamoDB, kind: Kind) -> None:
    """The condition fails and the item comes with the answer: one of the app's, which shows nothing yet."""
    item = {"PK": {"S": "USER#user_1"}, "SK": {"S": "PROFILE"}, "avatar": {"B": "AAE="}}
    steps = (refusal("ConditionalCheckFailedException", Item=item), ok())
    outcome, store, asked = handled(wire, kind, RENEWED, *steps)
    assert (outcome.applied, store.requests, asked) == (True, 2, ["UpdateItem", "TransactWriteItems"])


@each
def test_repetitions_by_the_client_count(wire: WireDynamoDB, kind: Kind) -> None:
    """Throttled, lost and late are requests too."""
    outcome, store, asked = handled(
        wire, kind, RENEWED, THROTTLED, Drop(), refusal("InternalServerError", 500), ok()
    )
    assert (outcome.applied, store.requests, asked) == (True, 4, ["UpdateItem"] * 4)


@each
def test_repetitions_by_the_store(wire: WireDynamoDB, kind: Kind) -> None:
    """A cancelled transaction that was throttled or met another one is sent again, as another one."""
    steps = (_canceled("ThrottlingError", "None"), _canceled("None", "TransactionConflict"), ok())
    outcome, store, _ = handled(wire, kind, CREATED, *steps)
    assert (outcome.applied, store.requests) == (True, 3)
    tokens = {one.body.rpartition(b"ClientRequestToken")[2] for one in wire.received}
    assert len(tokens) == 3


@each
def test_an_item_that_would_be_too_large(wire: WireDynamoDB, kind: Kind) -> None:
    """DynamoDB says so in words only."""
    message = "Item size to update has exceeded the maximum allowed size"
    with pytest.raises(ItemTooLargeError):
        handled(wire, kind, RENEWED, refusal("ValidationException", message=message))
    with pytest.raises(ItemTooLargeError):
        handled(wire, kind, CREATED, _canceled("None", "ValidationError", Message=message))


@each
@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (
            (refusal("RequestLimitExceeded"),) * 4,
            {"error_type": "RequestLimitExceeded", "reason": "UpdateItem: RequestLimitExceeded"},
        ),
        (
            (refusal("AccessDeniedException"),),
            {"error_type": "ClientError", "reason": "UpdateItem: AccessDeniedException"},
        ),
        (
            (refusal("ExpiredTokenException"),),
            {"error_type": "ClientError", "reason": "UpdateItem: ExpiredTokenException"},
        ),
        ((Reply(b"", 503),) * 4, {"error_type": "ClientError", "reason": "UpdateItem: 503"}),
        ((Drop(),) * 4, {"error_type": "ConnectionClosedError", "reason": None}),
    ],
    ids=["throttled", "denied", "expired", "503", "lost"],
)
def test_what_an_error_is_called_in_the_log(
    wire: WireDynamoDB, kind: Kind, steps: tuple[Step, ...], expected: dict[str, str | None]
) -> None:
    """Its type and DynamoDB's code; and what Lambda is told is the error itself, for it holds no values."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - which one is what the test is about
        handled(wire, kind, RENEWED, *steps)
    assert error_fields(raised.value) == expected
    with pytest.raises(type(raised.value)):
        raise_without_values(raised.value)


def test_a_spoiled_answer_is_told_as_it_is(wire: WireDynamoDB) -> None:
    """Lambda keeps its text with the failed event, for it holds two checksums and no value."""
    with pytest.raises(ChecksumError) as raised:
        handled(wire, LEAN, RENEWED, *(Reply(crc=Crc.WRONG),) * 4)
    assert error_fields(raised.value) == {"error_type": "ChecksumError", "reason": None}
    with pytest.raises(ChecksumError, match="crc32"):
        raise_without_values(raised.value)

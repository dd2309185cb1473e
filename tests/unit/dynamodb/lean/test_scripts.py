"""Whatever DynamoDB and the network do, in whatever order, both clients come to the same.

A script says what becomes of each request; both clients make the same calls against it. They must send the
same requests on as many connections, pause as long, and tell their callers the same.
"""

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from support.dynamodb_wire.clients import KINDS
from support.dynamodb_wire.comparing import COMMIT, GET, UPDATE, ran_by
from support.dynamodb_wire.faults import ATTEMPTS, FAULTS
from support.dynamodb_wire.requests import Call
from support.dynamodb_wire.server import WireDynamoDB
from support.dynamodb_wire.steps import Crc, End, Framing, Reply, Step, ok, refusal
from support.dynamodb_wire.told import Told

WIRE_ITEM = {"PK": {"S": "é"}, "data": {"B": "AAE="}}
LARGE = {"text": {"S": "x" * 100_000}}
CALLS: tuple[tuple[Call, tuple[Reply, ...]], ...] = (
    (GET, (ok(), ok(Item=WIRE_ITEM), ok(Item=LARGE))),
    (UPDATE, (ok(), ok(Attributes=WIRE_ITEM))),
    (COMMIT, (ok(),)),
    (("query", {"TableName": "sync"}), (ok(Items=[WIRE_ITEM], Count=1, LastEvaluatedKey=WIRE_ITEM),)),
)
"""Calls, and what DynamoDB may answer to each."""
REFUSALS = (
    refusal("ConditionalCheckFailedException", Item=WIRE_ITEM),
    refusal("TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Item": WIRE_ITEM}]),
)
DAMAGED, HALF = "x-damaged", "x-half"
"""Headers that mark the answers of which botocore makes a success in the end, and the lean client none."""


def steps(successes: tuple[Reply, ...]) -> st.SearchStrategy[Step]:
    """What becomes of one request, of those that may be answered so: most often it is not."""
    answers = st.builds(
        lambda answer, framing, end, crc: attrs.evolve(answer, framing=framing, end=end, crc=crc),
        st.sampled_from((*successes, *REFUSALS)),
        st.sampled_from(Framing),
        st.sampled_from((End.KEPT, End.CLOSED)),
        st.sampled_from((Crc.RIGHT, Crc.NONE)),
    )
    faults = st.sampled_from([fault.step for fault in FAULTS])
    patient = st.sampled_from(("1", "7000", "later")).map(
        lambda wait: attrs.evolve(
            refusal("ThrottlingException"), headers=(("x-amz-retry-after", wait), ("Connection", "close"))
        )
    )
    damaged = st.sampled_from(successes).map(
        lambda answer: attrs.evolve(answer, crc=Crc.WRONG, headers=((DAMAGED, "1"),))
    )
    half = st.sampled_from(successes).map(
        lambda answer: attrs.evolve(answer, cut_to=len(answer.body) // 2, headers=((HALF, "1"),))
    )
    return st.one_of(answers, faults, faults, patient, damaged, half)


def as_the_lean_client_tells_it(told: Told) -> Told:
    """What botocore told, but for successes that were none."""
    headers = (told.value or {}).get("ResponseMetadata", {}).get("HTTPHeaders", {})
    if HALF in headers:
        return Told(error="ConnectionClosedError")
    return Told(error="ChecksumError") if DAMAGED in headers else told


def without_words(told: Told) -> Told:
    """What an error of the connection is, but not what it says."""
    known = ("ConnectionClosedError", "ChecksumError")
    return Told(error=told.error) if told.error in known else told


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_script(wire: WireDynamoDB, data: st.DataObject) -> None:
    """Values and errors, requests, connections and pauses."""
    call, successes = data.draw(st.sampled_from(CALLS))
    calls = [call] * data.draw(st.integers(1, 5))
    longest = ATTEMPTS * len(calls)
    script = data.draw(st.lists(steps(successes), min_size=longest, max_size=longest))
    botocores, leans = (ran_by(wire, kind, *script, calls=calls) for kind in KINDS)
    assert [without_words(one) for one in leans.told] == [
        without_words(as_the_lean_client_tells_it(one)) for one in botocores.told
    ]
    assert leans.pauses == botocores.pauses
    assert leans.sent == botocores.sent

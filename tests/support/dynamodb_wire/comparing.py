"""Lets both clients make the same calls against the same script, and asserts that they come to the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from support.dynamodb_wire.clients import BOTOCORE, ENVIRONMENT, LEAN, PATIENT_SECONDS, Kind, driving
from support.dynamodb_wire.server import WireDynamoDB
from support.dynamodb_wire.steps import Step, ok
from support.dynamodb_wire.told import Ran, run

KEY = {"PK": {"S": "USER#1"}, "SK": {"S": "PROFILE"}}
ABOUT: Mapping[str, Any] = {"TableName": "profiles", "Key": KEY}
Calls = Sequence[tuple[str, Mapping[str, Any]]]
GET: tuple[str, Mapping[str, Any]] = ("get_item", ABOUT)
UPDATE: tuple[str, Mapping[str, Any]] = ("update_item", {**ABOUT, "ReturnValues": "UPDATED_OLD"})
COMMIT: tuple[str, Mapping[str, Any]] = ("transact_write_items", {"TransactItems": [{"Delete": ABOUT}]})
ITEM = ok(Item={"a": {"S": "1"}})


def ran_by(
    wire: WireDynamoDB,
    kind: Kind,
    *steps: Step,
    calls: Calls = (GET,),
    environment: Mapping[str, str] = ENVIRONMENT,
    timeout_seconds: float = PATIENT_SECONDS,
) -> Ran:
    """Let one kind of client make the calls; asserts that the script was as long as need be."""
    with driving(kind, wire.url, environment, timeout_seconds=timeout_seconds) as driven:
        ran = run(wire, driven, steps, calls)
    assert not wire.unexpected
    return ran


def alike(wire: WireDynamoDB, *steps: Step, **circumstances: Any) -> Ran:
    """Let both make the calls, as `ran_by`; asserts that all came to the same, and returns it."""
    botocores, leans = (ran_by(wire, kind, *steps, **circumstances) for kind in (BOTOCORE, LEAN))
    assert leans == botocores
    return botocores

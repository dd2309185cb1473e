"""What a webhook request is answered, and where the endpoint's secrets come from."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.listen.command import signing_secrets
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT
from stripe_subscription_handler.webhook_bridge.receiving import ForwardingError, Receiver, Reply
from support.webhooks import NOW, SECRET, signed

EVENT = {"id": "evt_1", "object": "event", "type": "customer.created"}


def received(
    payload: bytes, header: str | None, *, failing: ForwardingError | None = None
) -> tuple[Reply, Any]:
    """The answer, and what was forwarded."""
    forwarded: list[Mapping[str, Any]] = []

    def forward(event: Mapping[str, Any]) -> None:
        if failing:
            raise failing
        forwarded.append(event)

    return Receiver(lambda: (SECRET,), forward, lambda: NOW)(payload, header), forwarded


def test_a_signed_event_is_forwarded_and_answered_with_200() -> None:
    """Whole, as Stripe sent it."""
    payload = json.dumps(EVENT).encode()
    reply, forwarded = received(payload, signed(payload))
    expected = Reply(HTTPStatus.OK, event_id="evt_1", event_type="customer.created", sender="stripe")
    assert (reply, forwarded) == (expected, [EVENT])


def test_what_stripe_failed_to_tell_is_forwarded_too() -> None:
    """It comes by an endpoint for thin events, whose secret is one of the bridge's."""
    said = {"id": "evt_said", "object": "v2.core.event", "type": GENERATION_FAILURE_EVENT}
    payload = json.dumps(said).encode()
    reply, forwarded = received(payload, signed(payload))
    assert (reply.status, forwarded) == (HTTPStatus.OK, [said])


def test_without_a_good_signature_nothing_is_forwarded() -> None:
    """400, as Stripe's documentation has it."""
    payload = json.dumps(EVENT).encode()
    for header in (None, "", signed(b"something else")):
        reply, forwarded = received(payload, header)
        assert (reply.status, forwarded) == (HTTPStatus.BAD_REQUEST, [])


PAYLOAD = json.dumps(EVENT).encode()


@pytest.mark.parametrize(
    ("payload", "header", "sender"),
    [
        (PAYLOAD, signed(PAYLOAD, "whsec_of_another_endpoint"), "stripe"),
        (PAYLOAD, signed(b"another body"), "stripe"),
        (PAYLOAD, signed(PAYLOAD, at=NOW - 301), "stripe"),
        (b"[]", signed(b"[]"), "stripe"),
        (PAYLOAD, None, "stranger"),
        (PAYLOAD, "t=1,v1=short", "stranger"),
        (PAYLOAD, "t=later,v1=" + "0" * 64, "stranger"),
        (b"", signed(b"", "whsec_made_up"), "stranger"),
        (b'{"object": "customer"}', signed(b"", "whsec_made_up"), "stranger"),
        (b"[" * 100_000, signed(b"", "whsec_made_up"), "stranger"),
        (b"login=admin", None, "stranger"),
    ],
)
def test_a_refused_event_of_stripes_is_told_from_a_strangers_request(
    payload: bytes, header: str | None, sender: str
) -> None:
    """By the header and the body's form: a wrong secret is to be corrected, a scanner is let alone."""
    reply, forwarded = received(payload, header)
    assert (reply.status, reply.sender, forwarded) == (HTTPStatus.BAD_REQUEST, sender, [])


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"object": "customer"}',
        b'{"object": "event", "id": "evt_1"}',
        b'{"object": "event", "id": 1, "type": "x"}',
        b'{"object": "event", "id": "evt_1", "type": "x", "n": NaN}',
        b"[" * 100_000,
    ],
    ids=lambda payload: payload[:60].decode("latin-1"),
)
def test_a_signed_body_that_is_no_event_is_refused(payload: bytes) -> None:
    """Somebody else's webhook, signed with the same secret, does not get on the bus."""
    reply, forwarded = received(payload, signed(payload))
    assert (reply.status, forwarded) == (HTTPStatus.BAD_REQUEST, [])


def test_stripe_is_told_when_the_bus_did_not_take_the_event() -> None:
    """Then Stripe sends it again."""
    payload = json.dumps(EVENT).encode()
    reply, _ = received(payload, signed(payload), failing=ForwardingError("the bus is away"))
    assert (reply.status, reply.message) == (HTTPStatus.SERVICE_UNAVAILABLE, "the bus is away")
    assert reply.event_id == "evt_1"


def test_secrets_come_from_the_environment_several_by_commas() -> None:
    """As many as are valid while one is rolled."""
    assert signing_secrets({"STRIPE_WEBHOOK_SECRET": " whsec_a, whsec_b ,"}) == ("whsec_a", "whsec_b")


@pytest.mark.parametrize("value", ["", " , ", "sk_test_123", "whsec_", "whsec_a,rk_live_9"])
def test_something_else_than_signing_secrets_is_refused_unquoted(value: str) -> None:
    """An API key put there by mistake does not get into the terminal's scrollback."""
    with pytest.raises(CliError) as caught:
        signing_secrets({"STRIPE_WEBHOOK_SECRET": value})
    assert "STRIPE_WEBHOOK_SECRET" in str(caught.value)
    assert "test_123" not in str(caught.value)
    assert "live_9" not in str(caught.value)

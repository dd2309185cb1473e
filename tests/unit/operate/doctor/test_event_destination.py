"""Asking Stripe for the event destination, through the real `stripe` client and HTTP on the loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.areas.stripe import DestinationFacts, look_at_destination
from stripe_handler_cli.stack.event_destinations import EventDestination
from stripe_handler_cli.stack.stripe_options import StripeAccess
from support.doctor.aws import Aws

KEY = "rk_test_doctor"
SOURCE = "aws.partner/stripe.com/ed_test_2"
TYPES = frozenset({"customer.subscription.updated"})


def destination(number: int, **changes: Any) -> dict[str, Any]:
    """An event destination as Stripe shows it."""
    return {
        "id": f"ed_test_{number}",
        "object": "v2.core.event_destination",
        "type": "amazon_eventbridge",
        "status": "enabled",
        "status_details": None,
        "enabled_events": ["invoice.paid"],
        "event_payload": "snapshot",
        "snapshot_api_version": "2026-10-28.endive",
        "livemode": False,
        "amazon_eventbridge": {
            "aws_account_id": "123456789012",
            "aws_event_source_arn": (
                f"arn:aws:events:us-east-1::event-source/aws.partner/stripe.com/ed_test_{number}"
            ),
            "aws_event_source_status": "active",
        },
        **changes,
    }


WEBHOOK = {**destination(9), "type": "webhook_endpoint", "amazon_eventbridge": None}


@attrs.define
class Destinations:
    """Answers `GET /v2/core/event_destinations`, one destination a page."""

    found: list[dict[str, Any]]

    def answer(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """One page."""
        if headers.get("Authorization") != f"Bearer {KEY}":
            return 401, {"error": {"message": f"Invalid API Key provided: {headers['Authorization']}"}}
        assert urlsplit(path).path == "/v2/core/event_destinations"
        page = int(parse_qs(urlsplit(path).query).get("page", ["0"])[0])
        more = page + 1 < len(self.found)
        following = f"/v2/core/event_destinations?page={page + 1}" if more else None
        return 200, {"data": self.found[page : page + 1], "next_page_url": following}


@contextmanager
def served(destinations: Destinations) -> Iterator[str]:
    """Serve them on a free port; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, answer = destinations.answer(self.path, dict(self.headers.items()))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def look(
    *found: dict[str, Any],
    key: str | None = KEY,
    source: str = SOURCE,
    environment: dict[str, str] | None = None,
) -> DestinationFacts:
    """What is seen of these destinations for a function without a Stripe key, and a rule with one type."""
    answers = {
        "get_function_configuration": {"Environment": {"Variables": environment or {}}},
        "describe_rule": {"State": "ENABLED", "EventPattern": "{}"},
        "test_event_pattern": lambda **asked: {"Result": json.loads(asked["Event"])["detail-type"] in TYPES},
    }
    outputs = {"event_bus_name": source, "function_name": "f", "rule_name": "r"}
    with served(Destinations(list(found))) as url:
        stripe = StripeAccess(key, "STRIPE_API_KEY", url) if key else None
        return look_at_destination(Aws(answers).site(outputs, stripe=stripe))


def test_the_destination_of_the_stacks_event_source_is_found() -> None:
    """By the partner event source's ARN, on whichever page, whatever other kinds there are."""
    assert look(WEBHOOK, destination(1), destination(2)) == DestinationFacts(
        event_source=SOURCE,
        found=EventDestination(
            id="ed_test_2",
            is_enabled=True,
            enabled_events=frozenset({"invoice.paid"}),
            payload="snapshot",
            api_version="2026-10-28.endive",
            account_id="123456789012",
            source_arn=f"arn:aws:events:us-east-1::event-source/{SOURCE}",
            source_status="active",
        ),
        admitted_types=TYPES,
        has_key=False,
    )


@pytest.mark.parametrize(
    ("shown", "found"),
    [({}, {"@self"}), ({"events_from": None}, {"@self"}), ({"events_from": ["@accounts"]}, {"@accounts"})],
)
def test_whose_events_it_sends_is_read(shown: dict[str, Any], found: set[str]) -> None:
    """Stripe's default where it says nothing; and what the function does with others' events."""
    facts = look(destination(2, **shown), environment={"CONNECT_EVENTS": "handle"})
    assert facts.found is not None
    assert facts.found.events_from == found
    assert facts.connect_events == "handle"


def test_a_disabled_destination_tells_why() -> None:
    """Stripe's own word for it."""
    details = {"disabled": {"reason": "no_aws_event_source_exists"}}
    found = look(destination(2, status="disabled", status_details=details)).found
    assert found is not None
    assert (found.is_enabled, found.disabled_reason) == (False, "no_aws_event_source_exists")


def test_another_account_has_no_such_destination() -> None:
    """A fact, not an error."""
    assert look(destination(1)).found is None
    assert look().found is None


def test_a_custom_bus_has_no_destination() -> None:
    """Stripe is not asked, with or without a key."""
    assert look(key=None, source="my-bus") == DestinationFacts(event_source=None)


def test_without_a_key_nothing_is_looked_at() -> None:
    """The message says where a key is looked for."""
    with pytest.raises(CliError, match="no Stripe key in STRIPE_API_KEY"):
        look(destination(2), key=None)


def test_a_key_of_the_other_mode_is_not_sent() -> None:
    """It sees other destinations, so that ours would seem to be missing."""
    with pytest.raises(CliError, match="is for live mode, and the event source for test"):
        look(destination(2), key="rk_live_x")


def test_a_refused_key_is_not_shown() -> None:
    """The variable it came from is."""
    with pytest.raises(CliError) as caught:
        look(destination(2), key="rk_test_revoked")
    assert str(caught.value) == (
        "Stripe: HTTP 401, with the key in STRIPE_API_KEY: Stripe knows no such key, or it has expired"
    )
    assert "rk_test_revoked" not in repr(StripeAccess("rk_test_revoked", "STRIPE_API_KEY"))

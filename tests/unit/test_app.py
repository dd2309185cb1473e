"""The Lambda entry: one JSON line per event, errors raised again, nothing personal in the log."""

import io
import json
from typing import Any

import pytest
import structlog
from botocore.exceptions import ClientError

from stripe_subscription_handler.app import Runtime, handle
from stripe_subscription_handler.config import Config, Livemode
from stripe_subscription_handler.errors import InvalidEventError, UserNotFoundError
from stripe_subscription_handler.policy import Unmapped
from stripe_subscription_handler.store import Store
from support import events
from support.dynamodb import ScriptedDynamoDB, client_error


class Lambda:
    """The handler over a scripted DynamoDB, with its log lines."""

    def __init__(self, *script: dict | ClientError, **settings: Any) -> None:
        """Wire the handler."""
        config = Config(table_name="profiles", sync_table_name="sync", **settings)
        self._output = io.StringIO()
        log = structlog.wrap_logger(
            structlog.WriteLogger(self._output), processors=[structlog.processors.JSONRenderer()]
        )
        self._runtime = Runtime(Store(ScriptedDynamoDB(list(script)), config), config, log)  # type: ignore[arg-type]

    def __call__(self, raw: Any) -> dict[str, Any]:
        """Invoke it."""
        return handle(raw, self._runtime)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log so far."""
        return [json.loads(line) for line in self._output.getvalue().splitlines()]


def test_an_applied_event_is_one_line() -> None:
    """Everything an operator asks for: ids, decision, reason, both statuses, requests."""
    function = Lambda({"Attributes": {"subscriptionStatus": {"S": "incomplete"}}})
    raw = events.envelope(events.updated(events.subscription(), previous={"status": "incomplete"}))
    assert function(raw) == {"eventId": "evt_1", "decision": "write", "reason": "primary"}
    assert function.lines == [
        {
            "event": "event",
            "event_id": "evt_1",
            "event_type": "customer.subscription.updated",
            "subscription_id": "sub_1",
            "user_id": "user_1",
            "decision": "write",
            "reason": "primary",
            "old_status": "incomplete",
            "new_status": "active",
            "requests": 1,
        }
    ]


def test_a_skipped_event_is_one_line() -> None:
    """One-off invoices are skipped, and the log says so."""
    function = Lambda()
    assert function(events.paid(events.invoice(parent=None)))["reason"] == "one_off_invoice"
    assert [(line["decision"], line["requests"]) for line in function.lines] == [("skip", 0)]


def test_the_log_names_the_user_found_by_a_link() -> None:
    """The event names nobody; the line names the owner found."""
    links = {"owner_sub_1": {"M": {"user": {"S": "user_9"}, "version": {"S": "v"}}}}
    function = Lambda({"Item": links}, {"Attributes": {}})
    function(events.paid(events.invoice(user=None)))
    assert (function.lines[0]["user_id"], function.lines[0]["requests"]) == ("user_9", 2)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"detail": "x", "detail-type": "invoice.paid"}, "detail"),
        (events.created(events.subscription(status=None)), "event.data.object.status"),
        ("not even an object", "event"),
    ],
)
def test_a_malformed_event_is_logged_and_raised(raw: Any, field: str) -> None:
    """Raised again, so that Lambda retries and the failure queue gets it; the line names the field."""
    function = Lambda()
    with pytest.raises(InvalidEventError, match=field):
        function(raw)
    [line] = function.lines
    assert (line["decision"], line["error_type"]) == ("error", "InvalidEventError")
    assert line["reason"].startswith(f"{field}:")


def test_an_unknown_user_is_logged_and_raised() -> None:
    """The event ends in the failure queue, visible and redrivable."""
    function = Lambda({}, unmapped=Unmapped.DEAD_LETTER)
    with pytest.raises(UserNotFoundError):
        function(events.paid(events.invoice(user=None)))
    assert function.lines[0]["error_type"] == "UserNotFoundError"


def test_foreign_error_texts_stay_out_of_the_log() -> None:
    """Only our own messages are known to hold nothing personal."""
    function = Lambda(client_error("AccessDeniedException"))
    with pytest.raises(ClientError):
        function(events.updated(events.subscription(), previous={}))
    assert function.lines[0]["error_type"] == "ClientError"
    assert "secret detail" not in json.dumps(function.lines)


@pytest.mark.parametrize(
    ("livemode", "accepted", "refused"),
    [(Livemode.LIVE, True, False), (Livemode.TEST, False, True)],
)
def test_events_of_the_other_mode_are_refused(livemode: Livemode, *, accepted: bool, refused: bool) -> None:
    """A test payment never unlocks a live profile; the wrong event is an error that shows."""
    function = Lambda({}, {}, livemode=livemode)
    function({**events.created(events.subscription()), "livemode": accepted})
    with pytest.raises(InvalidEventError, match="livemode"):
        function({**events.created(events.subscription()), "livemode": refused})


def test_personal_data_in_an_event_stays_out_of_the_log() -> None:
    """E-mail, name, address and hosted invoice URL of the customer are never logged."""
    invoice = events.invoice(
        customer_email="ada@example.com",
        customer_name="Ada Example",
        customer_address={"line1": "1 Example Street"},
        hosted_invoice_url="https://invoice.example.com/secret",
    )
    function = Lambda({"Attributes": {}})
    function(events.paid(invoice))
    logged = json.dumps(function.lines)
    assert not any(word in logged for word in ("ada@", "Ada", "Example Street", "https://"))

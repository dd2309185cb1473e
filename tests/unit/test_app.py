"""The Lambda entry: one JSON line per event, errors raised again, nothing personal in the log."""

import io
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stripe_subscription_handler.app import Runtime, handle
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import Livemode, Unmapped
from stripe_subscription_handler.decisions.view import alone_view
from stripe_subscription_handler.decisions.view_settings import DEFAULTS
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.dynamodb.sync_table import link_ids, link_key
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.errors import InvalidEventError, UserNotFoundError
from stripe_subscription_handler.events.selection import PLAIN
from stripe_subscription_handler.events.subscriptions import read_subscription
from stripe_subscription_handler.logger import make_logger
from stripe_subscription_handler.operations.names import COUNT_PARKED_REQUEST
from support import events
from support.dynamodb import ScriptedDynamoDB, client_error, transaction_canceled

NOW = 1_790_000_000
FIXTURES = Path(__file__).parents[1] / "fixtures"


def changed_by(body: dict[str, Any]) -> dict[str, Any]:
    """The view's attributes that a first event about this subscription sets, as DynamoDB returns them."""
    subscription = read_subscription(body, "subscription", PLAIN)
    values = alone_view(subscription, DEFAULTS)
    return to_wire({name: value for name, value in values.items() if value is not None})


class Lambda:
    """The handler over a scripted DynamoDB, with its log lines."""

    def __init__(self, *script: dict | ClientError, **settings: Any) -> None:
        """Wire the handler."""
        config = Config(table_name="profiles", sync_table_name="sync", **settings)
        self._output = io.StringIO()
        store = Store(ScriptedDynamoDB(list(script)), config, clock=lambda: NOW)  # type: ignore[arg-type]
        ticks = itertools.count(100.0, 0.0129)
        self._runtime = Runtime(store, config, make_logger(output=self._output), clock=lambda: next(ticks))

    def __call__(self, raw: Any) -> dict[str, Any]:
        """Invoke it."""
        return handle(raw, self._runtime)

    @property
    def levels(self) -> list[str]:
        """The level of each line so far."""
        return [json.loads(line)["level"] for line in self._output.getvalue().splitlines()]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log so far, but for what is on every line."""
        lines = [json.loads(line) for line in self._output.getvalue().splitlines()]
        return [{name: line[name] for name in line.keys() - {"level", "timestamp"}} for line in lines]


def test_an_applied_event_is_one_line() -> None:
    """Everything an operator asks for: ids, decision, reason, both statuses, requests."""
    body = events.subscription()
    old = {**changed_by(body), "subscriptionStatus": {"S": "incomplete"}, "subscriptionTrialEnd": {"S": "t"}}
    function = Lambda({"Attributes": old})
    raw = events.envelope(events.updated(events.subscription(), previous={"status": "incomplete"}))
    assert function(raw) == {"eventId": "evt_1", "decision": "write", "reason": "primary"}
    assert function.lines == [
        {
            "event": "event",
            "source": "aws.partner/stripe.com/ed_test_1",
            "event_id": "evt_1",
            "event_type": "customer.subscription.updated",
            "event_created": "2025-11-22T08:26:40Z",
            "subscription_id": "sub_1",
            "user_id": "user_1",
            "decision": "write",
            "reason": "primary",
            "old_status": "incomplete",
            "new_status": "active",
            "changed": ["subscriptionStatus", "subscriptionTrialEnd"],
            "requests": 1,
            "duration_ms": 12,
        }
    ]


def test_the_first_event_changes_everything_it_sets() -> None:
    """No old values are known, because there are none."""
    function = Lambda({})
    body = events.subscription()
    function(events.created(body))
    assert set(function.lines[0]["changed"]) == set(changed_by(body))


def test_a_replayed_event_says_so() -> None:
    """EventBridge marks what an archive replay sends; the line names the replay, of a failed event too."""
    function = Lambda({})
    function(events.envelope(events.created(events.subscription())) | {"replay-name": "again"})
    with pytest.raises(InvalidEventError):
        function(events.envelope(events.created(events.subscription(status=None))) | {"replay-name": "again"})
    assert [line["replay"] for line in function.lines] == ["again", "again"]


def test_a_skipped_event_is_one_line() -> None:
    """One-off invoices are skipped, and the log says so."""
    function = Lambda()
    assert function(events.paid(events.invoice(parent=None)))["reason"] == "one_off_invoice"
    assert [(line["decision"], line["requests"]) for line in function.lines] == [("skip", 0)]


def test_what_stripe_failed_to_tell_is_a_warning() -> None:
    """The alarm must see the line, whatever came of it, at any level up to that."""
    function = Lambda()
    raw = json.loads((FIXTURES / "2026-endive/thin_event_generation_failure.json").read_text("utf-8"))
    assert function(raw)["reason"] == "not_told"
    [line] = function.lines
    assert (line["event_type"], line["decision"]) == (raw["detail-type"], "skip")
    assert function.levels == ["warning"]


@pytest.mark.parametrize("livemode", Livemode)
def test_a_ping_is_answered_with_a_line_that_names_the_destination(livemode: Livemode) -> None:
    """Whatever mode is accepted: it changes nothing, costs no request, and whoever sent it sees it arrive."""
    function = Lambda(livemode=livemode)
    raw = json.loads((FIXTURES / "2026-endive/event_destination_ping.json").read_text("utf-8"))
    assert function(raw) == {"eventId": "evt_test_65Ping", "decision": "skip", "reason": "ping"}
    [line] = function.lines
    assert line["destination_id"] == "ed_test_61FakeDestination"
    assert (line["decision"], line["reason"], line["requests"]) == ("skip", "ping", 0)
    del raw["detail"]["related_object"]
    assert function(raw)["reason"] == "ping"


def test_the_log_names_the_user_found_by_a_link() -> None:
    """The event names nobody; the line names the owner found."""
    claim = {"M": {"k": {"S": "3 0 1763800000 1"}, "u": {"S": "user_9"}}}
    key = to_wire(link_key("cus_1", "sub_1") | link_ids("cus_1", "sub_1"))
    link = {**key, "owner": {"S": "user_9"}, "claim": claim}
    function = Lambda({"Items": [link]}, {"Attributes": {}})
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
    assert line["duration_ms"] == 12
    assert line["reason"].startswith(f"{field}:")


def test_an_unknown_user_is_logged_and_raised() -> None:
    """The event ends in the failure queue, visible and redrivable."""
    function = Lambda({"Items": []}, unmapped=Unmapped.DEAD_LETTER)
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


def test_what_aws_refused_is_named_by_its_code() -> None:
    """The operation and the code tell an operator what to repair; both are AWS's own words."""
    function = Lambda(client_error("AccessDeniedException"))
    with pytest.raises(ClientError):
        function(events.updated(events.subscription(), previous={}))
    assert function.lines[0]["reason"] == "UpdateItem: AccessDeniedException"


def test_a_cancelled_transaction_is_named_by_its_reasons() -> None:
    """The code alone would only say that it was cancelled."""
    function = Lambda(transaction_canceled({"Code": "None"}, {"Code": "ItemCollectionSizeLimitExceeded"}))
    with pytest.raises(ClientError):
        function(events.created(events.subscription()))
    reason = "TransactWriteItems: TransactionCanceledException, ItemCollectionSizeLimitExceeded"
    assert function.lines[0]["reason"] == reason


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


def test_asked_to_count_it_applies_nothing_and_logs_one_line_of_data() -> None:
    """The schedule's constant is no event: no decision in the line, so no metric of events counts it."""
    function = Lambda({"Count": 1}, {"Count": 2}, {"Items": [{"expiresAt": {"N": str(NOW + 3600)}}]})
    answer = function(dict(COUNT_PARKED_REQUEST))
    assert answer == {
        "decision": "count",
        "parked": 3,
        "parkedExpiring": 1,
        "deliveryQueueOldestSeconds": None,
        "failureQueueOldestSeconds": None,
    }
    thirty_days = 30 * 24 * 3600
    assert function.lines == [
        {
            "event": "parked_count",
            "parked": 3,
            "parked_expiring": 1,
            "oldest_parked_seconds": thirty_days - 3600,
            "requests": 3,
        }
    ]


def test_a_count_that_fails_is_an_error_that_shows() -> None:
    """Nobody would be told of parked events any more: logged, and raised for Lambda to retry."""
    function = Lambda(client_error("AccessDeniedException", "Query"))
    with pytest.raises(ClientError):
        function(dict(COUNT_PARKED_REQUEST))
    [line] = function.lines
    assert (line["decision"], line["error_type"], line["event_id"]) == ("error", "ClientError", None)


def test_a_request_that_only_looks_like_counting_is_an_event() -> None:
    """And a malformed one."""
    with pytest.raises(InvalidEventError):
        Lambda()({"stripe-subscription-handler": "count-everything"})


def test_data_for_metrics_is_written_at_every_log_level() -> None:
    """An alarm that waits for the next count would otherwise never clear; messages stay filtered."""
    output, config = io.StringIO(), Config(table_name="profiles", sync_table_name="sync")
    store = Store(ScriptedDynamoDB([{"Count": 0}, {"Count": 0}]), config)  # type: ignore[arg-type]
    wired = Runtime(store, config, make_logger("ERROR", output), report=make_logger(output=output))
    handle(events.paid(events.invoice(parent=None)), wired)
    assert output.getvalue() == ""
    handle(dict(COUNT_PARKED_REQUEST), wired)
    assert "parked_count" in output.getvalue()


def test_an_operation_is_answered_and_not_logged_as_an_event() -> None:
    """The self-check of `operations` goes through the same entry, and no event's line is written."""
    access_denied = [client_error("AccessDeniedException")] * 2
    function = Lambda(*access_denied)
    answer = function({"stripe-subscription-handler": "self-check"})
    assert answer["profileTable"] == answer["syncTable"] == "UpdateItem: AccessDeniedException"
    assert function.lines == []

"""`stripe-handler parked`: which events wait, in which order, and what is told of each."""

import io
import json
from typing import Any

import pytest
from rich.console import Console

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.simulator import thin_event
from stripe_handler_cli.operate.parked.report import print_waiting, waiting_as_json
from stripe_handler_cli.operate.parked.waiting import Waiting, WaitingEvent, count_now, read_waiting
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT
from support import events
from support.parked_index import ParkedIndex

NOW = 1_790_000_000
DAY = 24 * 3600


def item(expires_at: int, stored: str) -> dict[str, Any]:
    """A parked event as the sync table has it."""
    return to_wire(
        {
            "PK": "CUSTOMER#cus_1",
            "customer": "cus_1",
            "SK": f"PARKED#{expires_at}",
            "event": stored,
            "parkedAt": expires_at - 30 * DAY,
            "expiresAt": expires_at,
            "waitingFor": "user",
        }
    )


INVOICE = json.dumps(events.envelope(events.paid(events.invoice(user=None))))
SOON, LATER = NOW + DAY, NOW + 20 * DAY
INDEX = ParkedIndex(
    [LATER, SOON], {f"PARKED#{SOON}": item(SOON, INVOICE), f"PARKED#{LATER}": item(LATER, "no JSON")}
)


def waiting(index: ParkedIndex = INDEX, limit: int = 10, **options: Any) -> Waiting:
    """What is read of the index."""
    return read_waiting(index, "sync", NOW, limit=limit, **options)  # type: ignore[arg-type]


def test_the_first_to_expire_comes_first_with_what_to_label() -> None:
    """Customer, subscription and type; an event that cannot be read is listed too."""
    found = waiting()
    assert (found.parked, found.expiring) == (2, 1)
    first, second = found.events
    assert first == WaitingEvent(
        event_id=str(SOON),
        event_type="invoice.payment_succeeded",
        customer_id="cus_1",
        subscription_id="sub_1",
        parked_at="2026-08-23T14:13:20Z",
        expires_at="2026-09-22T14:13:20Z",
        is_expiring=True,
    )
    assert (second.event_id, second.event_type, second.is_expiring) == (str(LATER), None, False)


def test_the_list_can_be_short_while_all_are_counted() -> None:
    """By a limit, or to those that expire soon."""
    assert [len(waiting(limit=1).events), waiting(limit=1).parked] == [1, 2]
    assert [event.event_id for event in waiting(expiring_only=True).events] == [str(SOON)]


def test_an_event_applied_meanwhile_is_not_listed() -> None:
    """The index is a moment behind the table."""
    assert waiting(ParkedIndex([SOON])).events == ()


def next_steps(*stored: dict[str, Any], options: str = "") -> list[str | None]:
    """The next step of events that wait."""
    items = {f"PARKED#{SOON + n}": item(SOON + n, json.dumps(one)) for n, one in enumerate(stored)}
    found = waiting(ParkedIndex([SOON + n for n in range(len(stored))], items))
    return [event["next"] for event in waiting_as_json(found, options)["events"]]


CREATED = events.created(events.subscription(user=None))
PAID = events.paid(events.invoice(user=None))


def test_the_next_step_labels_the_subscription() -> None:
    """On the same stack; the person fills in the user."""
    assert (
        next_steps(CREATED, PAID, options=" --workspace production")
        == ["stripe-handler link sub_1 USER --workspace production"] * 2
    )


def test_an_event_of_another_account_names_it() -> None:
    """Stripe would not find the subscription in the key's own."""
    assert next_steps({**CREATED, "account": "acct_1"}) == ["stripe-handler link sub_1 USER --account acct_1"]


def test_an_event_that_names_no_subscription_leads_to_its_customers() -> None:
    """A thin event of an invoice, Stripe's word that it failed to generate one; not what is unreadable."""
    health = thin_event(CREATED) | {"type": GENERATION_FAILURE_EVENT, "related_object": None}
    assert next_steps(thin_event(CREATED), thin_event(PAID), health, {}, options=" --workspace w") == [
        "stripe-handler link sub_1 USER --workspace w",
        "stripe-handler reconcile --customer cus_1 --workspace w",
        "stripe-handler reconcile --customer cus_1 --workspace w",
        None,
    ]


def test_people_are_told_each_next_step_once_in_80_columns() -> None:
    """Below the table, in a line of its own that can be copied."""
    subscription_id = "sub_1MowQVLkdIwHu7ixeRlqHVzs"
    body = events.subscription(id=subscription_id, user=None)
    stored = [json.dumps(events.created(body, event_id=f"evt_{n}")) for n in range(2)]
    index = ParkedIndex(
        [SOON, LATER],
        {f"PARKED#{time}": item(time, text) for time, text in zip((SOON, LATER), stored, strict=True)},
    )
    out = io.StringIO()
    print_waiting(Console(file=out, width=80), waiting(index), "")
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert lines[-3:] == [
        "2 waiting; to expire within 7 days: 1.",
        "Next, with your user's id for USER:",
        f"  stripe-handler link {subscription_id} USER",
    ]
    assert max(map(len, lines)) <= 80


def test_where_nothing_waits_there_is_no_next_step() -> None:
    """Only the count."""
    out = io.StringIO()
    print_waiting(Console(file=out, width=80), waiting(ParkedIndex([])), "")
    assert out.getvalue() == "0 waiting; to expire within 7 days: 0.\n"


class Function:
    """A stand-in for the Lambda client."""

    def __init__(self, answer: dict[str, Any]) -> None:
        """Answer so."""
        self.answer, self.payloads = answer, []

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        """Answer an Invoke."""
        self.payloads.append(json.loads(parameters["Payload"]))
        return self.answer


def test_counting_now_sends_what_the_schedule_sends() -> None:
    """The same constant, so the same log line."""
    function = Function({"Payload": io.BytesIO(b"{}")})
    count_now(function, "handler")  # type: ignore[arg-type]
    assert function.payloads == [{"stripe-subscription-handler": "count-parked"}]


@pytest.mark.parametrize(
    ("body", "named"), [(b'{"errorType": "ClientError"}', "ClientError"), (b"junk", "Unhandled")]
)
def test_a_count_that_fails_is_an_error_of_the_command(body: bytes, named: str) -> None:
    """With the error's type; the log has the rest."""
    function = Function({"FunctionError": "Unhandled", "Payload": io.BytesIO(body)})
    with pytest.raises(CliError, match=named):
        count_now(function, "handler")  # type: ignore[arg-type]

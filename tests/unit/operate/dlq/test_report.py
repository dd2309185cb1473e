"""What people and programs are shown of dead letters."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from rich.console import Console

from stripe_handler_cli.operate.dlq import report
from stripe_handler_cli.operate.dlq.invoking import Applied, NotApplied
from stripe_handler_cli.operate.dlq.redriving import Outcome, Result, Tally
from stripe_handler_cli.stack.dead_letters.messages import DeadLetter, Layer
from stripe_handler_cli.stack.dead_letters.queues import Counts, Listing, Queue
from stripe_handler_cli.stack.function_log import History, LogLine

SENT = datetime(2025, 11, 22, 8, 0, tzinfo=UTC)
NOW = SENT + timedelta(days=2, hours=3)
LETTER = DeadLetter(
    "m1",
    Layer.FUNCTION,
    event_id="evt_1",
    event_type="customer.subscription.updated",
    user_id="user_1",
    sent_at=SENT,
    received=2,
    attempts=3,
    gave_up="RetriesExhausted",
    error_type="KeyError",
    error_message="'jane@example.com'",
    stack_trace=("File a, line 1",),
    payload='{"detail": {"id": "evt_1", "customer_email": "jane@example.com"}}',
)
FAILED = LogLine(handled_at=SENT, decision="error", error_type="KeyError")
DAYS_14 = 14 * 86_400


def printed(show: Any, *arguments: Any) -> str:
    """What is printed."""
    console = Console(file=io.StringIO(), width=200)
    show(console, *arguments)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


def listing(*letters: DeadLetter, unseen: int = 0, in_flight: int = 0) -> Listing:
    """A failure queue in which these were found."""
    counts = Counts(len(letters) + unseen, in_flight, DAYS_14)
    queue = Queue(None, "https://queue", Layer.FUNCTION, "userId")  # type: ignore[arg-type]
    return Listing(queue, counts, letters, len(letters), is_whole=not unseen)


def test_a_list_shows_each_letter_once_and_what_it_could_not_show() -> None:
    """Age, expiry, what is beyond the limit, what others hold; nothing personal but the user's id."""
    text = printed(report.print_listings, [listing(LETTER, unseen=7, in_flight=5)], NOW)
    for word in (
        "evt_1",
        "customer.subscription.updated",
        "user_1",
        "2 d",
        "KeyError",
        "(whole text: dlq show)",
    ):
        assert text.count(word) >= 1
    assert "jane" not in text
    assert "1 message: 1 KeyError" in text
    assert "About 7 more in the failure queue" in text
    assert "About 5 more are held by another command" in text
    assert "The oldest of these in the failure queue expires in 11 d." in text


def test_an_empty_list_says_so() -> None:
    """No table, and no expiry."""
    assert printed(report.print_listings, [listing()], NOW) == "No dead letters.\n"


def test_a_letter_is_shown_whole() -> None:
    """Error, stack trace, every attempt, and the event."""
    attempts = (FAILED, LogLine(handled_at=NOW, decision="write", reason="primary"))
    text = printed(report.print_letter, LETTER, History(attempts), NOW)
    for words in (
        "'jane@example.com'",
        "File a, line 1",
        "2025-11-22T08:00:00+00:00  error  KeyError",
        "2025-11-24T11:00:00+00:00  write    primary",
        '"customer_email": "jane@example.com"',
    ):
        assert words in text


@pytest.mark.parametrize(
    ("history", "words"),
    [(None, "could not be read"), (History(is_complete=False), "there may be more")],
)
def test_a_history_that_is_not_whole_says_so(history: History | None, words: str) -> None:
    """An empty list would read as "never tried"."""
    assert words in printed(report.print_letter, LETTER, history, NOW)


def test_nothing_in_a_message_can_move_the_cursor_or_be_taken_for_markup() -> None:
    """Anyone may send a message to a queue."""
    nasty = attrs.evolve(
        LETTER, event_type="\x1b[2J[red]x[/red]\ud800\u202e\n", payload='"\\u001b[2J\\ud800"'
    )
    text = printed(report.print_listings, [listing(nasty)], NOW)
    text += printed(report.print_letter, attrs.evolve(nasty, error_message="\x1b]0;x"), None, NOW)
    assert "\x1b" not in text
    assert "[red]x[/red]" in text
    text.encode()


def test_json_of_a_list_has_the_summary_of_each_letter() -> None:
    """For programs; the event is not in it."""
    found = json.loads(json.dumps(report.listings_as_json([listing(LETTER, unseen=1)], NOW)))
    assert found == {
        "messages": [
            {
                "message_id": "m1",
                "layer": "function",
                "event_id": "evt_1",
                "event_type": "customer.subscription.updated",
                "user_id": "user_1",
                "sent_at": "2025-11-22T08:00:00+00:00",
                "age_seconds": 183_600,
                "received": 2,
                "attempts": 3,
                "gave_up": "RetriesExhausted",
                "error_type": "KeyError",
                "error_message": None,
                "is_message_hidden": True,
            }
        ],
        "queues": {
            "function": {
                "url": "https://queue",
                "looked_at": 1,
                "not_looked_at": 1,
                "held_by_others": 0,
                "retention_seconds": DAYS_14,
            }
        },
    }


def test_json_of_a_letter_has_everything() -> None:
    """The event as JSON, the log's attempts with their times."""
    history = History((FAILED,))
    found = json.loads(json.dumps(report.letter_as_json(LETTER, history, NOW)))
    assert found["event"] == json.loads(LETTER.payload or "")
    assert found["error_message"] == "'jane@example.com'"
    assert found["stack_trace"] == ["File a, line 1"]
    assert found["log"] == [
        {"at": "2025-11-22T08:00:00+00:00", "decision": "error", "reason": None, "error_type": "KeyError"}
    ]


def test_a_redrive_is_told_by_what_came_of_it() -> None:
    """Applied by decision, left by the error met now, parked and undeleted ones explained."""
    tally = Tally()
    summary = LETTER.summary()
    for result in (
        Result(summary, Outcome.APPLIED, Applied("write", "primary"), removed=True),
        Result(summary, Outcome.APPLIED, Applied("skip", "parked"), removed=False),
        Result(summary, Outcome.LEFT, error=NotApplied("StripeUnavailableError", "no answer")),
        Result(summary, Outcome.UNREADABLE),
        Result(summary, Outcome.NOT_CHOSEN),
    ):
        tally.add(result)
    text = printed(report.print_tally, tally, NOW)
    for words in (
        "2 messages applied: 1 write · primary, 1 skip · parked.",
        "Parked: kept for 30 days, applied when the customer is linked.",
        "Of the applied, 1 not deleted",
        "1 message left in place: 1 StripeUnavailableError.",
        "1 message left in place: no event inside",
    ):
        assert words in text
    assert "no answer" in text


def test_json_of_a_result_has_both_errors() -> None:
    """Why the message came here, and what was met now."""
    result = Result(LETTER.summary(), Outcome.LEFT, error=NotApplied("ValueError", None))
    found = report.result_as_json(result, NOW)
    assert (found["error_type"], found["outcome"]) == ("KeyError", "left")
    assert found["redrive_error"] == {"error_type": "ValueError", "error_message": None}
    assert (found["decision"], found["reason"]) == (None, None)

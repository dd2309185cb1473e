"""Events from files: what is read, and which element is named when it cannot be."""

import json
from pathlib import Path

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.simulator import envelope, simulate
from stripe_handler_cli.operate.send.files import read_events
from stripe_handler_cli.stack.renamed_user import with_user
from stripe_subscription_handler import parse_event

ONE, TWO = ({"id": f"evt_{n}", "object": "event", "type": "invoice.paid", "created": 1} for n in (1, 2))


def written(tmp_path: Path, text: str) -> Path:
    """A file with the text."""
    path = tmp_path / "events.json"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([ONE, TWO], indent=2),
        f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n",
        f"{json.dumps(envelope(ONE))}\n\n{json.dumps(envelope(TWO))}",
        json.dumps([envelope(ONE), TWO]),
    ],
    ids=["array", "lines", "envelopes", "mixed"],
)
def test_events_are_read_in_their_order(tmp_path: Path, text: str) -> None:
    """Bare or in envelopes."""
    assert read_events(written(tmp_path, text)) == [ONE, TWO]


def test_one_event_is_read_however_it_is_laid_out(tmp_path: Path) -> None:
    """A fixture of the tests, say, or what Stripe's dashboard shows."""
    assert read_events(written(tmp_path, json.dumps(ONE, indent=2))) == [ONE]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no events"),
        ("[]", "holds no events"),
        ("{", "line 1 cannot be read"),
        (f"{json.dumps(ONE)}\nnonsense", "line 2 cannot be read"),
        ("3", "the event: must be a Stripe event"),
        (json.dumps([ONE, {"id": "evt_2"}]), "element 2: `type`"),
        (f'{json.dumps(ONE)}\n{{"type": "x"}}', "line 2: `id`"),
        ('{"detail-type": "x", "detail": null}', "the event: must be a Stripe event"),
    ],
)
def test_what_is_no_event_is_named(tmp_path: Path, text: str, message: str) -> None:
    """The file, the place and the field."""
    with pytest.raises(CliError, match=message):
        read_events(written(tmp_path, text))


def test_every_simulated_event_can_be_given_to_ones_own_user() -> None:
    """In every era and scenario; nothing else of it changes."""
    for life in simulate(seed=3, users=40).lives:
        for event in life.events:
            user_before = parse_event(event).user_id
            renamed = with_user(event, "userId", "me")
            assert parse_event(renamed).user_id in ({"me"} if user_before else {"me", None})
            assert "user_3_" not in json.dumps(renamed)
            assert json.dumps(renamed).count("evt_") == json.dumps(event).count("evt_")


def test_a_subscription_of_nobody_gets_the_user() -> None:
    """Events of `stripe trigger` name none."""
    event = {"type": "customer.subscription.created", "data": {"object": {"id": "sub_1", "metadata": None}}}
    assert with_user(event, "userId", "me")["data"]["object"]["metadata"] == {"userId": "me"}
    assert event["data"] == {"object": {"id": "sub_1", "metadata": None}}

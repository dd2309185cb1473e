"""Which dead letters a command is about."""

import pytest

from stripe_handler_cli.stack.dead_letters.messages import Choice, DeadLetter, Layer

LETTER = DeadLetter("m1", Layer.FUNCTION, event_id="evt_1", error_type="KeyError")
STRANGER = DeadLetter("m2", Layer.DELIVERY, error_type="unreadable")


@pytest.mark.parametrize(
    ("choice", "letter", "stranger"),
    [
        (Choice(), True, True),
        (Choice(ids=frozenset({"evt_1"})), True, False),
        (Choice(ids=frozenset({"m2", "evt_9"})), False, True),
        (Choice(ids=frozenset({"evt_1", "m2"})), True, True),
        (Choice(error_types=frozenset({"KeyError"})), True, False),
        (Choice(error_types=frozenset({"unreadable", "KeyError"})), True, True),
        (Choice(layers=frozenset({Layer.DELIVERY})), False, True),
        (Choice(ids=frozenset({"evt_1"}), error_types=frozenset({"ValueError"})), False, False),
        (Choice(ids=frozenset({"evt_1"}), layers=frozenset({Layer.DELIVERY})), False, False),
    ],
)
def test_every_criterion_given_must_hold(choice: Choice, *, letter: bool, stranger: bool) -> None:
    """Any value of a criterion, all criteria; ids are of events or of messages."""
    assert (choice.matches(LETTER), choice.matches(STRANGER)) == (letter, stranger)


def test_an_id_is_found_under_either_name() -> None:
    """So that a command can tell which of the ids asked for it did not find."""
    choice = Choice(ids=frozenset({"evt_1", "m2", "evt_9"}))
    assert choice.names_of(LETTER) | choice.names_of(STRANGER) == {"evt_1", "m2"}


def test_only_the_queues_that_may_hold_a_match_are_looked_through() -> None:
    """A layer chooses its queue."""
    assert [layer for layer in Layer if Choice(layers=frozenset({Layer.FUNCTION})).is_in(layer)] == [
        Layer.FUNCTION
    ]

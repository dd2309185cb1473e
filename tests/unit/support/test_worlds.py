"""Worlds are drawn in few choices, however their tapes end."""

import random
from collections.abc import Iterator

import pytest

from support.tapes import Tape
from support.worlds import CHOICES, Kinds, drawn_world

MOST = 100 * CHOICES


@pytest.mark.parametrize("kinds", [Kinds(companions=3), Kinds(companions=3, labels=3, baskets=True)], ids=str)
def test_a_tape_that_ends_early_ends_the_world(kinds: Kinds) -> None:
    """Also where the customer that everything then falls to has been deleted."""
    chance = random.Random(1)  # noqa: S311 - not a secret
    for _ in range(1_000):
        tape, picks = Tape(chance.randbytes(chance.randrange(40))), iter(range(MOST))

        def pick(n: int, tape: Tape = tape, picks: Iterator[int] = picks) -> int:
            next(picks)
            return tape.pick(n)

        assert drawn_world(pick, kinds).facts

"""The fuzz corpus: damaged Stripe events of every era, the same ones for the same seed.

Made of the hand-written fixtures and of simulated lives. Neighbours in the corpus are events of one life, or
several damages of one fixture, under ids of their own, so that they also meet in the tables as duplicates,
late events and ties, and no user collects the whole corpus.
"""

import copy
import itertools
import json
import os
import random
import re
from collections.abc import Iterator
from typing import Any

import attrs

from stripe_handler_cli.lab.simulator import SimulationOptions, envelope, simulate, thin_event
from support.damages import DAMAGES, SHALLOW
from support.fixtures import fixture_id, load_all

SEED = 20_261
SIZE = int(os.environ.get("STRIPE_HANDLER_CORPUS", "4000"))
"""How many mutants a run has: the first ones of the same corpus; docs/faults.md tells of 10,000."""
TOGETHER = 6
"""How many neighbours share their ids."""
SEVERAL = "several"
"""Name of the damage that is two to four at once."""
SHARE_OF_SEVERAL = 0.15
SHARE_OF_FIXTURES = 0.5
LARGEST_BYTES = 1_000_000
"""EventBridge takes no more than 1 MB, so nothing larger reaches the function."""

_SIMULATED_USERS = 60
_ID = re.compile(r"(evt|sub|cus|in|cs)_\w+")
_USERS = ("userId", "client_reference_id")
"""Keys whose values name a user."""


@attrs.frozen
class Mutant:
    """One damaged event.

    Attributes:
        number: Its place in the corpus.
        damage: What was done to it, a name of `DAMAGES` or `SEVERAL`.
        origin: What it was made of.
        raw: What the function is handed.
        text: The same as JSON, in ASCII; NaN and infinities, which JSON does not have, as Python writes them.
    """

    number: int
    damage: str
    origin: str
    raw: Any = attrs.field(repr=False)
    text: str = attrs.field(repr=False)


def corpus(size: int = SIZE, seed: int = SEED) -> Iterator[Mutant]:
    """Make the corpus, one mutant after the other.

    Args:
        size: How many.
        seed: The same seed gives the same mutants, whatever the size.
    """
    rng = random.Random(f"fuzz {seed}")  # noqa: S311 - repeatable on purpose
    fixtures = [(fixture_id(fixture), fixture.raw) for fixture in load_all()]
    lives = _lives(seed)
    donors = [raw for _, raw in fixtures] + [raw for life in lives for _, raw in life[:2]]
    number = 0
    while True:
        neighbours = _neighbours(rng, fixtures, lives)
        group = number // TOGETHER
        for origin, original in neighbours:
            if number >= size:
                return
            damage, raw, text = _damaged(rng, _renamed(original, str(group)), donors)
            yield Mutant(number, damage, origin, raw, text)
            number += 1


Named = tuple[str, Any]


def _neighbours(rng: random.Random, fixtures: list[Named], lives: list[list[Named]]) -> list[Named]:
    if rng.random() < SHARE_OF_FIXTURES:
        return [rng.choice(fixtures)] * TOGETHER
    life = rng.choice(lives)
    start = rng.randrange(max(1, len(life) - TOGETHER + 1))
    some = life[start : start + TOGETHER]
    return (some * TOGETHER)[:TOGETHER]


def _lives(seed: int) -> list[list[Named]]:
    options = SimulationOptions(also=("owner_move",), sessions=True, customers=True, moves=True)
    snapshots = simulate(seed, _SIMULATED_USERS, options).lives
    lives = [
        [(f"simulated {event['type']} {life.version.name}", envelope(event)) for event in life.events]
        for life in snapshots
    ]
    thin = [(f"simulated {event['type']} thin", envelope(thin_event(event))) for event in snapshots[0].events]
    return [life for life in (*lives, thin) if life]


def _damaged(rng: random.Random, original: Any, donors: list[Any]) -> tuple[str, Any, str]:
    while True:
        raw = copy.deepcopy(original)
        if rng.random() >= SHARE_OF_SEVERAL:
            label = rng.choice(list(DAMAGES))
            raw = DAMAGES[label](rng, raw, donors)
        else:
            label = SEVERAL
            for name in rng.sample(SHALLOW, rng.randrange(2, 5)):
                raw = DAMAGES[name](rng, raw, donors)
        if _is_deliverable(raw):
            return label, raw, json.dumps(raw)


def _is_deliverable(raw: Any) -> bool:
    # Added up first: a long text in many elements makes hundreds of megabytes of JSON.
    if any(total > LARGEST_BYTES for total in itertools.accumulate(map(len, _texts(raw)))):
        return False
    return len(json.dumps(raw, ensure_ascii=False).encode(errors="surrogatepass")) <= LARGEST_BYTES


def _texts(raw: Any) -> Iterator[str]:
    waiting = [raw]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value


def _renamed(value: Any, suffix: str) -> Any:
    """A copy under ids of its own: the user's, and those of Stripe's objects."""
    if isinstance(value, dict):
        return {
            key: f"{child}_{suffix}" if key in _USERS and isinstance(child, str) else _renamed(child, suffix)
            for key, child in value.items()
        }
    if isinstance(value, list):
        return [_renamed(child, suffix) for child in value]
    if isinstance(value, str) and _ID.fullmatch(value):
        return f"{value}_{suffix}"
    return value

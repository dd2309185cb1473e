"""The fuzz corpus is the same for everybody, and has every kind of damage."""

import itertools
import json
from collections import Counter

from support.corpus import LARGEST_BYTES, SEVERAL, SIZE, TOGETHER, corpus
from support.damages import DAMAGES
from support.fixtures import ERAS

SOME = 1_500


def test_the_same_seed_gives_the_same_mutants() -> None:
    """Whatever the size asked for, so a finding can be named by its number."""
    small, large = list(corpus(60)), itertools.islice(corpus(SOME), 60)
    assert [(mutant.number, mutant.damage, mutant.text) for mutant in small] == [
        (mutant.number, mutant.damage, mutant.text) for mutant in large
    ]
    assert [mutant.text for mutant in corpus(60, seed=2)] != [mutant.text for mutant in small]


def test_it_has_every_damage_and_every_era() -> None:
    """Also in a part of it; each kind of damage, alone and combined; of fixtures and of simulated lives."""
    assert SIZE >= SOME
    mutants = list(corpus(SOME))
    assert Counter(mutant.damage for mutant in mutants).keys() == {*DAMAGES, SEVERAL}
    origins = {mutant.origin.partition("/")[0] for mutant in mutants if "/" in mutant.origin}
    assert origins == {*ERAS, "malformed", "mixed"}
    assert sum(mutant.origin.startswith("simulated") for mutant in mutants) > SOME // 4


def test_each_mutant_is_json_that_eventbridge_would_take() -> None:
    """Not larger than an event may be."""
    for mutant in corpus(300):
        text = json.dumps(mutant.raw, ensure_ascii=False)
        assert len(text.encode(errors="surrogatepass")) <= LARGEST_BYTES


def test_neighbours_share_their_users_and_others_do_not() -> None:
    """So mutants meet in the tables, and no user collects them all."""
    found = [
        (user, mutant.number // TOGETHER)
        for mutant in corpus(TOGETHER * 100)
        if mutant.damage in {"delete", "empty", "number"}
        for user in _users(mutant.raw)
    ]
    assert len(found) > 20
    assert [user for user, group in found if not user.endswith(f"_{group}")] == []


def _users(value: object) -> list[str]:
    if isinstance(value, dict):
        found = [value.get(key) for key in ("userId", "client_reference_id")]
        own = [user for user in found if isinstance(user, str) and user]  # an empty one names nobody
        return own + [user for child in value.values() for user in _users(child)]
    return [user for child in value for user in _users(child)] if isinstance(value, list) else []

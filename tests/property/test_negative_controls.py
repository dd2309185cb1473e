"""With each rule switched off in turn, the properties find a counterexample: they can be trusted.

Each control runs one property in a process of its own, on the library with one edit.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.mutants import MUTANTS, Mutant
from support.mutated import Controls, controls

ROOT = Path(__file__).parents[2]
EXAMPLES = 10_000
SEED = 0


@pytest.fixture(scope="module")
def edited() -> Iterator[Controls]:
    """What runs tests on edited libraries."""
    with controls(examples=EXAMPLES) as found:
        yield found


each = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.rule)


@each
def test_the_rule_stands_where_the_control_looks_for_it(mutant: Mutant) -> None:
    """A refactoring must not turn a control into one that edits nothing."""
    path = ROOT / "handler" / "stripe_subscription_handler" / mutant.file
    assert path.read_text().count(mutant.old) == 1


@each
def test_without_the_rule_a_counterexample_is_found(edited: Controls, mutant: Mutant) -> None:
    """The property fails with an assertion, not with an error on the way."""
    run = edited.run(mutant, seed=SEED)
    assert run.found_a_counterexample(mutant.caught_by), run.output[-2000:]

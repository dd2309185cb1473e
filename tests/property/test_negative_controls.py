"""With each rule switched off in turn, the properties find a counterexample: they can be trusted.

Each control runs one property in a process of its own, on a copy of the library with one edit.
"""

import shutil
from pathlib import Path

import pytest

from support.mutants import MUTANTS, Mutant
from support.property_runs import Run, run_property

ROOT = Path(__file__).parents[2]
EXAMPLES = 10_000
SEED = 0


def _run(directory: Path, mutant: Mutant) -> Run:
    root = directory / mutant.rule.replace(" ", "-")
    for part in ("handler", "tests"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__", "fixtures"))
    shutil.copy(ROOT / "pyproject.toml", root)
    path = root / "handler" / "stripe_subscription_handler" / mutant.file
    path.write_text(path.read_text().replace(mutant.old, mutant.new))
    test, scratch = mutant.caught_by, root / "scratch"
    return run_property(root, test, examples=EXAMPLES, seed=SEED, shrink=False, scratch=scratch)


each = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.rule)


@each
def test_the_rule_stands_where_the_control_looks_for_it(mutant: Mutant) -> None:
    """A refactoring must not turn a control into one that edits nothing."""
    path = ROOT / "handler" / "stripe_subscription_handler" / mutant.file
    assert path.read_text().count(mutant.old) == 1


@each
def test_without_the_rule_a_counterexample_is_found(mutant: Mutant, tmp_path: Path) -> None:
    """The property fails with an assertion, not with an error on the way."""
    run = _run(tmp_path, mutant)
    assert run.found_a_counterexample(mutant.caught_by), run.output[-2000:]

"""With each rule of the lean client switched off in turn, a comparison fails: they can be trusted."""

from pathlib import Path

import pytest

from support.dynamodb_wire.mutants import MUTANTS
from support.dynamodb_wire.mutating import FOLDER, Mutant, mutated
from support.dynamodb_wire.server import WireDynamoDB

each = pytest.mark.parametrize("mutant", MUTANTS, ids=str)


@each
def test_without_the_rule_a_comparison_fails(
    wire: WireDynamoDB, mutant: Mutant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It passes with the rule, which stands where the control looks for it, and fails without."""
    assert (FOLDER / mutant.file).read_text(encoding="utf-8").count(mutant.old) == 1
    mutant.case(wire)
    with mutated(mutant, tmp_path) as module:
        for name in ("LeanClient", "PlainEnvironment"):
            monkeypatch.setattr(f"support.dynamodb_wire.clients.{name}", getattr(module, name))
        with pytest.raises(AssertionError):
            mutant.case(wire)

"""The tables of the Terraform READMEs are those that `make contract` writes from the declarations."""

from pathlib import Path

import pytest

from support.terraform_tables import FOLDERS, KINDS, declarations, rows_of, written


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_tables_say_what_is_declared(folder: Path, kind: str) -> None:
    """Every name, in the same words, with its type and its default."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    declared = declarations(folder, kind)
    assert written(text, KINDS[kind], declared) == text, "make contract writes the tables again"
    assert len(rows_of(text, KINDS[kind])) == len(declared) > 0


def test_a_table_follows_its_declarations() -> None:
    """A row goes, a row comes after the one that is declared before it, and a default in words stays."""
    folder = next(folder for folder in FOLDERS if folder.name == "rule")
    text = (folder / "README.md").read_text(encoding="utf-8")
    first, second, *rest = declarations(folder, "variable")
    changed = written(text, "Inputs", [first, *rest])
    assert second.name not in {row[0].strip("`") for row in rows_of(changed, "Inputs")}
    assert written(changed, "Inputs", [first, second, *rest]) == text

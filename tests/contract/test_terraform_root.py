"""The stack's own root passes on what modules/pipeline has, and nothing of it is kept twice by hand."""

from pathlib import Path

import pytest

from support.terraform import PIPELINE, ROOT
from support.terraform_root import written
from support.terraform_tables import WRITTEN, declarations

WRITTEN_FILES = written()


@pytest.mark.parametrize("path", WRITTEN_FILES, ids=lambda path: path.name)
def test_a_written_file_is_what_make_contract_writes(path: Path) -> None:
    """Variables, the module's call and the outputs are made of the module's files."""
    assert path.read_text(encoding="utf-8") == WRITTEN_FILES[path], "make contract writes it again"


def test_no_file_is_left_of_variables_that_are_gone() -> None:
    """What says that it was written is written."""
    said = {path for path in ROOT.glob("*.tf") if path.read_text(encoding="utf-8").startswith(WRITTEN)}
    assert said == set(WRITTEN_FILES)


def test_every_variable_of_the_module_has_a_value_in_the_root() -> None:
    """All but the environment by the root's variable of that name."""
    names = {one.name for one in declarations(PIPELINE, "variable")}
    lines = (ROOT / "pipeline.tf").read_text(encoding="utf-8").splitlines()
    passed = {name for name in names if any(line.split() == [name, "=", f"var.{name}"] for line in lines)}
    assert names - passed == {"environment"}


def test_the_module_leaves_to_its_root_what_is_a_roots() -> None:
    """No provider, backend or workspace in it, or it could not be called with `for_each`."""
    modules = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("modules/*/*.tf"))
    for word in ('provider "', "backend ", "cloud {", "terraform.workspace", "path.root"):
        assert word not in modules, word

"""The tables of the Terraform READMEs name each variable and output, and say what its declaration says."""

import re
from pathlib import Path

import pytest

from support.terraform import ROOT

FOLDERS = (ROOT, *sorted(path.parent for path in ROOT.glob("modules/*/README.md")))


def declared(folder: Path, kind: str) -> dict[str, str]:
    """Name → description."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.tf"))
    found = re.findall(rf'^{kind} "(\w+)" {{\n  description = "(.*)"$', text, re.MULTILINE)
    return {name: said.replace(r"\"", '"') for name, said in found}


def told(folder: Path, heading: str) -> dict[str, str]:
    """Name → meaning, of the table under a heading."""
    _, _, rest = (folder / "README.md").read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    table = rest[rest.index("| name |") :].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table]
    return {row[0].strip("` "): row[-1].strip("| ") for row in cells}


@pytest.mark.parametrize(("kind", "heading"), [("variable", "Inputs"), ("output", "Outputs")])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_tables_say_what_is_declared(folder: Path, kind: str, heading: str) -> None:
    """In the same words; backticks around a name with angle brackets aside, which Markdown needs."""
    assert {name: said.replace("`", "") for name, said in told(folder, heading).items()} == {
        name: said.replace("`", "") for name, said in declared(folder, kind).items()
    }

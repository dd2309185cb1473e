"""The tables of inputs and outputs in the Terraform READMEs, written from the declarations.

    python -m support.terraform_tables

A row says what the declaration says, in its words. A row keeps its place, and a default that the table tells
in words stays as it is told; a new row comes after the one that is declared before it.
"""

import re
from pathlib import Path

import attrs

from support.terraform import ROOT

FOLDERS = (ROOT, *sorted(path.parent for path in ROOT.glob("*/*/README.md")))
"""Of the root's declarations its README tells those that are not written from another folder's."""
KINDS = {"variable": "Inputs", "output": "Outputs"}
"""Kind of declaration → heading of its table."""
WRITTEN = "# Written by `make contract`"
"""How a file begins that is made of another folder's declarations."""
_MEMBER = re.compile(r"^  (\w+) += (.+)$", re.MULTILINE)
_BLOCK = r'^{kind} "(\w+)" {{\n(.*?)^}}'


@attrs.frozen
class Declaration:
    """A variable or an output: what one row of a table tells.

    Attributes:
        type: As declared, without the fields of objects; empty for an output.
        default: As declared; `required` where there is none; None where it takes more than one line.
    """

    name: str
    description: str
    type: str
    default: str | None


def declarations(folder: Path, kind: str) -> list[Declaration]:
    """The declarations of a folder, file by file."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf")))
    text = "\n".join(one for one in texts if not one.startswith(WRITTEN))
    return [
        _declaration(match[1], dict(_MEMBER.findall(match[2])))
        for match in re.finditer(_BLOCK.format(kind=kind), text, re.DOTALL | re.MULTILINE)
    ]


def _declaration(name: str, members: dict[str, str]) -> Declaration:
    default = members.get("default", "required")
    return Declaration(
        name,
        members["description"].strip('"').replace('\\"', '"'),
        _without_fields(members.get("type", "")),
        None if default.endswith(("(", "[", "{")) else default,
    )


def _without_fields(type_: str) -> str:
    """`list(object({` and `list(object({ a = string }))` are a `list(object)`."""
    outer, is_object, _ = type_.partition("object(")
    return outer + "object" + ")" * outer.count("(") if is_object else type_


def rows_of(readme: str, heading: str) -> list[list[str]]:
    """The cells of each row below a heading; names without backticks."""
    _, _, rest = readme.partition(f"\n## {heading}\n")
    table = rest[rest.index("| name |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip().strip("|").split(" | ")] for row in table]


def written(readme: str, heading: str, declared: list[Declaration]) -> str:
    """A README with the rows below one heading written from the declarations."""
    old = {cells[0].strip("` "): cells for cells in rows_of(readme, heading)}
    names = [name for name in old if any(one.name == name for one in declared)]
    for index, one in enumerate(declared):
        if one.name not in names:
            before = declared[index - 1].name if index else None
            names.insert(names.index(before) + 1 if before else 0, one.name)
    of = {one.name: one for one in declared}
    lines = [_row(of[name], old.get(name)) for name in names]
    begin = readme.index("| name |", readme.index(f"\n## {heading}\n"))
    head = "\n".join(readme[begin:].splitlines()[:2])
    end = begin + len(readme[begin:].split("\n\n", maxsplit=1)[0].rstrip("\n"))
    return readme[:begin] + "\n".join([head, *lines]) + readme[end:]


def _row(one: Declaration, old: list[str] | None) -> str:
    description = one.description
    if old is not None and old[-1].replace("`", "") == description.replace("`", ""):
        description = old[-1]  # the same words, with backticks where Markdown needs them
    if not one.type:
        return f"| `{one.name}` | {description} |"
    told = old[2] if old is not None else "`"
    is_in_words = not told.startswith("`") and told != "required"
    if one.default is None:
        shown = told if old is not None else "see below"
    else:
        shown = told if is_in_words else one.default if one.default == "required" else f"`{one.default}`"
    return f"| `{one.name}` | `{one.type}` | {shown} | {description} |"


def main() -> None:
    """Write every table again."""
    for folder in FOLDERS:
        path = folder / "README.md"
        text = path.read_text(encoding="utf-8")
        for kind, heading in KINDS.items():
            text = written(text, heading, declarations(folder, kind))
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

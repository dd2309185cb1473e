"""What docs/ says of the contract, made from the code's own table: JSON Schema, TypeScript types, tables.

`make contract` writes them; tests/contract/test_contract_documents.py holds them equal.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stripe_subscription_handler.reading import ATTRIBUTES, PRODUCT_FIELDS, Attribute, Kind

DOCS = Path(__file__).parents[2] / "docs"
TIME_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"

_SCHEMAS: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.TIME: {"$ref": "#/$defs/time"},
    Kind.WHOLE_NUMBER: {"type": "integer"},
    Kind.FLAG: {"type": "boolean"},
    Kind.TEXTS: {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "minItems": 1},
    Kind.PRODUCTS: {
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/product"},
        "minProperties": 1,
    },
}
_TYPES = {
    Kind.TEXT: "string",
    Kind.TIME: "IsoTime",
    Kind.WHOLE_NUMBER: "number",
    Kind.FLAG: "boolean",
    Kind.TEXTS: "Set<string>",
    Kind.PRODUCTS: "Record<string, SubscriptionProduct | undefined>",
}
_DYNAMODB = {
    Kind.TEXT: "S",
    Kind.TIME: "S",
    Kind.WHOLE_NUMBER: "N",
    Kind.FLAG: "BOOL",
    Kind.TEXTS: "SS",
    Kind.PRODUCTS: "M",
}


def schema() -> dict[str, Any]:
    """JSON Schema of an item in plain JSON: numbers are numbers, sets are arrays without repetition."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Profile item",
        "description": "What an app reads off the profile item. Other attributes are the app's own; those "
        "whose names begin with stripeLedger are the handler's.",
        "type": "object",
        "properties": _properties(ATTRIBUTES),
        "$defs": {
            "time": {
                "description": "ISO-8601 UTC with whole seconds; text order is time order.",
                "type": "string",
                "format": "date-time",
                "pattern": TIME_PATTERN,
            },
            "product": {
                "type": "object",
                "properties": _properties(PRODUCT_FIELDS),
                "required": [name for name, field in PRODUCT_FIELDS.items() if field.is_required],
                "additionalProperties": False,
            },
        },
    }


def _properties(table: Mapping[str, Attribute]) -> dict[str, Any]:
    return {
        name: {
            "description": one.meaning,
            **_SCHEMAS[one.kind],
            **({"enum": list(one.words)} if one.words else {}),
        }
        for name, one in table.items()
    }


def types() -> str:
    """TypeScript types of an item as the AWS SDK's lib-dynamodb unmarshals it."""
    return "\n".join(
        [
            "// The profile item as @aws-sdk/lib-dynamodb gives it. Generated: `make contract`.",
            "",
            "/** ISO-8601 UTC with whole seconds, as in 2026-11-30T18:00:00Z; text order is time order. */",
            "export type IsoTime = string;",
            "",
            "/** What an app reads off the item. Add its own attributes: `SubscriptionProfile & Mine`. */",
            *_interface("SubscriptionProfile", ATTRIBUTES, always_optional=True),
            "",
            "/** One of `subscriptionProducts`. */",
            *_interface("SubscriptionProduct", PRODUCT_FIELDS, always_optional=False),
            "",
        ]
    )


def _interface(name: str, table: Mapping[str, Attribute], *, always_optional: bool) -> list[str]:
    lines = [f"export interface {name} {{"]
    for field, one in table.items():
        mark = "" if one.is_required and not always_optional else "?"
        kind = " | ".join(f'"{word}"' for word in one.words) or _TYPES[one.kind]
        lines += [f"  /** {one.meaning} */", f"  {field}{mark}: {kind};"]
    return [*lines, "}"]


def table(attributes: Mapping[str, Attribute]) -> str:
    """Return a table for people."""
    rows = [f"| `{name}` | {_DYNAMODB[one.kind]} | {_told(one)} |" for name, one in attributes.items()]
    return "\n".join(["| attribute | type | meaning |", "|---|---|---|", *rows, ""])


def _told(one: Attribute) -> str:
    words = ", ".join(f"`{word}`" for word in one.words)
    return f"{one.meaning} One of {words}." if words else one.meaning


def _drawn(page: str) -> str:
    for name, attributes in (("attributes", ATTRIBUTES), ("fields of a product", PRODUCT_FIELDS)):
        drawn = table(attributes)
        start, end = f"<!-- drawn from the code: {name} -->\n", "<!-- end -->"
        page, count = re.subn(
            f"({re.escape(start)}).*?({re.escape(end)})",
            lambda found, drawn=drawn: f"{found[1]}{drawn}{found[2]}",
            page,
            flags=re.DOTALL,
        )
        assert count == 1, name
    return page


DOCUMENTS: Mapping[Path, Callable[[str], str]] = {
    DOCS / "profile.schema.json": lambda _: json.dumps(schema(), indent=2) + "\n",
    DOCS / "profile.d.ts": lambda _: types(),
    DOCS / "reading-a-profile.md": _drawn,
}
"""File → what it must be, given what it is: of the page, only the tables are made."""


def main() -> None:
    """Write them all."""
    for path, made in DOCUMENTS.items():
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(made(old), encoding="utf-8")


if __name__ == "__main__":
    main()

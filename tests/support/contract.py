"""Whether a profile item keeps the contract of docs/profile.schema.json."""

import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from stripe_subscription_handler.reading import ATTRIBUTES
from support.contract_documents import DOCS

_OWN_ATTRIBUTES = "stripeLedgerOwnAttributes"


@cache
def validator() -> Draft202012Validator:
    """The committed schema, ready to validate."""
    schema = json.loads((DOCS / "profile.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def as_json(value: Any) -> Any:
    """Plain Python values of an item as JSON has them: whole numbers, and arrays for sets."""
    if isinstance(value, Mapping):
        return {name: as_json(one) for name, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(as_json(one) for one in value)
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def assert_in_contract(item: Mapping[str, Any], others: Collection[str] = ("PK", "SK")) -> None:
    """Hold an item (plain Python values) against the schema, and against what a schema cannot say.

    Its attributes are the contract's, the ledger's, the own ones that the ledger names, and `others`: keys,
    and what the app wrote. No product gives access for longer than the user has it.
    """
    found = [f"{error.json_path}: {error.message}" for error in validator().iter_errors(as_json(item))]
    known = {*ATTRIBUTES, *item.get(_OWN_ATTRIBUTES, ()), *others}
    found += [
        f"$.{name}: nobody knows it"
        for name in item
        if name not in known and not name.startswith("stripeLedger")
    ]
    if not found:
        until = item.get("subscriptionAccessUntil", "")
        found = [
            f"$.subscriptionProducts.{product_id}: gives access for longer than the user has it"
            for product_id, product in item.get("subscriptionProducts", {}).items()
            if product["accessUntil"] > until
        ]
    assert not found, "; ".join(sorted(found))

"""docs/ says of the profile's attributes what the code says, and the items that the handler makes keep it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from stripe_subscription_handler.decisions.view import VIEW
from stripe_subscription_handler.reading import ATTRIBUTES, PRODUCT_FIELDS, Kind, Profile
from support.contract import as_json, assert_in_contract, validator
from support.contract_documents import DOCS, DOCUMENTS
from support.fixtures import load_all
from support.profile_items import A_MOMENT, ANSWERS, items

SCHEMA = json.loads((DOCS / "profile.schema.json").read_text(encoding="utf-8"))
TYPES = (DOCS / "profile.d.ts").read_text(encoding="utf-8")
PROFILES = tuple(
    (f"{fixture.path.parent.name}/{fixture.path.name} {place} {user}", item)
    for fixture in load_all()
    for place, case in enumerate(fixture.cases)
    for user, item in case.profiles.items()
)


def test_the_contract_is_what_the_handler_shows() -> None:
    """No attribute of the view is without a type and a meaning, and none is promised that is not shown."""
    assert set(ATTRIBUTES) == set(VIEW)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_is_what_the_code_makes_of_it(path: Path) -> None:
    """After a change of the table, `make contract` writes it again."""
    text = path.read_text(encoding="utf-8")
    assert text == DOCUMENTS[path](text)


def _typescript(schema: dict[str, Any]) -> str:
    """The type of a value that the schema describes, as the SDK unmarshals it."""
    if "enum" in schema:
        return " | ".join(json.dumps(word) for word in schema["enum"])
    if "$ref" in schema:
        return {"#/$defs/time": "IsoTime", "#/$defs/product": "SubscriptionProduct"}[schema["$ref"]]
    if schema["type"] == "object":
        return f"Record<string, {_typescript(schema['additionalProperties'])} | undefined>"
    if schema["type"] == "array" and schema["uniqueItems"]:
        return f"Set<{_typescript(schema['items'])}>"
    return {"string": "string", "integer": "number", "boolean": "boolean"}[schema["type"]]


@pytest.mark.parametrize(
    ("name", "schema"),
    [("SubscriptionProfile", SCHEMA), ("SubscriptionProduct", SCHEMA["$defs"]["product"])],
    ids=["the item", "a product"],
)
def test_the_typescript_types_are_the_schema_s(name: str, schema: dict[str, Any]) -> None:
    """Each attribute by its name, its type, and whether it may be absent; text of a time is `IsoTime`."""
    body = TYPES.partition(f"export interface {name} {{\n")[2].partition("\n}")[0]
    found = {
        key: (mark == "?", kind)
        for key, mark, kind in re.findall(r"^  (\w+)(\??): (.*);$", body, re.MULTILINE)
    }
    required = schema.get("required", ())
    assert found == {
        key: (key not in required, _typescript(one)) for key, one in schema["properties"].items()
    }
    assert "export type IsoTime = string;" in TYPES


@pytest.mark.parametrize("item", [item for _, item in PROFILES], ids=[name for name, _ in PROFILES])
def test_items_written_beside_the_fixtures_keep_the_contract(item: dict[str, Any]) -> None:
    """And each can be read: every answer is given."""
    assert_in_contract(item)
    profile = Profile.from_item(item)
    for answer in ANSWERS.values():
        answer(profile, A_MOMENT)
    live = set(item.get("stripeLedgerLive", ()))
    assert {one.id for one in profile.subscriptions} == live
    had = {one.product_id for subscription in profile.subscriptions for one in subscription.items}
    assert set(profile.products) <= had


@settings(max_examples=50, deadline=None)
@given(items())
def test_items_of_the_contract_s_types_keep_it(item: dict[str, Any]) -> None:
    """The schema takes what the table of types allows."""
    assert list(validator().iter_errors(as_json(item))) == []


WRONG: dict[Kind, Any] = {
    Kind.TEXT: 1,
    Kind.TIME: "30 November 2026",
    Kind.WHOLE_NUMBER: "1",
    Kind.FLAG: "true",
    Kind.TEXTS: "a",
    Kind.PRODUCTS: ["prod_1"],
}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_another_type_breaks_the_contract(name: str) -> None:
    """Whatever the attribute, the message names it."""
    with pytest.raises(AssertionError, match=rf"\$\.{name}: "):
        assert_in_contract({name: WRONG[ATTRIBUTES[name].kind]})


UNTIL = "2026-12-01T00:00:00Z"
EARLIER = "2026-11-30T00:00:00Z"
PRODUCT = {"accessUntil": UNTIL, "status": "active", "subscriptionId": "sub_1", "priceId": "price_1"}


@pytest.mark.parametrize("name", PRODUCT_FIELDS)
def test_another_type_in_a_product_breaks_the_contract(name: str) -> None:
    """In a product that is right but for this field."""
    product = PRODUCT | {name: WRONG[PRODUCT_FIELDS[name].kind]}
    with pytest.raises(AssertionError, match=rf"\$\.subscriptionProducts\.prod_1\.{name}: "):
        assert_in_contract({"subscriptionAccessUntil": UNTIL, "subscriptionProducts": {"prod_1": product}})


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ({"lastPaymentStatus": "refunded"}, "lastPaymentStatus: 'refunded' is not one of"),
        ({"entitlements": set()}, r"entitlements: \[\] should be non-empty"),
        ({"subscriptionProducts": {}}, "subscriptionProducts: {} should be non-empty"),
        (
            {"subscriptionAccessUntil": UNTIL, "subscriptionProducts": {"prod_1": {**PRODUCT, "seats": 5}}},
            "prod_1: Additional properties are not allowed",
        ),
        (
            {"subscriptionAccessUntil": EARLIER, "subscriptionProducts": {"prod_1": PRODUCT}},
            "prod_1: gives access for longer",
        ),
        ({"subscriptionProducts": {"prod_1": PRODUCT}}, "prod_1: gives access for longer"),
        ({"subscriptionSeats": 5}, "subscriptionSeats: nobody knows it"),
        ({"plan": "team", "stripeLedgerOwnAttributes": {"tier"}}, "plan: nobody knows it"),
    ],
    ids=[
        "a word that is no state of a payment",
        "an empty set",
        "no product",
        "an unknown field of a product",
        "a product for longer than access",
        "a product without access",
        "an attribute that the contract lacks",
        "an own attribute that the ledger does not name",
    ],
)
def test_an_item_that_breaks_the_contract_is_found(item: dict[str, Any], found: str) -> None:
    """`assert_in_contract` says what is wrong."""
    with pytest.raises(AssertionError, match=found):
        assert_in_contract(item)


def test_own_attributes_the_ledger_and_the_keys_are_no_breach() -> None:
    """Beside a product for just as long as access."""
    assert_in_contract(
        {
            "PK": "USER#u1",
            "SK": "PROFILE",
            "plan": "team",
            "stripeLedgerOwnAttributes": {"plan"},
            "stripeLedgerRevision": "r",
            "subscriptionAccessUntil": UNTIL,
            "subscriptionProducts": {"prod_1": PRODUCT},
        }
    )
    assert_in_contract({"theme": "dark"}, others=("theme",))

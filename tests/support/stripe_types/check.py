"""Compares an object with the facts about Stripe's objects of an API version, and says what differs. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from support.stripe_types.facts import Field, fields_of, versions

BESIDE_THE_TYPES: Final = frozenset(
    {
        # Stripe sends the plan of a subscription with one item, which the types have not had since 2019.
        *("subscription.plan", "subscription.quantity"),
        # Payloads of accounts pinned to 2024-06-20 have an item's own period beside the subscription's.
        *("subscription_item.current_period_start", "subscription_item.current_period_end"),
        # These came to the sessions of all versions after the last types of 2020-08-27.
        *("checkout.session.created", "checkout.session.invoice"),
        # What a thin event is about: only the types of single events have it.
        "v2.core.event.related_object",
        # An item that was deleted in this period is still listed.
        "subscription_item.deleted",
    }
)
"""Fields that Stripe sends although its types have not got them."""


def differences(body: Mapping[str, Any], version: str, kind: str | None = None) -> Iterator[str]:
    """Yield what is wrong with an object, by path; its kind is its own word for itself, unless given."""
    kind = kind or str(body["object"])
    if kind == "customer" and body.get("deleted"):
        kind = "deleted_customer"
    yield from _object(body, _known(kind, version), kind)


def differences_of_event(event: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a snapshot event, its object, and the fields whose old values it tells."""
    version, body = event["api_version"], event["data"]["object"]
    yield from differences(event, version)
    yield from differences(body, version)
    known = fields_of(_known(body["object"], version))[body["object"]]
    for name in event["data"].get("previous_attributes", {}).keys() - known.keys():
        if f"{body['object']}.{name}" not in BESIDE_THE_TYPES:
            yield f"previous_attributes.{name}: Stripe has no such field"


def _known(kind: str, version: str) -> str:
    """The version whose facts count: an object that came later is the same in older ones."""
    return version if kind in fields_of(version) else versions()[-1]


def _object(body: Mapping[str, Any], version: str, path: str) -> Iterator[str]:
    fields = fields_of(version).get(path, {})
    if not fields:
        yield f"{path}: nothing is known of it"
        return
    for name, field in fields.items():
        if path.startswith("v2.") and field.is_optional and body.get(name) is None:
            # API v2 has null where something is missing.
            continue
        if name in body:
            yield from _value(body[name], version, f"{path}.{name}", field)
        elif not field.is_optional:
            yield f"{path}.{name}: is missing"
    for name in body.keys() - fields.keys():
        if f"{path}.{name}" not in BESIDE_THE_TYPES:
            yield f"{path}.{name}: Stripe has no such field"


def _value(value: Any, version: str, path: str, field: Field) -> Iterator[str]:
    kinds = field.kinds
    if isinstance(value, Mapping):
        named = next((kind[1:] for kind in kinds if kind.startswith("@")), None)
        paged = next((kind for kind in kinds if kind.startswith("apilist<")), None)
        if paged and value.get("object") == "list":
            yield from _list(value.get("data"), version, path, paged)
        elif named and named != "other":
            yield from differences(value, version, named)
        elif "-object" in kinds:
            yield from _object(value, version, path)
        elif not kinds & {"-map", "@other"}:
            yield f"{path}: is an object"
    elif isinstance(value, list):
        lists = next((kind for kind in kinds if kind.startswith("array<")), None)
        if lists is None:
            yield f"{path}: is a list"
        else:
            yield from _list(value, version, path, lists)
    elif _word(value) not in kinds and value not in kinds:
        yield f"{path}: {'null' if value is None else repr(value)} is not among {sorted(kinds)}"


def _list(values: Any, version: str, path: str, kind: str) -> Iterator[str]:
    inner = Field(frozenset(kind.partition("<")[2].removesuffix(">").split("/")), is_optional=False)
    for value in values:
        yield from _value(value, version, path, inner)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "-boolean"
    if isinstance(value, int | float):
        return "-number"
    return "-null" if value is None else "-string"

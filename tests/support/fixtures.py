"""The hand-written Stripe events under `tests/fixtures`, and what tests need to look at them.

A fixture is one JSON file, an EventBridge envelope or a bare Stripe event, in the folder of its era. Beside
`<name>.json` stand two expectations: `<name>.expected.json` is what the library must read from it,
`<name>.items.json` what must stand in the tables after it (a list of `Case`). Nothing here knows the library.
"""

import copy
import enum
import itertools
import json
import re
from pathlib import Path
from typing import Any

import attrs

TESTS = Path(__file__).parents[1]
FIXTURES = TESTS / "fixtures"

ERAS = ("2014", "2016", "2019", "2023", "2025-basil", "2025-clover", "2026-endive")
"""Folders by the age of the shape, oldest first."""

FIRST_ERA = {
    "customer.subscription.created": "2014",
    "customer.subscription.updated": "2014",
    "customer.subscription.deleted": "2014",
    "customer.subscription.trial_will_end": "2014",
    "customer.subscription.pending_update_applied": "2019",
    "customer.subscription.pending_update_expired": "2019",
    "customer.subscription.paused": "2023",
    "customer.subscription.resumed": "2023",
    "invoice.payment_succeeded": "2014",
    "invoice.payment_failed": "2014",
    "invoice.paid": "2019",
    "invoice.voided": "2019",
    "invoice.marked_uncollectible": "2019",
}
"""Event of a subscription or an invoice → the era in whose years Stripe began to send it."""

ERAS_OF_TYPES = tuple(
    (era, event_type) for event_type, first in FIRST_ERA.items() for era in ERAS[ERAS.index(first) :]
)
"""Every era with every event type of its time."""

ERAS_OF_COMPANIONS = (
    *((era, "checkout.session.completed") for era in ("2019", "2023", "2026-endive")),
    *(
        (era, f"customer.{kind}")
        for era in ("2014", "2023", "2026-endive")
        for kind in ("created", "updated", "deleted")
    ),
)
"""Eras with the events of sessions and customers: what is read of these has one shape in all eras."""

ERAS_OF_ENTITLEMENTS = (("2026-endive", "entitlements.active_entitlement_summary.updated"),)
"""The same for entitlements, whose event is younger than all eras but the last ones and has one shape."""

OTHER_FOLDERS = ("malformed", "mixed")
"""Events of no single era: broken ones, and those that claim one version and carry another's shape."""

PERSONAL_DATA = (
    "customer@example.com",
    "Jane Example",
    "+15555550123",
    "1 Example Street",
    "invoice.stripe.com/i/",
    "pay.stripe.com/invoice/",
    "Too expensive for me",
)
"""Made-up personal data of the fixtures, which must never stand in a log line or an error message."""


class Missing(enum.Enum):
    """Type of `MISSING`."""

    MISSING = enum.auto()


MISSING = Missing.MISSING
"""The value with which `changed` deletes a node."""


@attrs.frozen
class Case:
    """What one event leaves in the tables, written out in full.

    Attributes:
        given: Fixtures delivered before, in this order, as `folder/name`; empty: to empty tables.
        outcome: What becomes of the event: `written: <reason>`, `skipped: <reason>` or `refused: <error>`.
        profiles: User id → profile item, of every user that has one. DynamoDB's sets are lists here.
        links: Customer id → subscription id → link in the sync table, of every subscription that has one.
        customers: Customer id → record in the sync table, of every customer that has one. Revisions are left
            out, here and in the profiles: they are random.
        policy: Settings that differ from the defaults.
        stripe: What Stripe answers when asked: `shows`, the fixture with the only object it has, and `as_of`.
            None where there is no Stripe key.
    """

    given: tuple[str, ...] = attrs.field(converter=tuple)
    outcome: str
    profiles: dict[str, dict[str, Any]]
    links: dict[str, dict[str, dict[str, Any]]]
    customers: dict[str, dict[str, Any]]
    policy: dict[str, str] = attrs.Factory(dict)
    stripe: dict[str, str] | None = None


@attrs.frozen
class Fixture:
    """One event and its expectations.

    Attributes:
        era: The folder.
        name: The file's name without `.json`.
    """

    era: str
    name: str

    @property
    def path(self) -> Path:
        """The event's file."""
        return FIXTURES / self.era / f"{self.name}.json"

    @property
    def expectation_path(self) -> Path:
        """The expectation's file."""
        return FIXTURES / self.era / f"{self.name}.expected.json"

    @property
    def items_path(self) -> Path:
        """The file of what the event leaves in the tables."""
        return FIXTURES / self.era / f"{self.name}.items.json"

    @property
    def raw(self) -> dict[str, Any]:
        """The event as parsed from JSON, a new copy each time."""
        return json.loads(self.path.read_text())

    @property
    def expected(self) -> dict[str, Any]:
        """What the library must make of the event: its fields, or `error`, the field that is wrong."""
        return json.loads(self.expectation_path.read_text())

    @property
    def cases(self) -> tuple[Case, ...]:
        """What the event leaves in the tables; the first case begins with empty ones."""
        return tuple(Case(**case) for case in json.loads(self.items_path.read_text()))

    @property
    def is_envelope(self) -> bool:
        """Whether the event stands in an EventBridge envelope."""
        return "detail" in self.raw

    @property
    def stripe_event(self) -> Any:
        """The Stripe event, out of its envelope; not always an object in the malformed ones."""
        return self.raw.get("detail", self.raw) if self.is_envelope else self.raw

    @property
    def body(self) -> Any:
        """The subscription or invoice the event carries; None where there is none."""
        event = self.stripe_event
        data = event.get("data") if isinstance(event, dict) else None
        return data.get("object") if isinstance(data, dict) else None


def fixture_id(fixture: Fixture) -> str:
    """Name of a fixture in pytest's output."""
    return f"{fixture.era}/{fixture.name}"


def load(era: str, name: str) -> Fixture:
    """Find one fixture.

    Raises:
        FileNotFoundError: There is none of that name.
    """
    fixture = Fixture(era, name)
    if not fixture.path.is_file():
        raise FileNotFoundError(fixture.path)
    return fixture


def load_all() -> tuple[Fixture, ...]:
    """Every fixture, by folder and name."""
    paths = sorted(path for path in FIXTURES.glob("*/*.json") if "." not in path.stem)
    return tuple(Fixture(path.parent.name, path.stem) for path in paths)


def changed(raw: Any, path: str, value: Any) -> Any:
    """Return a copy of parsed JSON with one node replaced, or deleted when the value is `MISSING`.

    Args:
        raw: Parsed JSON.
        path: The node, as in `data.object.items.data[0].quantity`; objects on the way are made where missing.
        value: The new value.
    """
    copied = copy.deepcopy(raw)
    keys: list[str | int] = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path)]
    node = copied
    for key, following in itertools.pairwise(keys):
        if isinstance(node, dict) and node.get(key) is None:
            node[key] = [{}] if isinstance(following, int) else {}
        node = node[key]
    if value is MISSING:
        node.pop(keys[-1], None)
    else:
        node[keys[-1]] = value
    return copied


def invoice_places(invoice: dict[str, Any]) -> frozenset[str]:
    """Name the places in which an invoice says whose subscription it bills; empty for a one-off invoice."""
    places = set()
    if ((invoice.get("parent") or {}).get("subscription_details") or {}).get("subscription"):
        places.add("parent.subscription_details")
    if invoice.get("subscription"):
        places.add("subscription")
    for line in (invoice.get("lines") or {}).get("data", ()):
        details = (line.get("parent") or {}).get("subscription_item_details")
        if details and not details.get("invoice_item"):
            places.add("lines.parent.subscription_item_details")
        elif line.get("type") == "subscription":
            places.add("lines.subscription" if line.get("subscription") else "lines.id")
    return frozenset(places)


def matches(pattern: dict[str, Any], event: Any) -> bool:
    """Whether EventBridge would match the event: every key of the pattern, by any one of its values.

    Models nested keys, exact values, `prefix`, `exists` and `$or`, which is all our rules use; lists in the
    event match by any of their elements. The integration tests ask local AWS, which models all of it.
    """
    return all(
        any(matches(one, event) for one in wanted) if key == "$or" else _matches_field(wanted, event, key)
        for key, wanted in pattern.items()
    )


def _matches_field(wanted: Any, event: Any, key: str) -> bool:
    found = event.get(key, MISSING) if isinstance(event, dict) else MISSING
    return matches(wanted, found) if isinstance(wanted, dict) else _any_of(wanted, found)


def _any_of(wanted: list[Any], value: Any) -> bool:
    candidates = value if isinstance(value, list) else [value]
    return any(_is(one, candidate) for one in wanted for candidate in candidates)


def _is(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, dict):
        return type(wanted) is type(value) and wanted == value
    [(operator, operand)] = wanted.items()
    if operator == "exists":  # of leaves alone: a null is one
        return bool(operand is (value is not MISSING and not isinstance(value, dict)))
    if operator != "prefix":
        raise ValueError(f"not modelled here: {wanted}")
    return isinstance(value, str) and value.startswith(operand)

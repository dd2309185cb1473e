"""The fixtures are complete and honest, and the library reads each one as its expectation says."""

import json
import re
from typing import Any

import attrs
import pytest

from stripe_handler_cli.stack.event_pattern import EventPattern
from stripe_subscription_handler import (
    FindOwner,
    InvalidEventError,
    Refetch,
    Skip,
    StripeEvent,
    Write,
    decide,
    parse_event,
)
from stripe_subscription_handler.events.event_types import (
    ADMITTED_EVENT_TYPES,
    DEFAULT_EVENT_TYPES,
    HANDLED_TYPES,
    INVOICE_EVENTS,
    MAIN_EVENT_TYPES,
    PING_EVENT,
    SUBSCRIPTION_EVENTS,
)
from support import events
from support.fixtures import (
    ERAS,
    ERAS_OF_COMPANIONS,
    ERAS_OF_ENTITLEMENTS,
    ERAS_OF_TYPES,
    FIRST_ERA,
    FIXTURES,
    OTHER_FOLDERS,
    PERSONAL_DATA,
    Fixture,
    fixture_id,
    invoice_places,
    load_all,
    matches,
)
from support.rule_events import HELD_BACK, PASSING, can_matter
from support.terraform import event_pattern

ALL = load_all()
READABLE = tuple(fixture for fixture in ALL if "error" not in fixture.expected)
MALFORMED = tuple(fixture for fixture in ALL if "error" in fixture.expected)
ENVELOPES = tuple(fixture for fixture in ALL if fixture.is_envelope)
EVENTS = {(fixture.era, fixture.expected["type"]) for fixture in READABLE}
INVOICES = tuple(fixture for fixture in READABLE if fixture.expected["invoice"])

one_terraform = pytest.mark.xdist_group("terraform")  # asked once, by one process
each = pytest.mark.parametrize("fixture", ALL, ids=fixture_id)
each_readable = pytest.mark.parametrize("fixture", READABLE, ids=fixture_id)
each_malformed = pytest.mark.parametrize("fixture", MALFORMED, ids=fixture_id)
each_envelope = pytest.mark.parametrize("fixture", ENVELOPES, ids=fixture_id)


_TOLD_WHERE_SET = frozenset(
    {
        "session",
        "customer",
        "entitlements",
        "related_id",
        "snapshot_id",
        "destination_id",
        "missed",
        "metadata",
        "own",
        "incomplete",
        "product_ids",
    }
)


def _is_told(attribute: "attrs.Attribute[Any]", value: Any) -> bool:
    # A fixture tells some only where the event has them; three are never set by parsing.
    is_unset = attribute.name in _TOLD_WHERE_SET and value in (None, ())
    return not is_unset and attribute.name not in {"as_of", "fetched", "alongside"}


def as_expectation(event: StripeEvent) -> dict[str, Any]:
    """Write an event the way the expectations are written: of `before`, only what differs."""
    fields = json.loads(json.dumps(attrs.asdict(event, filter=_is_told), default=sorted))
    if fields["before"] is not None:
        now = fields["subscription"]
        fields["before"] = {name: old for name, old in fields["before"].items() if now[name] != old}
    decision = decide(event)
    if isinstance(decision, Skip):
        fields["decision"] = f"skip: {decision.reason}"
    else:
        words = {FindOwner: "find_owner", Refetch: "refetch", Write: "write"}
        fields["decision"] = words[type(decision)]
    return fields


@each_readable
def test_an_event_is_read_as_expected(fixture: Fixture) -> None:
    """Every field of the normalised event, and what it leads to, equal the hand-written expectation."""
    assert as_expectation(parse_event(fixture.raw)) == fixture.expected


@each_readable
def test_the_envelope_makes_no_difference(fixture: Fixture) -> None:
    """A bare Stripe event and the same event in an EventBridge envelope are one."""
    assert parse_event(fixture.stripe_event) == parse_event({"detail": fixture.stripe_event})


@each_malformed
def test_a_malformed_event_names_its_field(fixture: Fixture) -> None:
    """The error's field is the hand-written one, and the expectation says nothing else."""
    assert set(fixture.expected) == {"error"}
    with pytest.raises(InvalidEventError) as caught:
        parse_event(fixture.raw)
    assert caught.value.field == fixture.expected["error"]


def test_every_fixture_has_its_expectations_and_every_expectation_a_fixture() -> None:
    """No file stands alone, and none lies outside the known folders."""
    files = {path.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("*") if path.is_file()}
    paired = {
        f"{fixture_id(fixture)}{end}" for fixture in ALL for end in (".json", ".expected.json", ".items.json")
    }
    assert files == paired
    assert {fixture.era for fixture in ALL} == {*ERAS, *OTHER_FOLDERS}


@each
def test_a_fixture_is_readable_json(fixture: Fixture) -> None:
    """Fixtures and expectations are indented by two and end with a newline, so that diffs are small."""
    for path in (fixture.path, fixture.expectation_path, fixture.items_path):
        text = path.read_text()
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_every_handled_event_type_has_its_eras() -> None:
    """The tables of eras and types leave out no type that the library handles, and add none."""
    assert set(FIRST_ERA) == {*SUBSCRIPTION_EVENTS, *INVOICE_EVENTS}
    others = (*ERAS_OF_COMPANIONS, *ERAS_OF_ENTITLEMENTS)
    assert {*FIRST_ERA, *(event_type for _, event_type in others)} == {*HANDLED_TYPES}


def test_the_main_types_are_as_old_as_the_oldest_era() -> None:
    """No era is excused from the five types that tell the state of subscriptions and payments."""
    assert {FIRST_ERA[name] for name in MAIN_EVENT_TYPES} == {ERAS[0]}


@pytest.mark.parametrize(("era", "event_type"), [*ERAS_OF_TYPES, *ERAS_OF_COMPANIONS, *ERAS_OF_ENTITLEMENTS])
def test_every_event_type_occurs_in_every_era(era: str, event_type: str) -> None:
    """Each era has a fixture of each event type of its time, the opt-in types included."""
    assert (era, event_type) in EVENTS


@pytest.mark.parametrize("era", [*ERAS, *OTHER_FOLDERS])
def test_each_era_has_envelopes_and_reads_them(era: str) -> None:
    """Every folder holds EventBridge envelopes, not only bare events."""
    assert any(fixture.era == era for fixture in ENVELOPES)


def test_bare_events_occur() -> None:
    """Webhook bodies are covered too."""
    assert len(ALL) - len(ENVELOPES) >= 5


@pytest.mark.parametrize(
    "place",
    [
        "parent.subscription_details",
        "subscription",
        "lines.parent.subscription_item_details",
        "lines.subscription",
        "lines.id",
    ],
)
def test_each_place_of_an_invoice_occurs_alone(place: str) -> None:
    """For each place that may name the subscription, some invoice names it there and nowhere else."""
    assert any(invoice_places(fixture.body) == {place} for fixture in INVOICES)


@pytest.mark.parametrize("fixture", INVOICES, ids=fixture_id)
def test_an_expectation_says_one_off_exactly_where_no_place_names_a_subscription(fixture: Fixture) -> None:
    """The expectations agree with a second, independent look at the invoices."""
    assert (fixture.expected["invoice"]["subscription_id"] is None) == (not invoice_places(fixture.body))
    assert (fixture.expected["decision"] == "skip: one_off_invoice") == (not invoice_places(fixture.body))


SHAPES = {
    "2014": lambda body: "items" not in body and "created" not in body and "start" in body,
    "2016": lambda body: "price" not in json.dumps(body) and "collection_method" not in body,
    "2019": lambda body: "collection_method" in body and "cancellation_details" not in body,
    "2023": lambda body: "cancellation_details" in body and "current_period_end" in body,
    "2025-basil": lambda body: "current_period_end" not in body and body["billing_mode"]["type"] == "classic",
    "2025-clover": lambda body: body["billing_mode"]["type"] == "flexible" and "plan" in body,
    "2026-endive": lambda body: "current_period_end" not in body and "plan" not in body,
}
"""What tells a subscription of each era from those of the others."""


@pytest.mark.parametrize(
    "fixture",
    [fixture for fixture in READABLE if fixture.era in SHAPES and fixture.expected["subscription"]],
    ids=fixture_id,
)
def test_a_subscription_has_the_shape_of_its_era(fixture: Fixture) -> None:
    """A fixture cannot drift into another era's shape unnoticed."""
    assert SHAPES[fixture.era](fixture.body)


@each_envelope
def test_an_envelope_is_eventbridge_s(fixture: Fixture) -> None:
    """Envelopes hold what EventBridge sends for a partner event, and their type is the Stripe event's."""
    raw = fixture.raw
    assert list(raw) == [
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    ]
    assert re.fullmatch(r"aws\.partner/stripe\.com/ed_(test_)?\w+", raw["source"])
    if isinstance(raw["detail"], dict):
        assert raw["detail-type"] == raw["detail"]["type"]
        assert raw["detail"].get("livemode") is not True or "ed_test_" not in raw["source"]


@one_terraform
@each_envelope
def test_the_rule_admits_of_its_default_types_what_can_matter(fixture: Fixture) -> None:
    """The pattern Terraform writes matches such fixtures, and a ping, and no other."""
    admitted = fixture.raw["detail-type"] in {*ADMITTED_EVENT_TYPES, PING_EVENT}
    if isinstance(fixture.stripe_event, dict):
        admitted = admitted and can_matter(fixture.stripe_event)
    assert matches(event_pattern(), fixture.raw) == admitted


@one_terraform
@pytest.mark.parametrize("rule", ["rule", "webhook_bridge_rule"])
@pytest.mark.parametrize(
    ("event", "passes"),
    [*((event, True) for event in PASSING.values()), *((event, False) for event in HELD_BACK.values())],
    ids=[*PASSING, *HELD_BACK],
)
def test_the_rules_pass_what_can_matter(event: dict[str, Any], passes: bool, rule: str) -> None:  # noqa: FBT001
    """From Stripe's event source, and from the webhook bridge where there is one."""
    pattern = event_pattern(rule)
    sources = [
        "aws.partner/stripe.com/ed_test_1",
        *(one for one in pattern["source"] if isinstance(one, str)),
    ]
    assert len(sources) == 1 + (rule == "webhook_bridge_rule")
    assert {matches(pattern, events.envelope(event, source)) for source in sources} == {passes}
    # `send` and `listen` read the deployed rule, to know which events the function will see.
    assert EventPattern.of({"EventPattern": json.dumps(pattern)}).admits(event) == passes


@one_terraform
def test_the_rule_s_default_types_are_the_library_s() -> None:
    """Terraform and the library name the same types by default, and the same ping."""
    named = [name for one in event_pattern()["$or"] for name in one["detail-type"]]
    assert sorted(named) == sorted([*ADMITTED_EVENT_TYPES, PING_EVENT])


@one_terraform
def test_the_rule_does_not_admit_other_sources() -> None:
    """An event of a default type from elsewhere on the bus is not Stripe's."""
    foreign = {"source": "com.example.app", "detail-type": DEFAULT_EVENT_TYPES[0], "detail": {}}
    assert not matches(event_pattern(), foreign)


def test_event_ids_are_unique() -> None:
    """Two fixtures never pass for duplicates of one event."""
    ids = [fixture.expected["id"] for fixture in READABLE]
    assert len(ids) == len(set(ids))


@each
def test_a_fixture_holds_no_real_person(fixture: Fixture) -> None:
    """E-mail addresses are example.com's, telephone numbers fictional ones."""
    text = fixture.path.read_text()
    assert all(host == "example.com" for host in re.findall(r"[\w.+-]+@([\w.-]+)", text))
    assert set(re.findall(r"\+\d{8,}", text)) <= {"+15555550123"}


@pytest.mark.parametrize("text", PERSONAL_DATA)
def test_the_personal_data_tests_look_for_occurs(text: str) -> None:
    """A test that greps logs for these strings would find them if they leaked."""
    assert any(text in fixture.path.read_text() for fixture in ALL)


@each
def test_no_personal_data_gets_past_parsing(fixture: Fixture) -> None:
    """Neither the normalised event nor an error holds anything personal."""
    try:
        text = repr(parse_event(fixture.raw))
    except InvalidEventError as error:
        text = str(error)
    assert not [personal for personal in PERSONAL_DATA if personal in text]

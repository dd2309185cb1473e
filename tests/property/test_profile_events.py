"""What is told of a profile: exactly what changed, nothing of the app's own, each user's changes in order."""

import base64
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from stripe_subscription_handler.decisions.ledger import PREFIX
from stripe_subscription_handler.profile_events.changes import change_of
from stripe_subscription_handler.profile_events.settings import DEFAULT_ATTRIBUTES
from stripe_subscription_handler.reading.contract import ATTRIBUTES, Kind
from support.examples import MANY, SOME
from support.stream_records import SETTINGS, Bus, EventSourceMapping, record

SECRET = "of the app alone"  # noqa: S105 - made up
OWN = ("plan",)
"""An attribute of the reader's own that was chosen to count."""
VALUES: Mapping[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: st.sampled_from(["active", "canceled", "é漢"]),
    Kind.TIME: st.sampled_from(["2026-11-30T18:00:00Z", "2026-12-30T18:00:00Z"]),
    Kind.WHOLE_NUMBER: st.integers(0, 2),
    Kind.FLAG: st.booleans(),
    Kind.TEXTS: st.sets(st.sampled_from("abc"), min_size=1),
    Kind.PRODUCTS: st.dictionaries(
        st.sampled_from(["prod_a", "prod_b"]),
        st.fixed_dictionaries({"accessUntil": st.sampled_from("12"), "quantity": st.integers(1, 2)}),
    ),
}
WRITTEN_OVER = st.sampled_from([None, True, 1, Decimal("0.5"), "1", b"\x00", ["a", None], {"S": "x"}])
"""What the app's own slip can make of an attribute of ours."""


def _contract() -> st.SearchStrategy[dict[str, Any]]:
    kinds = {name: VALUES[one.kind] | WRITTEN_OVER for name, one in ATTRIBUTES.items()}
    return st.lists(st.sampled_from(sorted(kinds)), unique=True, max_size=4).flatmap(
        lambda names: st.fixed_dictionaries({name: kinds[name] for name in names})
    )


APPS_OWN = st.dictionaries(
    st.sampled_from(["email", "notes", "subscriptionNote", f"{PREFIX}Rev", "plan"]),
    st.sampled_from([SECRET, {"deep": [SECRET]}, {SECRET}, b"of the app alone"]),
)
ITEMS = st.none() | st.builds(lambda ours, app: {**app, **ours}, _contract(), APPS_OWN)


LOOK_ALIKE = st.sampled_from([(True, 1), (1, True), (0, False), ("1", 1), ([1], [True])])
"""Two values of an attribute that Python, or a careless reader, takes for one."""


@st.composite
def both_sides(draw: st.DrawFn) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """An item before and after a write, which may differ in little."""
    before, after = draw(ITEMS), draw(ITEMS)
    if before is not None and after is not None and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(ATTRIBUTES)))
        former, latter = draw(LOOK_ALIKE)
        return {**before, name: former}, {**after, name: latter}
    return before, after


def plain(value: Any) -> Any:
    """What a value is in JSON, written apart from the library."""
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return float(value)
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def in_json(made: dict[str, Any]) -> dict[str, Any]:
    """A record after its way through Lambda: binary values are base64 text."""
    text = json.dumps(made, default=plain)
    found: dict[str, Any] = json.loads(text)
    return found


@MANY
@given(sides=both_sides(), counting=st.sets(st.sampled_from([*DEFAULT_ATTRIBUTES, *OWN]), min_size=1))
def test_a_change_says_exactly_what_changed(
    sides: tuple[dict[str, Any] | None, dict[str, Any] | None], counting: set[str]
) -> None:
    """Both sides hold all told attributes, `changed` names where they differ, and else nothing is told."""
    told = attrs.evolve(SETTINGS, attributes=tuple(sorted(counting))).told
    names = {*ATTRIBUTES, *counting}
    wanted = [
        {name: plain(value) for name, value in (item or {}).items() if name in names and value is not None}
        for item in sides
    ]
    differ = sorted(
        name
        for name in names
        if json.dumps(wanted[0].get(name), sort_keys=True) != json.dumps(wanted[1].get(name), sort_keys=True)
    )
    change = change_of(in_json(record(*sides)), SETTINGS.keys, told)
    if not counting.intersection(differ):
        assert change is None
        return
    assert change is not None
    detail = json.loads(json.dumps(change.detail()))
    assert (detail["before"], detail["after"], detail["changed"]) == (*wanted, differ)
    if not counting.intersection(OWN):
        assert SECRET not in json.dumps(detail)
        assert PREFIX not in json.dumps(detail)


@SOME
@given(
    user=st.text(min_size=1, max_size=5),
    template=st.sampled_from(["USER#{userId}", "{userId}", "t1#{userId}#u"]),
    sort=st.sampled_from(["PROFILE", "PROFILE#{userId}", ""]),
    other=st.text(max_size=8),
)
def test_only_profiles_are_told_of(user: str, template: str, sort: str, other: str) -> None:
    """A key that the templates make gives its user back; what else is in the table is none of ours."""
    keys = attrs.evolve(
        SETTINGS.keys,
        partition_key_template=template,
        sort_key_template=sort,
        sort_key_name="SK" if sort else "",
    )
    key = keys.key_of(user)
    item = {"subscriptionStatus": "active"}
    change = change_of(record(None, item, key=key), keys, SETTINGS.told)
    assert change is not None
    assert change.user_id == user
    for name in key:
        strange = {**key, name: other}
        found = change_of(record(None, item, key=strange), keys, SETTINGS.told)
        assert found is None or keys.key_of(found.user_id) == strange


REFUSED = st.sampled_from([None, None, "ThrottlingException", "InternalFailure", Bus.DIES])


@MANY
@given(users=st.lists(st.sampled_from("abcdefghijkl"), max_size=25), answers=st.lists(REFUSED, max_size=60))
def test_each_users_changes_are_told_in_order(users: list[str], answers: list[str | None]) -> None:
    """Whatever is refused and whenever the function dies: none is lost, none comes before an earlier one."""
    bus = Bus(answers)
    records = [
        record({}, {"subscriptionQuantity": number}, user=user, number=number)
        for number, user in enumerate(users, start=1)
    ]
    EventSourceMapping(bus).deliver(records)
    first_told: dict[str, list[str]] = {}
    for detail in bus.taken:
        ids = first_told.setdefault(detail["userId"], [])
        if detail["id"] not in ids:
            ids.append(detail["id"])
    wanted: dict[str, list[str]] = {}
    for one, user in zip(records, users, strict=True):
        wanted.setdefault(user, []).append(one["eventID"])
    assert first_told == wanted
    sequences = {one["id"]: one["sequence"] for one in bus.taken}
    assert [sequences[one] for ids in wanted.values() for one in ids] == [
        sequence for ids in wanted.values() for sequence in sorted(sequences[one] for one in ids)
    ]

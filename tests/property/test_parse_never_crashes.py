"""Whatever stands in an event: it is read, or refused with an `InvalidEventError`. Nothing else happens."""

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stripe_subscription_handler import (
    FindOwner,
    InvalidEventError,
    ReadItem,
    Refetch,
    Skip,
    StripeEvent,
    Write,
    decide,
    parse_event,
)
from support.examples import share_of
from support.fixtures import PERSONAL_DATA, Fixture, load_all
from support.read_keys import READ_KEYS, is_read
from support.trees import at, delete, nodes, put

MANY = settings(max_examples=share_of(1000), deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIXTURES = load_all()

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 2**31, 2**63, 10**12, 253_402_300_800, 10**40])
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["sub_1", "canceled", "subscription", "invoice", "2026-11-02T10:00:00Z"])
    | st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(READ_KEYS)) | st.text(max_size=5), children, max_size=4)
    ),
    max_leaves=8,
)


RAW = {fixture: fixture.raw for fixture in FIXTURES}
PATHS = {
    fixture: (tuple(nodes(raw)), tuple(path for path in nodes(raw) if is_read(path)))
    for fixture, raw in RAW.items()
}


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A fixture with one to four nodes deleted, or replaced by arbitrary JSON or by a node from elsewhere."""
    fixture: Fixture = draw(st.sampled_from(FIXTURES))
    raw = copy.deepcopy(RAW[fixture])
    every, read = PATHS[fixture]
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(read or every) | st.sampled_from(every))
        how = draw(st.sampled_from(("delete", "replace", "replace", "transplant")))
        if how == "delete":
            delete(raw, path)
        elif how == "replace":
            put(raw, path, draw(json_values))
        else:
            donor = draw(st.sampled_from(FIXTURES))
            put(raw, path, copy.deepcopy(at(RAW[donor], draw(st.sampled_from(PATHS[donor][0])))))
    return raw


def refusal(raw: Any) -> InvalidEventError | None:
    """The error that refuses the event, or None; any other exception gets through to fail the test."""
    try:
        parse_event(raw)
    except InvalidEventError as error:
        return error
    return None


def read_or_refuse(raw: Any) -> StripeEvent | str:
    """Parse; the text of the error where the event was refused."""
    error = refusal(raw)
    if error is None:
        return parse_event(raw)
    assert error.field.split(".")[0] in {"event", "detail"}
    assert str(error) == f"{error.field}: {error.reason}"
    assert not [personal for personal in PERSONAL_DATA if personal in str(error)]
    return str(error)


def storable(value: Any) -> bool:
    """Whether DynamoDB can hold a value: text, booleans, nulls, whole numbers of 38 digits, sets and maps."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and storable(item) for key, item in value.items())
    if isinstance(value, bool | str | None):
        return True
    if isinstance(value, list):
        return all(map(storable, value))
    if isinstance(value, frozenset):
        return bool(value) and all(isinstance(member, str) for member in value)
    return isinstance(value, int) and len(str(abs(value))) <= 38


@MANY
@given(raw=damaged())
def test_a_damaged_event_is_read_or_refused(raw: Any) -> None:
    """No damage ends in another exception, and what is read is decided and can be stored."""
    event = read_or_refuse(raw)
    if isinstance(event, str):
        return
    try:
        assert isinstance(decide(event), Write | Skip | FindOwner | Refetch | ReadItem)
        decisions = (decide(event, user_id="user"), decide(event, None, user_id="user"))
    except InvalidEventError as error:
        if error.field != "metadata":  # what it names may be no user's id; nothing else is refused so late
            raise
        return
    for decision in decisions:
        is_of_item = isinstance(decision, Write | Skip | Refetch | ReadItem)
        assert is_of_item or (event.subscription is None and event.invoice is None)
        assert not isinstance(decision, Write) or storable(dict(decision.set))


@settings(max_examples=share_of(500), deadline=None)
@given(raw=json_values)
def test_arbitrary_json_is_read_or_refused(raw: Any) -> None:
    """Also what is no event at all, bare or in an envelope."""
    read_or_refuse(raw)
    read_or_refuse({"detail": raw})


@settings(max_examples=share_of(300), deadline=None)
@given(data=st.data(), fixture=st.sampled_from(FIXTURES))
def test_a_refusal_never_repeats_what_stood_there(data: st.DataObject, fixture: Fixture) -> None:
    """An error's text holds no value of the event, as text, as a list's element or as an unknown key."""
    secret = "xX-secret-Xx"  # noqa: S105 - stands for personal data
    raw = copy.deepcopy(RAW[fixture])
    every, read = PATHS[fixture]
    path = data.draw(st.sampled_from(read or every))
    put(raw, path, data.draw(st.sampled_from((secret, [secret], {secret: secret}, {"id": [secret]}))))
    assert secret not in str(refusal(raw))


@settings(max_examples=share_of(300), deadline=None)
@given(fixture=st.sampled_from(FIXTURES), data=st.data())
def test_what_is_not_read_does_not_matter(fixture: Fixture, data: st.DataObject) -> None:
    """A change of a node that the library never looks at changes nothing of the outcome."""
    raw = copy.deepcopy(RAW[fixture])
    unread = [path for path in PATHS[fixture][0] if not is_read(path)]
    if not unread:
        return
    put(raw, data.draw(st.sampled_from(unread)), data.draw(json_values))
    event = read_or_refuse(raw)
    assert event == read_or_refuse(RAW[fixture])

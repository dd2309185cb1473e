"""What a pass keeps between two slices: whose each subscription was, and what is to be looked at again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_subscription_handler.comparison.checkpoint import UNREADABLE, Seen
from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.comparison.fields import Field
from stripe_subscription_handler.drift_check.checkpoint import PassCheckpoint
from stripe_subscription_handler.drift_check.drift_pass import DriftPass, Next, next_step
from stripe_subscription_handler.drift_check.fingerprints import Fingerprints, Sighting
from stripe_subscription_handler.drift_check.looks import MOST_LOOKS, Look, looks_of, mark
from stripe_subscription_handler.drift_check.settings import DriftCheckSettings
from stripe_subscription_handler.errors import ConfigError
from support.slicing import PassesInMemory

STALE = Difference(Kind.STALE, "sub_1", "user_1", "cus_1", (Field("status", "active", "past_due"),))
IDS = st.sampled_from([f"sub_{n}" for n in range(8)])
OWNERS = st.dictionaries(IDS, st.sampled_from([None, UNREADABLE, "user_1", "user_2"]))


@given(pages=st.lists(OWNERS, max_size=5), user=st.sampled_from(["user_1", "user_2"]))
def test_fingerprints_answer_as_the_ids_would(pages: list[dict[str, str | None]], user: str) -> None:
    """For every subscription of a walk's first half, in which each one is listed once."""
    owners: dict[str, str | None] = {}
    told = []
    for page in pages:
        new = {sub: owner for sub, owner in page.items() if sub not in owners}
        owners |= new
        told.append(Sighting.of(new))
    kept = Fingerprints(told)
    for number in range(8):
        sub = f"sub_{number}"
        expected = Seen.of(owners[sub], user) if sub in owners else None
        assert kept.seen((user, sub)) is expected
    assert kept.without_user("", 100) == sorted(sub for sub, owner in owners.items() if owner is None)


def test_who_has_a_user_by_now_is_seen_with_that_user() -> None:
    """The second question about those without a user overrides the first."""
    kept = Fingerprints([Sighting.of({"sub_1": None, "sub_2": None})])
    kept.add({"sub_1": "user_1", "sub_2": None})
    assert kept.seen(("user_1", "sub_1")) is Seen.THEIRS
    assert kept.seen(("user_2", "sub_1")) is Seen.ANOTHERS
    assert kept.seen(("user_1", "sub_2")) is Seen.NOBODYS


def test_what_is_noted_after_a_question_is_known_too() -> None:
    """In the same slice, and in the next one."""
    passes, claim = PassesInMemory(), ("user_1", "sub_1")
    passes.take("me", 0, 900)
    checkpoint = PassCheckpoint(passes, "me", DriftPass("a", 0), lambda: False, lambda: 0.0)
    checkpoint.note(state={}, seen={"sub_1": None})
    assert checkpoint.without_user("") == ["sub_1"]
    assert checkpoint.seen([claim]) == {claim: Seen.NOBODYS}
    checkpoint.note(state={"unmapped_after": "sub_1"}, seen={"sub_1": "user_1"})
    assert checkpoint.seen([claim]) == {claim: Seen.THEIRS}
    checkpoint.keep()
    following = PassCheckpoint(passes, "me", checkpoint.drift_pass, lambda: False, lambda: 0.0)
    assert following.seen([claim]) == {claim: Seen.THEIRS}
    assert following.read("unmapped_after") == "sub_1"


def test_a_subscription_takes_16_bytes() -> None:
    """So 1,000 of them fit into one small item."""
    told = Sighting.of({f"sub_{n}": f"user_{n}" for n in range(1000)})
    assert len(told.pairs) + len(told.subscriptions) == 16_000
    assert told + Sighting() == told
    assert Sighting().is_empty
    assert not told.is_empty


def test_the_same_difference_is_believed_at_the_second_look() -> None:
    """What the profile has does not matter, what Stripe says does."""
    (look,) = looks_of([STALE], at=100)
    again = Difference(Kind.STALE, "sub_1", "user_1", "cus_1", (Field("status", None, "past_due"),))
    other = Difference(Kind.STALE, "sub_1", "user_1", "cus_1", (Field("status", "active", "unpaid"),))
    assert look.believed([again]) == ([again], [])
    assert look.believed([other]) == ([], [other])
    last = Look("sub_1", ("user_1",), frozenset({mark(STALE)}), 100, MOST_LOOKS - 1)
    assert last.believed([other]) == ([other], [])


def test_a_look_is_due_after_its_pause() -> None:
    """And survives being kept."""
    (look,) = looks_of([STALE, Difference(Kind.WRONG_USER, "sub_1", "user_2")], at=100)
    assert (look.is_due(699, 600), look.is_due(700, 600)) == (False, True)
    assert look.users == ("user_1", "user_2")
    assert Look.from_json(json.loads(json.dumps(look.as_json()))) == look


PASS = DriftPass("a", 1_000, state={"after": "sub_1"})
DONE = DriftPass("a", 1_000, finished=1_100)


@pytest.mark.parametrize(
    ("drift_pass", "now", "begin", "expected"),
    [
        (None, 0, False, Next.BEGIN),
        (PASS, 1_001, False, Next.GO_ON),
        (PASS, 1_001, True, Next.GO_ON),
        (PASS, 1_000 + 299, False, Next.GO_ON),
        (PASS, 1_000 + 300, False, Next.BEGIN),
        (DONE, 1_099, False, Next.NOTHING),
        (DONE, 1_099, True, Next.BEGIN),
        (DONE, 1_100, False, Next.BEGIN),
    ],
)
def test_what_an_invocation_has_to_do(
    drift_pass: DriftPass | None, now: float, *, begin: bool, expected: Next
) -> None:
    """With an interval of 100 seconds; a pass is given up after three."""
    assert next_step(drift_pass, now, 100, begin=begin) is expected
    assert DriftPass.from_json(json.loads(json.dumps(PASS.as_json()))) == PASS


def test_settings_have_defaults() -> None:
    """Terraform's."""
    assert DriftCheckSettings.from_environment({}) == DriftCheckSettings(
        repair=False, interval_hours=24, second_look_seconds=600, requests_per_second=10
    )
    every = {
        "DRIFT_CHECK_REPAIR": "true",
        "DRIFT_CHECK_INTERVAL_HOURS": "6",
        "DRIFT_CHECK_SECOND_LOOK_SECONDS": "0",
        "DRIFT_CHECK_REQUESTS_PER_SECOND": "2.5",
    }
    assert DriftCheckSettings.from_environment(every) == DriftCheckSettings(
        repair=True, interval_hours=6, second_look_seconds=0, requests_per_second=2.5
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DRIFT_CHECK_REPAIR", "yes"),
        ("DRIFT_CHECK_INTERVAL_HOURS", "0"),
        ("DRIFT_CHECK_INTERVAL_HOURS", "daily"),
        ("DRIFT_CHECK_SECOND_LOOK_SECONDS", "-1"),
        ("DRIFT_CHECK_REQUESTS_PER_SECOND", "nan"),
        ("DRIFT_CHECK_REQUESTS_PER_SECOND", "inf"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(variable: str, value: Any) -> None:
    """In the error."""
    with pytest.raises(ConfigError, match=variable):
        DriftCheckSettings.from_environment({variable: value})

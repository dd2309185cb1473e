"""docs/profile-events.md says what the function puts on the bus, and its snippet does what it says."""

import json
import random
import re
from pathlib import Path
from typing import Any

from hypothesis import given, settings

from stripe_subscription_handler.profile_events.changes import DETAIL_TYPE, ProfileChange
from stripe_subscription_handler.reading.contract import ATTRIBUTES
from support.contract import validator
from support.profile_items import items
from support.stream_records import EventSourceMapping, record

PAGE = (Path(__file__).parents[2] / "docs/profile-events.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The page's blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_is_an_event_as_the_function_makes_it() -> None:
    """The same change, told by the function, is the page's detail to the letter."""
    event = json.loads(blocks("json")[0])
    detail = event["detail"]
    change = ProfileChange(
        detail["id"], detail["sequence"], "42", detail["userId"], detail["before"], detail["after"]
    )
    assert change.detail() == detail
    assert event["detail-type"] == DETAIL_TYPE
    assert set(detail["changed"]) <= ATTRIBUTES.keys()
    fields = PAGE.partition("| field | meaning |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in fields.splitlines()[2:]))) == set(
        detail
    )


def test_the_rule_is_about_what_is_told() -> None:
    """Its names are those of the event."""
    event, rule = map(json.loads, blocks("json"))
    assert rule["source"] == [event["source"]]
    assert rule["detail-type"] == [event["detail-type"]]
    assert set(rule["detail"]["changed"]) <= ATTRIBUTES.keys()


@settings(max_examples=50, deadline=None)
@given(before=items(), after=items())
def test_both_sides_keep_the_schema_of_a_profile(before: dict[str, Any], after: dict[str, Any]) -> None:
    """docs/profile.schema.json describes them, with nothing besides the contract's attributes."""
    mapping = EventSourceMapping()
    mapping.deliver([json.loads(json.dumps(record(before, after), default=sorted))])
    for detail in mapping.bus.taken:
        for side in (detail["before"], detail["after"]):
            assert not [error.message for error in validator().iter_errors(side)]
            assert side.keys() <= ATTRIBUTES.keys()


def test_the_snippet_ends_in_the_newest_state() -> None:
    """Whatever is doubled, late or missing in between."""
    mapping = EventSourceMapping()
    mapping.deliver(
        [
            record({}, {"subscriptionQuantity": number}, user=user, number=number)
            for number in range(1, 30)
            for user in ("a", "b")
        ]
    )
    found: dict[str, Any] = {}
    exec(blocks("python")[0], found)  # noqa: S102 - our own page
    newest: dict[str, str] = {}
    state: dict[str, int] = {}
    arriving = random.Random(0).choices(mapping.bus.taken[:-2], k=200) + mapping.bus.taken[-2:]  # noqa: S311
    random.Random(1).shuffle(arriving)  # noqa: S311 - disorder, not a secret
    for detail in arriving:
        if found["is_news"](detail, newest):
            state[detail["userId"]] = detail["after"]["subscriptionQuantity"]
    assert state == {"a": 29, "b": 29}

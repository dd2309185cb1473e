"""`previous_attributes` are exact: laid over the object they give the object of the event before."""

from typing import Any

import pytest

from stripe_handler_cli.lab.simulator import ERAS, ApiVersion, SimulationOptions, iterate_lives
from stripe_handler_cli.lab.simulator.previous import previous_attributes

_2014 = ApiVersion("2014-06-17", "2014")
_2016 = ApiVersion("2016-07-06", "2016")
_NOW = ApiVersion("2026-10-28.endive", "2026-endive")


def _before(now: Any, old: Any) -> Any:
    """Undo a change by the rules of every version: written here anew, not the library's way."""
    if isinstance(old, list) and isinstance(now, list):
        return [
            _before(now[index], element)
            if isinstance(element, dict) and "object" not in element and index < len(now)
            else element
            for index, element in enumerate(old)
        ]
    if not isinstance(old, dict) or not isinstance(now, dict) or "object" in old:
        return old
    merged = {key: _before(now.get(key), old[key]) if key in old else value for key, value in now.items()}
    for key, value in old.items():
        merged.setdefault(key, value)
    return merged


def _without_unset(body: dict[str, Any]) -> dict[str, Any]:
    """A null in metadata means that the key was not there."""
    metadata = {key: value for key, value in body["metadata"].items() if value is not None}
    return {**body, "metadata": metadata}


@pytest.mark.parametrize("era", ERAS)
def test_every_update_leads_back_to_the_event_before(era: str) -> None:
    """For every updated event of every era, to the last field."""
    checked = 0
    for life in iterate_lives(
        31, 60, SimulationOptions(eras=(era,), expanded_share=0.0, also=("owner_move",))
    ):
        last: dict[str, Any] = {}
        for event in life.events:
            body = event["data"]["object"]
            if body["object"] != "subscription":
                continue
            if event["type"].endswith("updated"):
                checked += 1
                assert event["data"]["previous_attributes"]
                before = _without_unset(_before(body, event["data"]["previous_attributes"]))
                assert before == last[body["id"]]
            last[body["id"]] = body
    assert checked > 100


def test_nested_objects_hold_their_changed_keys_and_null_for_a_key_that_was_not_there() -> None:
    """As Stripe does for `metadata` and `cancellation_details`."""
    before = {"metadata": {"team": "blue"}, "details": {"reason": None, "comment": None}, "same": 1}
    after = {"metadata": {"userId": "u"}, "details": {"reason": "x", "comment": None}, "same": 1}
    assert previous_attributes(before, after, _NOW) == {
        "metadata": {"team": "blue", "userId": None},
        "details": {"reason": None},
    }


def test_arrays_are_whole_and_the_rest_of_their_list_holds_what_changed() -> None:
    """As in `items`: the old elements whole, the old count, and not the url."""
    old, new = {"id": "si_1", "quantity": 1, "created": 5}, {"id": "si_1", "quantity": 2, "created": 5}
    before = {"items": {"object": "list", "data": [old], "total_count": 1, "url": "/x"}}
    after = {"items": {"object": "list", "data": [new, {"id": "si_2"}], "total_count": 2, "url": "/x"}}
    assert previous_attributes(before, after, _NOW) == {"items": {"data": [old], "total_count": 1}}


def test_until_2017_the_elements_of_an_array_hold_what_changed() -> None:
    """The same element tells its changed keys without its id; another one in its place is whole."""
    old = [{"id": "si_1", "quantity": 1, "created": 5}, {"id": "si_2", "quantity": 3, "created": 5}]
    new = [{"id": "si_1", "quantity": 2, "created": 5}, {"id": "si_3", "quantity": 3, "created": 5}]
    told = previous_attributes({"items": {"data": old}}, {"items": {"data": new}}, _2016)
    assert told == {"items": {"data": [{"quantity": 1}, old[1]]}}


def test_in_2014_the_old_plan_is_whole() -> None:
    """Later it holds what changed."""
    before = {"plan": {"id": "a", "object": "plan", "amount": 1, "currency": "usd"}}
    after = {"plan": {"id": "b", "object": "plan", "amount": 2, "currency": "usd"}}
    assert previous_attributes(before, after, _2014) == before
    assert previous_attributes(before, after, _2016) == {"plan": {"id": "a", "amount": 1}}


def test_an_object_that_comes_or_goes_is_told_as_it_was() -> None:
    """Null where there was none, whole where there is none now."""
    pause = {"behavior": "void"}
    assert previous_attributes({"pause": None}, {"pause": pause}, _NOW) == {"pause": None}
    assert previous_attributes({"pause": pause}, {"pause": None}, _NOW) == {"pause": pause}

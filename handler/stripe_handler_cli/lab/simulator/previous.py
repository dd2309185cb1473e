"""What changed between two renderings of one object, as Stripe tells it in `previous_attributes`. Pure.

Nested objects hold only their changed keys, with null for a key that was not there. Arrays are whole. Older
API versions differ: until 2017-04-06 the elements of an array hold only what changed, and in 2014 the plan is
whole.
"""

from typing import Any

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.state import Json


def previous_attributes(before: Json, after: Json, version: ApiVersion) -> Json:
    """Old values of everything that differs; empty when nothing does."""
    changed = {}
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        whole = key == "plan" and version.tells_whole_plan
        changed[key] = old if whole else _old_value(old, new, version)
    return changed


def _old_value(old: Any, new: Any, version: ApiVersion) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return previous_attributes(old, new, version)
    if isinstance(old, list) and isinstance(new, list) and not version.tells_whole_arrays:
        return [_old_element(index, element, new, version) for index, element in enumerate(old)]
    return old


def _old_element(index: int, old: Any, new: list[Any], version: ApiVersion) -> Any:
    at_index = new[index] if index < len(new) else None
    if isinstance(old, dict) and isinstance(at_index, dict) and old.get("id") == at_index.get("id"):
        return previous_attributes(old, at_index, version)
    return old

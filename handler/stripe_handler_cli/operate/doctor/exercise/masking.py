"""Takes out of a text what is not for a bug report: accounts, people, names that somebody chose. Pure.

What stays are the words of this project and of AWS, and the ids of the made-up events.
"""

import re
from collections.abc import Mapping
from typing import Any

_PATTERNS = (
    (re.compile(r"arn:aws[\w-]*:(iam|sts)::\d*:[^\s\"',;)]+"), r"arn:aws:\1::ACCOUNT:SOMEBODY"),
    (re.compile(r"\b\d{12}\b"), "ACCOUNT"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "E-MAIL"),
    (re.compile(r"\b(sk|rk|whsec)_\w+"), "SECRET"),
    (re.compile(r"\bed_\w+"), "ed_DESTINATION"),
    (re.compile(r"secret:[^\s\"',;)]+"), "secret:NAME"),
)
_BETWEEN = "-stripe-"
"""Stands in every name of the stack between the prefix and what it is of."""


def chosen_names(outputs: Mapping[str, Any]) -> dict[str, str]:
    """The names of a stack that somebody chose, and what stands for each; the longest first."""
    function = str(outputs.get("function_name") or "")
    prefix = function.partition(_BETWEEN)[0] if _BETWEEN in function else ""
    found = {
        str(outputs.get("profile_table_name") or ""): "PROFILE_TABLE",
        str(outputs.get("profile_events_bus_name") or ""): "PROFILE_EVENTS_BUS",
        f"{prefix}{_BETWEEN}" if prefix else "": f"PREFIX{_BETWEEN}",
    }
    ordered = sorted(found.items(), key=lambda pair: -len(pair[0]))
    return {name: stands for name, stands in ordered if name}


def masked(value: Any, names: Mapping[str, str]) -> Any:
    """The same value, a JSON one, with every text in it masked."""
    if isinstance(value, Mapping):
        return {key: masked(one, names) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [masked(one, names) for one in value]
    return _masked(value, names) if isinstance(value, str) else value


def _masked(text: str, names: Mapping[str, str]) -> str:
    for pattern, stands in _PATTERNS:
        text = pattern.sub(stands, text)
    for name, stands in names.items():
        text = text.replace(name, stands)
    return text

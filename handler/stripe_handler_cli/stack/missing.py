"""Names the table, log group or queue that is not there: AWS's own errors do not. Hooks into sessions."""

from collections.abc import Iterator, Mapping
from typing import Any

_CODES = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)
_NAMED_BY = {"TableName": "table", "logGroupName": "log group", "QueueUrl": "queue"}
"""Parameter of a request → what it names."""
_TABLES = "RequestItems"
"""The parameter that names tables by its keys."""
_ASKED = "what_may_be_missing"


def name_what_is_missing(events: Any) -> None:
    """Have errors of all clients of a boto3 session say what is missing; `events` are the session's."""
    events.register("before-parameter-build", _remember)
    events.register("after-call", _name)


def _remember(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_ASKED] = sorted(set(_named(params)))


def _name(parsed: Any, context: Mapping[str, Any], **_: Any) -> None:
    error = parsed.get("Error", {}) if isinstance(parsed, dict) else {}
    if error.get("Code") in _CODES and context.get(_ASKED):
        error["Message"] = f"{error.get('Message', '')} (there is no {', '.join(context[_ASKED])})".strip()


def _named(params: Any) -> Iterator[str]:
    """What a request is about; a transaction names its tables inside."""
    if isinstance(params, list | tuple):
        for one in params:
            yield from _named(one)
    elif isinstance(params, Mapping):
        for name, value in params.items():
            if name == _TABLES and isinstance(value, Mapping):
                yield from (f"table {table}" for table in value)
            elif name in _NAMED_BY and isinstance(value, str):
                yield f"{_NAMED_BY[name]} {value}"
            elif name == "TransactItems":
                yield from (told for item in value for one in item.values() for told in _named(one))

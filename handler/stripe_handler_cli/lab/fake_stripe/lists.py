"""One page of a list, as Stripe cuts it: newest first, `limit`, and a cursor on one side. Pure.

Which objects are in a list is told by its query; a parameter that is not modelled here is refused, so that
nothing seems to be filtered that is not.
"""

import itertools
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import attrs

from stripe_handler_cli.lab.fake_stripe.answers import Answer, error

Body = Mapping[str, Any]
Filter = Callable[[Sequence[str], Body], bool]
"""Whether an object is among those a parameter's values ask for."""

Query = Mapping[str, list[str]]
"""Parameter → its values."""

DEFAULT_LIMIT, LONGEST_LIMIT = 10, 100
EVENTS_KEPT_SECONDS = 30 * 86_400
"""How far back Stripe lists events."""

_BAD: Final = HTTPStatus.BAD_REQUEST
_PAGING: Final = frozenset({"limit", "starting_after", "ending_before", "expand[]"})
_CREATED: Final = re.compile(r"created(?:\[(gt|gte|lt|lte)\])?")
_COMPARISONS: Final = {
    None: operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_ENDED: Final = frozenset({"canceled", "incomplete_expired"})


def _has_status(values: Sequence[str], body: Body) -> bool:
    wanted, status = values[-1], body["status"]
    return wanted in {"all", status} or (wanted == "ended" and status in _ENDED)


def _is_not_canceled(body: Body) -> bool:
    return bool(body["status"] != "canceled")


def _is_created(compare: Callable[[int, int], bool], second: int, body: Body) -> bool:
    return compare(body["created"], second)


def _has(name: str) -> Filter:
    return lambda values, body: body.get(name) == values[-1]


def _bills(values: Sequence[str], body: Body) -> bool:
    details = (body.get("parent") or {}).get("subscription_details") or {}
    return details.get("subscription") == values[-1]


def _has_type(values: Sequence[str], body: Body) -> bool:
    return body["type"] in values


_FILTERS: Final[Mapping[str, Mapping[str, Filter]]] = {
    "subscription": {"status": _has_status, "customer": _has("customer")},
    "customer": {"email": _has("email")},
    "invoice": {"status": _has("status"), "customer": _has("customer"), "subscription": _bills},
    "event": {"type": _has_type, "types[]": _has_type},
}
"""What kind of object is listed → parameter → what it asks for."""


@attrs.frozen
class Listing:
    """Every object of one kind.

    Attributes:
        kind: The kind.
        ids: Their ids, newest first.
        read: Reads one; None where there is none at this moment.
        now: The moment, Unix seconds.
    """

    kind: str
    ids: Sequence[str]
    read: Callable[[str], Body | None]
    now: float

    def page(self, path: str, query: Query) -> Answer:
        """Answer with the page that a query asks for."""
        refused = self._refusal(query)
        if refused is not None:
            return refused
        limit = int(_last(query, "limit", str(DEFAULT_LIMIT)))
        after, before = _last(query, "starting_after"), _last(query, "ending_before")
        ids: Iterable[str] = self.ids
        if after:
            ids = self.ids[self.ids.index(after) + 1 :]
        elif before:
            ids = reversed(self.ids[: self.ids.index(before)])
        found = list(itertools.islice(self._listed(query, ids), limit + 1))
        data = found[:limit]
        if before:
            data.reverse()
        has_more = len(found) > limit
        return Answer(HTTPStatus.OK, {"object": "list", "url": path, "has_more": has_more, "data": data})

    def _refusal(self, query: Query) -> Answer | None:
        known = _PAGING | _FILTERS[self.kind].keys()
        for name in query:
            if name not in known and not _CREATED.fullmatch(name):
                return error(_BAD, f"Received unknown parameter: {name}", "parameter_unknown")
            if _CREATED.fullmatch(name) and not _is_whole(query[name][-1]):
                return error(_BAD, f"{name} must be a Unix time in seconds.")
        if "starting_after" in query and "ending_before" in query:
            return error(_BAD, "You can't specify both `starting_after` and `ending_before`.")
        limit = _last(query, "limit", str(DEFAULT_LIMIT))
        if not (_is_whole(limit) and 1 <= int(limit) <= LONGEST_LIMIT):
            return error(_BAD, f"limit must be a whole number from 1 to {LONGEST_LIMIT}.")
        for name in ("starting_after", "ending_before"):
            if name in query and query[name][-1] not in self.ids:
                return error(_BAD, f"No such {self.kind}: '{query[name][-1]}'", "resource_missing")
        return None

    def _listed(self, query: Query, ids: Iterable[str]) -> Iterator[Body]:
        tests: list[Callable[[Body], bool]] = [
            partial(test, query[name]) for name, test in _FILTERS[self.kind].items() if name in query
        ]
        if self.kind == "subscription" and "status" not in query:
            tests.append(_is_not_canceled)
        for name, values in query.items():
            if found := _CREATED.fullmatch(name):
                tests.append(partial(_is_created, _COMPARISONS[found[1]], int(values[-1])))
        if self.kind == "event":
            tests.append(partial(_is_created, operator.ge, int(self.now) - EVENTS_KEPT_SECONDS))
        for body in map(self.read, ids):
            if body is not None and all(test(body) for test in tests):
                yield body


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _last(query: Query, name: str, otherwise: str = "") -> str:
    return query[name][-1] if name in query else otherwise

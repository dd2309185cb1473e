"""Ways to damage a Stripe event, by name. Each changes parsed JSON in place or puts something in its place.

Chance comes from the caller, so the same source of it makes the same damage. Nothing here knows what the
library makes of it.
"""

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from support.read_keys import is_read
from support.trees import Path, at, delete, nodes, put

CANARY = "canary.person@example.com"
"""Stands for personal data; must never be in a message or in a log line."""

SHARE_OF_READ_NODES = 0.75
"""How often a node that the library may look at is chosen."""

NUMBERS = (0, -1, 1.5, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**38, 10**40, -(10**20), 1e-130)
NOT_NUMBERS = (float("nan"), float("inf"), float("-inf"))
LONG_BYTES = (256, 501, 1_100, 2_100, 70_000, 420_000)
DEPTHS = (5, 60, 300, 900)
OTHER_TYPES: tuple[Any, ...] = (None, True, 7, 1.5, "text", [], {}, [1], ["sub_1"], {"id": "x"}, [{}])
ODD_TEXTS = (
    "\ud800",
    "a\udfffb",
    "\x00",
    "\uffff",
    "\u202egnp.exe",
    "🧾" * 40,
    "e\u0301",
    "a.b#c:d/e",
    "#n0",
    ":v0",
    " ",
    "line\nline",
    "__proto__",
    "SET",
    "CUSTOMER#cus_1",
)
ODD_KEYS = ("", ".", "#n0", ":v0", "a.b", "a#b", "sub_1", "\ud800", "k" * 300, "stripeLedgerLive")
ODD_TIMES: tuple[Any, ...] = (
    1_763_800_000_000,
    1_763_800_000.5,
    "1763800000",
    "2026-11-02T10:00:00Z",
    "2026-11-02",
    "0001-01-01T00:00:00+14:00",
    253_402_300_800,
    -1,
    0,
    True,
)
ODD_METADATA: tuple[Any, ...] = (
    None,
    [],
    "userId",
    {"userId": 7},
    {"userId": None},
    {"userId": ""},
    {"userId": ["user_1"]},
    {"userId": "u" * 500},
    {"userId": "ü" * 500},
    {"userId": "u" * 501},
    {"userId": "u" * 3_000},
    {"userid": "user_1"},
    {f"key_{number}": "value" for number in range(500)},
)
ODD_TYPES: tuple[Any, ...] = (
    "",
    "customer.subscription",
    "customer.subscription.updated ",
    "customer.subscription.deleted",
    "customer.subscription.created",
    "customer.subscription.updated",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.paid",
    "v1.customer.subscription.updated",
    "INVOICE.PAID",
)
WHOLE: tuple[Any, ...] = (
    None,
    True,
    0,
    "event",
    [],
    [[]],
    {},
    {"detail": {}},
    {"detail": []},
    {"id": "evt_1"},
)

Damage = Callable[[random.Random, Any, Sequence[Any]], Any]
"""Takes a source of chance, the event (its own copy) and events to take parts from; returns the damaged."""


def stripe_event(raw: Any) -> Any:
    """The Stripe event inside its envelope, or the bare one."""
    return raw.get("detail", raw) if isinstance(raw, dict) else raw


def body_of(raw: Any) -> Any:
    """The object that the event carries; None where there is none."""
    return at(stripe_event(raw), ("data", "object"))


def _node(rng: random.Random, raw: Any) -> Path:
    every = list(nodes(raw)) or [("nothing",)]
    read = list(filter(is_read, every)) if rng.random() < SHARE_OF_READ_NODES else every
    return rng.choice(read or every)


def _objects(raw: Any) -> Iterator[dict[str, Any]]:
    for path in ((), *nodes(raw)):
        found = at(raw, path)
        if isinstance(found, dict):
            yield found


def _replacing(*values: Any) -> Damage:
    def damage(rng: random.Random, raw: Any, _: Sequence[Any]) -> Any:
        put(raw, _node(rng, raw), copy.deepcopy(rng.choice(values)))
        return raw

    return damage


def _at_one_of(*keys: str, values: Sequence[Any]) -> Damage:
    """Replace one node that has one of these keys, or add it to the object the event carries."""

    def damage(rng: random.Random, raw: Any, _: Sequence[Any]) -> Any:
        paths = [path for path in nodes(raw) if path[-1] in keys]
        value = copy.deepcopy(rng.choice(values))
        if paths:
            put(raw, rng.choice(paths), value)
        elif isinstance(body := body_of(raw), dict):
            body[keys[0]] = value
        return raw

    return damage


def _delete(rng: random.Random, raw: Any, _: Sequence[Any]) -> Any:
    delete(raw, _node(rng, raw))
    return raw


def _long_text(rng: random.Random, raw: Any, _: Sequence[Any]) -> Any:
    put(raw, _node(rng, raw), rng.choice("xü") * rng.choice(LONG_BYTES))
    return raw


def _nest(rng: random.Random, raw: Any, _: Sequence[Any]) -> Any:
    path = _node(rng, raw)
    nested = at(raw, path)
    kind = rng.randrange(2)
    for _depth in range(rng.choice(DEPTHS)):
        nested = {"a": nested} if kind else [nested]
    put(raw, path, nested)
    return raw


def _nested(depth: int) -> Any:
    nested: Any = {}
    for _ in range(depth):
        nested = {"deep": nested}
    return nested


def _deep_previous(rng: random.Random, raw: Any, _: Sequence[Any]) -> Any:
    """The same deep nesting in the object and in its old values, which are laid over each other."""
    event, body = stripe_event(raw), body_of(raw)
    if isinstance(event, dict) and isinstance(event.get("data"), dict) and isinstance(body, dict):
        depth = rng.choice(DEPTHS)
        body["deep"], event["data"]["previous_attributes"] = _nested(depth), {"deep": _nested(depth)}
        event["type"] = "customer.subscription.updated"
    return raw


def _odd_previous(rng: random.Random, raw: Any, donors: Sequence[Any]) -> Any:
    data = at(stripe_event(raw), ("data",))
    if isinstance(data, dict):
        odd = (
            body_of(rng.choice(donors)),
            copy.deepcopy(body_of(raw)),
            [],
            "old",
            {"items": []},
            {"items": None},
        )
        data["previous_attributes"] = copy.deepcopy(rng.choice(odd))
    return raw


def _same_ids(rng: random.Random, raw: Any, _: Sequence[Any]) -> Any:
    """One id stands where another should."""
    paths = [
        path for path in nodes(raw) if path[-1] in {"id", "customer", "subscription", "price", "product"}
    ]
    if len(paths) > 1:
        one, two = rng.sample(paths, 2)
        put(raw, one, copy.deepcopy(at(raw, two)))
    return raw


def _swap_object(rng: random.Random, raw: Any, donors: Sequence[Any]) -> Any:
    """Another event's object under this event's type."""
    put(stripe_event(raw), ("data", "object"), copy.deepcopy(body_of(rng.choice(donors))))
    return raw


def _transplant(rng: random.Random, raw: Any, donors: Sequence[Any]) -> Any:
    """A node of another event, often of another era: at its own place, or anywhere."""
    donor = rng.choice(donors)
    path = _node(rng, donor)
    put(raw, path if rng.randrange(2) else _node(rng, raw), copy.deepcopy(at(donor, path)))
    return raw


def _break_envelope(rng: random.Random, raw: Any, _: Sequence[Any]) -> Any:
    event = stripe_event(raw)
    return rng.choice(
        (
            {"detail-type": "customer.subscription.updated"},
            {"detail": [event]},
            {"detail": str(event)},
            {"detail": None, "detail-type": None},
            {"detail": {"detail": event}},
            {**event, "detail-type": "x"} if isinstance(event, dict) else event,
            {"detail": event, "id": event},
            [event],
        )
    )


def _extra_fields(rng: random.Random, raw: Any, _: Sequence[Any]) -> Any:
    for found in list(_objects(raw)):
        found[f"future_{rng.randrange(10**6)}"] = copy.deepcopy(rng.choice((*OTHER_TYPES, *NUMBERS, CANARY)))
    return raw


def _odd_keys(rng: random.Random, raw: Any, _: Sequence[Any]) -> Any:
    objects = list(_objects(raw))
    for found in objects:
        found[rng.choice(ODD_KEYS)] = rng.choice(("value", CANARY))
    if objects:
        rng.choice(objects)["k" * rng.choice(LONG_BYTES)] = "value"
    return raw


def _many_elements(rng: random.Random, raw: Any, _: Sequence[Any]) -> Any:
    lists = [found for path in nodes(raw) if isinstance(found := at(raw, path), list) and found]
    if lists:
        # A copy: put into a list inside it, the list itself would hold itself.
        some = copy.deepcopy(rng.choice(lists))
        rng.choice(lists)[:] = some * rng.choice((2, 20, 300))
    return raw


DAMAGES: dict[str, Damage] = {
    "delete": _delete,
    "null": _replacing(None),
    "other type": _replacing(*OTHER_TYPES),
    "number": _replacing(*NUMBERS),
    "not a number": _replacing(*NOT_NUMBERS),
    "empty": _replacing("", [], {}),
    "long text": _long_text,
    "odd text": _replacing(*ODD_TEXTS),
    "personal data": _replacing(CANARY, [CANARY], {CANARY: CANARY}, {"id": [CANARY]}),
    "deep nesting": _nest,
    "deep old values": _deep_previous,
    "odd old values": _odd_previous,
    "same ids": _same_ids,
    "odd ids": _at_one_of("id", "customer", "subscription", values=ODD_TEXTS),
    "long ids": _at_one_of(
        "id", "customer", "subscription", values=["x" * 255, "x" * 256, "ü" * 200, "x" * 2_100]
    ),
    "odd users": _at_one_of("userId", values=(*ODD_TEXTS, "u" * 500, "🧾" * 500, "u" * 2_100)),
    "swapped object": _swap_object,
    "transplant": _transplant,
    "broken envelope": _break_envelope,
    "not an event": lambda rng, _raw, _donors: copy.deepcopy(rng.choice(WHOLE)),
    "extra fields": _extra_fields,
    "odd keys": _odd_keys,
    "many elements": _many_elements,
    "odd type": _at_one_of("type", values=ODD_TYPES),
    "odd time": _at_one_of("created", "current_period_end", "ended_at", "date", values=ODD_TIMES),
    "odd metadata": _at_one_of("metadata", values=ODD_METADATA),
}
"""Every kind of damage."""

SHALLOW = [name for name in DAMAGES if not name.startswith("deep")]
"""Those that can be combined: Python's own functions for copying JSON do not go as deep as the others dig."""

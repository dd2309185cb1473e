"""How the fake Stripe misbehaves on demand, and which misbehaviour a seed draws. Pure."""

import random
from collections.abc import Mapping
from http import HTTPStatus

import attrs

_LONGEST_BURST = 5
"""More than a handler tries: such a burst ends in Lambda's retry."""


@attrs.frozen(kw_only=True)
class Fault:
    """How to misbehave once. Without a status or body, the right answer is given in the end.

    A dropped connection is closed without an answer; a hanging one gets none until the server ends.
    """

    status: int = HTTPStatus.OK
    code: str | None = None
    message: str = "Something failed."
    headers: Mapping[str, str] = attrs.Factory(dict)
    body: str | None = None
    drop: bool = False
    hang: bool = False
    delay_seconds: float = 0.0
    without_date: bool = False


def rate_limited(*, retry_after: str | None = None) -> Fault:
    """Make a 429 as Stripe answers it."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Fault(status=HTTPStatus.TOO_MANY_REQUESTS, code="rate_limit", headers=headers)


_KINDS: tuple[tuple[Fault, int], ...] = (
    (rate_limited(), 6),
    (rate_limited(retry_after="1"), 2),
    (Fault(status=HTTPStatus.INTERNAL_SERVER_ERROR), 4),
    (Fault(status=HTTPStatus.SERVICE_UNAVAILABLE, body="<html>busy</html>"), 2),
    (Fault(status=HTTPStatus.CONFLICT, code="lock_timeout"), 1),
    (Fault(drop=True), 3),
    (Fault(delay_seconds=1.2), 2),
    (Fault(without_date=True), 1),
    (Fault(hang=True), 1),
)
"""Faults that pass, and how often each is drawn among the others."""


def drawn_faults(rng: random.Random, count: int) -> list[list[Fault]]:
    """Draw so many faults, in bursts of one kind: single ones, and some that outlast a handler's patience."""
    kinds, weights = zip(*_KINDS, strict=True)
    bursts = []
    left = count
    while left:
        [kind] = rng.choices(kinds, weights)
        # Requests that hang cost their whole time-out, so they come one by one.
        length = 1 if kind.hang else min(left, rng.choice((1, 1, 1, 2, _LONGEST_BURST)))
        bursts.append([kind] * length)
        left -= length
    return bursts

"""Which of a user's subscriptions the app sees. Pure."""

from collections.abc import Sequence
from functools import cmp_to_key

from stripe_handler_cli.lab.simulator.truth.sight import Sight

_CLASSES: tuple[frozenset[str], ...] = (
    frozenset({"active", "trialing", "past_due"}),
    frozenset(),  # words Stripe may invent; the simulator has none
    frozenset({"unpaid", "paused"}),
    frozenset({"incomplete"}),
    frozenset({"canceled", "incomplete_expired"}),
)
"""The best first."""
_INVENTED = 1
_WITHIN_THE_BEST = ("active", "trialing", "past_due")
_LAST = len(_WITHIN_THE_BEST)


def best_first(sights: Sequence[Sight]) -> list[Sight]:
    """Sort subscriptions, the primary one first."""
    return sorted(sights, key=cmp_to_key(_compared))


def _compared(one: Sight, other: Sight) -> int:
    """Below zero if `one` is better. Each line decides only where those before it do not."""
    order = _class(one) - _class(other)
    if one.is_over and other.is_over:
        order = order or (one.state.status != "canceled") - (other.state.status != "canceled")
        order = order or _end(other) - _end(one)
        order = order or _place(one) - _place(other)
    else:
        order = order or _holds_a_plan(other) - _holds_a_plan(one)
        order = order or _within_class(one) - _within_class(other)
        order = order or _place(one) - _place(other)
        order = order or other.created - one.created
    return order or (1 if one.state.id < other.state.id else -1)


def _class(sight: Sight) -> int:
    found = (index for index, words in enumerate(_CLASSES) if sight.state.status in words)
    return next(found, _INVENTED)


def _place(sight: Sight) -> int:
    return sight.settings.place(sight.product(sight.plan_item()))


def _holds_a_plan(sight: Sight) -> int:
    plans = sight.settings.plan_product_ids
    return int(any(sight.product(item) in plans for item in sight.state.items))


def _within_class(sight: Sight) -> int:
    """The place of the status among those of its class; a pause of collection comes after all of them."""
    status = sight.state.status
    is_late = status not in _WITHIN_THE_BEST or (sight.is_collection_paused and status != "past_due")
    return _LAST if is_late else _WITHIN_THE_BEST.index(status)


def _end(sight: Sight) -> int:
    ended = sight.state.ended_at
    return sight.created if ended is None else ended

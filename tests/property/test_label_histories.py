"""Every history of labels up to a size, in every order: none ends wrong, none depends on the order."""

import itertools
from collections.abc import Callable, Iterator, Sequence

import pytest

from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import UserNotFoundError
from stripe_subscription_handler.events.envelope import StripeEvent
from support.examples import thinned
from support.happenings import World
from support.judging import judge
from support.model import FOREVER, Tables, stripe_at
from support.one_owner import check_one_owner
from support.stripe_account import Account
from support.truth import Truth

LABELS = (None, "u1", "u2")
STATUSES = ("incomplete", "active", "past_due", "trialing")


def of_one_subscription(most: int) -> Iterator[World]:
    """Histories of one subscription, of so many events at most.

    It is made with a label or none, or was there before anybody listened; then each event leaves its label,
    changes it, or takes it off; and the last one may be its end.
    """
    for labels in itertools.chain(*(itertools.product(LABELS, repeat=size + 1) for size in range(most + 1))):
        for born, ends in itertools.product((False, True), repeat=2):
            account = Account()
            begin = account.born if born else account.create
            begin("sub_a", labels[0], status=STATUSES[0])
            for number, label in enumerate(labels[1:], start=1):
                account.update("sub_a", label=label, status=STATUSES[number % len(STATUSES)])
            if ends:
                account.delete("sub_a")
            if 0 < len(account.facts) <= most - born and is_named_in_order(labels):
                yield account.world()


def of_two_subscriptions(changes: int) -> Iterator[World]:
    """Histories of two subscriptions of one customer, with so many changes at most."""
    step = tuple(itertools.product(("sub_a", "sub_b"), LABELS))
    for first, second in itertools.product(LABELS, repeat=2):
        for rest in itertools.chain(*(itertools.product(step, repeat=size) for size in range(changes + 1))):
            account = Account()
            account.create("sub_a", first)
            account.create("sub_b", second)
            for number, (subscription_id, label) in enumerate(rest):
                account.update(subscription_id, label=label, status=STATUSES[number])
            if is_named_in_order((first, second, *(label for _, label in rest))):
                yield account.world()


def is_named_in_order(labels: Sequence[str | None]) -> bool:
    """Whether u1 comes first; otherwise another history is the same with the names changed."""
    return next(filter(None, labels), "u1") == "u1"


def wrong(world: World, truth: Truth, order: Sequence[StripeEvent]) -> str | None:
    """What is wrong after these deliveries, one after the other, everything having happened before them."""
    policy = Policy(can_ask_stripe=truth.key)
    tables = Tables(policy=policy, stripe=stripe_at(world.shown[-1], FOREVER))
    try:
        for event in order:
            tables.deliver(event)
            check_one_owner(tables)
        judge(tables, truth)
    except (AssertionError, UserNotFoundError) as error:
        return f"{world}\ndelivered {[event.id for event in order]}: {error}"
    return None


@pytest.mark.parametrize("key", [False, True], ids=["without key", "with key"])
@pytest.mark.parametrize(
    ("histories", "most", "count"), [(of_one_subscription, 4, 164), (of_two_subscriptions, 2, 197)]
)
def test_no_history_of_labels_ends_wrong(
    histories: Callable[[int], Iterator[World]], most: int, count: int, *, key: bool
) -> None:
    """In order, and in every other order."""
    in_order, any_order, worlds = [], [], list(histories(most))
    assert len(worlds) == count
    for world in thinned(worlds):
        truth = Truth(world, key=key)
        in_order += filter(None, [wrong(world, truth, world.events)])
        orders = itertools.permutations(world.events)
        any_order += filter(None, (wrong(world, truth, order) for order in orders))
    assert not in_order, f"{len(in_order)} histories end wrong in order, the first one:\n{in_order[0]}"
    assert not any_order, f"{len(any_order)} deliveries end wrong, the first one:\n{any_order[0]}"

"""A list of Stripe's that is empty, ends early, or is another account's takes nothing from anybody."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.reconciling import Account, Reconciliation
from support.slicing import Sliced

BODIES = {
    f"sub_{n}": events.subscription(
        id=f"sub_{n}", user=f"user_{n}", customer=f"cus_{n}", created=events.T0 + n
    )
    for n in range(6)
}


def empty(_bodies: Mapping[str, Any]) -> dict[str, Any]:
    """A list without anything, as that of a key of a new account."""
    return {}


def half(bodies: Mapping[str, Any]) -> dict[str, Any]:
    """A list that ends early."""
    return {key: bodies[key] for key in list(bodies)[:3]}


def foreign(_bodies: Mapping[str, Any]) -> dict[str, Any]:
    """Another account's: other ids, of users who have ours too, and all ended."""
    other = events.subscription(
        id="sub_other", user="user_1", customer="cus_other", status="canceled", ended_at=events.T0 + 500
    )
    return {other["id"]: other}


def shown(made: Reconciliation) -> dict[str, tuple[Any, ...]]:
    """What each user may do, and by which subscription."""
    names = ("subscriptionId", "subscriptionStatus", "subscriptionAccessUntil", "subscriptionProducts")
    return {
        user: tuple(item.get(name) for name in names) for user, item in sorted(made.tables.profiles.items())
    }


def world(listed: Mapping[str, Any], *, is_there: bool) -> Reconciliation:
    """Six users with all their events; Stripe lists something else, and knows the rest one by one or not."""

    class Listing(Account):
        """Lists some, and finds what is there."""

        def subscriptions(self, after: str | None = None, customer_id: str | None = None) -> Any:
            """The list."""
            return Account(dict(listed), second=self.second).subscriptions(after, customer_id)

    made = Reconciliation(Listing(dict(BODIES) if is_there else dict(listed)))
    for n, body in enumerate(BODIES.values()):
        made.tables.deliver(parse_event(events.created(body, event_id=f"evt_{n}", created=body["created"])))
    return made


@pytest.mark.parametrize("cut", [empty, half, foreign])
@pytest.mark.parametrize("is_there", [True, False], ids=["known one by one", "unknown"])
@pytest.mark.parametrize("workers", [0, 3])
def test_reconcile_takes_nothing_away(
    cut: Callable[[Mapping[str, Any]], dict[str, Any]], *, is_there: bool, workers: int
) -> None:
    """With `--apply`: every user keeps what he had, whether Stripe knows the rest or not."""
    made = world(cut(BODIES), is_there=is_there)
    made.workers = workers
    before = shown(made)
    made.run(apply=True)
    assert shown(made) == before
    assert len(before) == len(BODIES)


@pytest.mark.parametrize("cut", [empty, half, foreign])
@pytest.mark.parametrize("is_there", [True, False], ids=["known one by one", "unknown"])
@pytest.mark.parametrize("backfill", [False, True])
def test_the_drift_check_takes_nothing_away(
    cut: Callable[[Mapping[str, Any]], dict[str, Any]], *, is_there: bool, backfill: bool
) -> None:
    """With repairs, on its schedule and as a backfill (`reconcile --in-aws --apply`)."""
    made = world(cut(BODIES), is_there=is_there)
    before = shown(made)
    checks = Sliced(made, repair=True)
    checks.slice(begin=True, backfill=backfill)
    checks.whole_pass()
    assert shown(made) == before


def test_what_changed_is_repaired_all_the_same() -> None:
    """So the tests above would notice a repair that does nothing."""
    made = world(BODIES, is_there=True)
    made.account.bodies["sub_1"] = {**BODIES["sub_1"], "status": "past_due"}
    before = shown(made)
    made.run(apply=True)
    assert shown(made) == before, "the list has the old state"
    changed = Reconciliation(Account(dict(made.account.bodies)), made.tables)
    changed.run(apply=True)
    assert shown(changed)["user_1"][1] == "past_due"

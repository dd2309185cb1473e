"""Looks again at what the walk found, and tells or repairs what still differs."""

from collections.abc import Callable, Iterable

import attrs

from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.comparison.walk import Profiles, Stripe
from stripe_subscription_handler.decisions.ledger import knows
from stripe_subscription_handler.drift_check.checkpoint import PassCheckpoint
from stripe_subscription_handler.drift_check.looks import Look, looks_of
from stripe_subscription_handler.stripe_side.api import Snapshot


@attrs.frozen
class SecondLooks:
    """A slice's second looks.

    Attributes:
        comparer: Compares, tells, and repairs where it may; its tally counts what is believed.
        pause_seconds: How long after a look the next one comes.
        clock: Unix time in seconds.
    """

    stripe: Stripe
    tables: Profiles
    checkpoint: PassCheckpoint
    comparer: Comparer
    pause_seconds: float
    clock: Callable[[], float]

    def run(self) -> bool:
        """Look at all that is due, and say whether nothing is left; otherwise the rest is due later.

        Raises:
            SliceEndedError: Time is up.
            StripeUnavailableError: Stripe did not tell; the next slice can go on.
        """
        while (look := self.checkpoint.next_look()) is not None:
            if not look.is_due(self.clock(), self.pause_seconds):
                return False
            before = self.comparer.tally.differences
            again = looks_of(self._differing(look), int(self.clock()), look.number + 1)
            told = self.comparer.tally.differences > before
            self.checkpoint.looked(again, {"believed": self.comparer.tally.as_json()}, keep=told)
        return True

    def _differing(self, look: Look) -> list[Difference]:
        """Tell what is believed, and return what must be looked at once more."""
        found: list[Difference] = []
        looking = attrs.evolve(self.comparer, repair=None, report=found.append, tally=Tally())
        items = self.tables.profiles(look.users)
        snapshot = self.stripe.subscription(look.subscription_id)
        holders = [user for user in look.users if knows(items.get(user), look.subscription_id)]
        _compare(looking, look.subscription_id, snapshot, holders)
        believed, again = look.believed(found)
        if believed and self.comparer.repair is not None:
            # The snapshot is handled as a whole: what was not believed yet is repaired with it, and told.
            _compare(self.comparer, look.subscription_id, snapshot, holders)
            return []
        for one in believed:
            self.comparer.tell(one)
        return again


def _compare(
    comparer: Comparer, subscription_id: str, snapshot: Snapshot | None, holders: Iterable[str]
) -> None:
    if snapshot is not None:
        comparer.snapshots([snapshot.object], snapshot.as_of, holders)
    else:
        for user_id in holders:
            comparer.unknown(subscription_id, user_id)

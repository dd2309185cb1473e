"""Walks through every subscription of Stripe, then through every profile, page by page.

A page is noted together with the place where the next one begins: a walk that is broken off goes on there.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import attrs

from stripe_subscription_handler.comparison.checkpoint import Checkpoint, Seen
from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.comparison.rehearsal import Item
from stripe_subscription_handler.comparison.tables import ScanPage, ScanPosition, Shown
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.comparison.views import Views
from stripe_subscription_handler.decisions.ledger import knows
from stripe_subscription_handler.stripe_side.api import Page, Snapshot

Progress = Callable[[str, int, int], None]
"""Called with what is gone through, how many are done, and about how many there are (0: nobody knows)."""


class Stripe(Protocol):
    """Stripe, as far as the walk asks."""

    def subscriptions(self, after: str | None) -> Iterable[Page]:
        """Every subscription, newest first, on from one."""

    def subscription(self, subscription_id: str) -> Snapshot | None: ...


class Profiles(Protocol):
    """The profile table, as far as the walk asks."""

    def profiles(self, user_ids: Iterable[str]) -> Mapping[str, Item]: ...

    def scan(self, position: ScanPosition) -> ScanPage: ...


def look_at_views(
    tables: Profiles, views: Views, progress: Progress = lambda _what, _done, _about: None, about: int = 0
) -> None:
    """Go through all profiles and hold each view against its own ledger; Stripe is asked nothing."""
    position: ScanPosition | None = ScanPosition()
    scanned = 0
    while position is not None:
        page = tables.scan(position)
        items = tables.profiles([one.user_id for one in page.profiles])
        for user_id, item in items.items():
            views.look(user_id, item)
        scanned += page.scanned
        views.tally.profiles += len(page.profiles)
        position = page.next
        progress("profiles", scanned, about)


@attrs.frozen
class Walk:
    """A whole comparison.

    Attributes:
        about: About how many profiles there are, for the progress; 0 where nobody knows.
    """

    stripe: Stripe
    tables: Profiles
    checkpoint: Checkpoint
    comparer: Comparer
    progress: Progress = lambda _what, _done, _about: None
    about: int = 0

    @property
    def _tally(self) -> Tally:
        return self.comparer.tally

    def run(self) -> None:
        """Go through both, or through what is left of them.

        Raises:
            StripeUnavailableError: Stripe did not tell; the same walk can go on later.
        """
        if not self.checkpoint.read("stripe_done"):
            self._from_stripe()
        if not self.checkpoint.read("unmapped_done"):
            self._unmapped()
        self._from_profiles()

    def _from_stripe(self) -> None:
        for page in self.stripe.subscriptions(self.checkpoint.read("after")):
            reported: list[tuple[str, str]] = []
            # A subscription without a user may have one when all the others have left their links.
            comparer = attrs.evolve(self._noting(reported), held_back=frozenset({Kind.UNMAPPED}))
            owners = comparer.snapshots(page.objects, page.as_of)
            self._tally.subscriptions += len(page.objects)
            # All in one go: a walk that goes on after the last page must not begin at the first one again.
            state = {"stripe_done": not page.has_more, "tally": self._tally.as_json()}
            if page.objects:
                state["after"] = page.objects[-1]["id"]
            self.checkpoint.note(seen=owners, reported=reported, state=state)
            self.progress("Stripe's subscriptions", self._tally.subscriptions, self.about)

    def _unmapped(self) -> None:
        after = self.checkpoint.read("unmapped_after") or ""
        while subscription_ids := self.checkpoint.without_user(after):
            for after in subscription_ids:
                reported: list[tuple[str, str]] = []
                snapshot = self.stripe.subscription(after)
                if snapshot is not None:
                    owners = self._noting(reported).snapshots([snapshot.object], snapshot.as_of)
                    state = {"unmapped_after": after, "tally": self._tally.as_json()}
                    self.checkpoint.note(seen=owners, reported=reported, state=state)
        self.checkpoint.note(state={"unmapped_done": True})

    def _noting(self, reported: list[tuple[str, str]]) -> Comparer:
        report = self.comparer.report

        def noted(difference: Difference) -> None:
            # A view that was repaired may be told with another subscription than the one that is looked at.
            is_settled = difference.kind is not Kind.VIEW or not difference.repaired
            if difference.user_id is not None and is_settled:
                reported.append((difference.subscription_id, difference.user_id))
            report(difference)

        return attrs.evolve(self.comparer, report=noted)

    def _from_profiles(self) -> None:
        known = self.checkpoint.read("scan")
        position: ScanPosition | None = ScanPosition(**known["at"]) if known else ScanPosition()
        scanned = known["scanned"] if known else 0
        while position is not None:
            page = self.tables.scan(position)
            self._compare(page.profiles)
            scanned += page.scanned
            self._tally.profiles += len(page.profiles)
            position = page.next
            if position is not None:
                scan = {"at": attrs.asdict(position, recurse=False), "scanned": scanned}
                self.checkpoint.note(state={"scan": scan, "tally": self._tally.as_json()})
            self.progress("profiles", scanned, self.about)

    def _compare(self, profiles: Iterable[Shown]) -> None:
        claims = [(one.user_id, sub) for one in profiles for sub in sorted(one.subscription_ids)]
        seen = self.checkpoint.seen(claims)
        # Claims of which the first half says the same have been compared already.
        open_claims = [
            (user_id, subscription_id)
            for user_id, subscription_id in claims
            if seen.get((user_id, subscription_id)) is not Seen.THEIRS
            and not self.checkpoint.was_reported(subscription_id, user_id)
        ]
        items = self.tables.profiles({user_id for user_id, _ in open_claims})
        for user_id, subscription_id in open_claims:
            item, whose = items.get(user_id), seen.get((user_id, subscription_id))
            if whose is Seen.NOBODYS:
                # Nobody can say whose it is, or it cannot be read; that has been reported.
                self.comparer.views_of(subscription_id, [user_id])
                continue
            snapshot = self.stripe.subscription(subscription_id)
            if snapshot is None:
                self.comparer.unknown(subscription_id, user_id)
            else:
                told = [user_id] if knows(item, subscription_id) else []
                self.comparer.snapshots([snapshot.object], snapshot.as_of, told)

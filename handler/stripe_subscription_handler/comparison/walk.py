"""Walks through every subscription of Stripe, then through every profile, page by page.

A page is noted together with the place where the next one begins: a walk that is broken off goes on there. A
crew does the work of a page, and of the next ones meanwhile; what it came to is noted in the pages' order.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import attrs

from stripe_subscription_handler.comparison.checkpoint import Checkpoint, Claim, Seen
from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.crew import Alone, Crew, Task, Worker
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
class _Done:
    """What a part of a page came to.

    Attributes:
        owners: As `Comparer.snapshots` tells them.
        reported: The (subscription id, user id) of differences that were reported.
    """

    tally: Tally
    owners: Mapping[str, str | None] = attrs.Factory(dict)
    reported: list[tuple[str, str]] = attrs.Factory(list)


@attrs.frozen
class _Shows:
    """A subscription as a page of Stripe's list shows it."""

    body: Mapping[str, Any]
    as_of: str


@attrs.frozen
class Walk:
    """A whole comparison.

    Attributes:
        comparer: Its tally counts, and it is told what is found.
        about: About how many profiles there are, for the progress; 0 where nobody knows.
        crew: Who does the work; one worker unless given.
    """

    stripe: Stripe
    tables: Profiles
    checkpoint: Checkpoint
    comparer: Comparer
    progress: Progress = lambda _what, _done, _about: None
    about: int = 0
    crew: Crew = attrs.field(
        default=attrs.Factory(lambda self: Alone(Worker(self.comparer, self.stripe)), takes_self=True)
    )

    @property
    def _tally(self) -> Tally:
        return self.comparer.tally

    def run(self) -> None:
        """Go through both, or through what is left of them.

        Raises:
            StripeUnavailableError: Stripe did not tell; the same walk can go on later.
        """
        self.run_through_stripe()
        self._from_profiles()

    def run_through_stripe(self) -> None:
        """Go through what Stripe lists alone, or through what is left of it."""
        if not self.checkpoint.read("stripe_done"):
            self._from_stripe()
        if not self.checkpoint.read("unmapped_done"):
            self._unmapped()

    def _from_stripe(self) -> None:
        # A subscription without a user may have one when all the others have left their links.
        held_back = frozenset({Kind.UNMAPPED})

        def tasks_of(page: Page) -> list[Task]:
            return [Task(_Shows(body, page.as_of), self._keys_of(body)) for body in page.objects]

        def work(worker: Worker, shown: Sequence[_Shows]) -> _Done:
            noting = _Noting.of(worker.comparer, held_back)
            return noting.done(noting.comparer.snapshots([one.body for one in shown], shown[0].as_of))

        pages = self.stripe.subscriptions(self.checkpoint.read("after"))
        for page, parts in self.crew.do(pages, tasks_of, work):
            self._tally.subscriptions += len(page.objects)
            # All in one go: a walk that goes on after the last page must not begin at the first one again.
            state: dict[str, Any] = {"stripe_done": not page.has_more}
            if page.objects:
                state["after"] = page.objects[-1]["id"]
            self._note(parts, state)
            self.progress("Stripe's subscriptions", self._tally.subscriptions, self.about)

    def _keys_of(self, body: Mapping[str, Any]) -> frozenset[Hashable]:
        """Whom a subscription is about, by its customer and its label. What is malformed is told later."""
        metadata = body.get("metadata")
        key = self.comparer.settings.selection.user_id_metadata_key
        label = metadata.get(key) if isinstance(metadata, Mapping) else None
        named = (("customer", body.get("customer")), ("user", label))
        return frozenset((kind, name) for kind, name in named if isinstance(name, str))

    def _unmapped(self) -> None:
        def tasks_of(subscription_id: str) -> list[Task]:
            return [Task(subscription_id)]

        def work(worker: Worker, ids: Sequence[str]) -> _Done:
            noting = _Noting.of(worker.comparer)
            owners: dict[str, str | None] = {}
            for subscription_id in ids:
                snapshot = worker.stripe.subscription(subscription_id)
                if snapshot is not None:
                    owners |= noting.comparer.snapshots([snapshot.object], snapshot.as_of)
            return noting.done(owners)

        for subscription_id, parts in self.crew.do(self._without_user(), tasks_of, work):
            self._note(parts, {"unmapped_after": subscription_id})
        self.checkpoint.note(state={"unmapped_done": True})

    def _without_user(self) -> Iterator[str]:
        after = self.checkpoint.read("unmapped_after") or ""
        while subscription_ids := self.checkpoint.without_user(after):
            yield from subscription_ids
            after = subscription_ids[-1]

    def _note(self, parts: Sequence[_Done], state: Mapping[str, Any]) -> None:
        """Keep what a page told."""
        seen: dict[str, str | None] = {}
        reported: list[tuple[str, str]] = []
        for part in parts:
            self._tally.take_in(part.tally)
            seen |= part.owners
            reported += part.reported
        self.checkpoint.note(seen=seen, reported=reported, state={**state, "tally": self._tally.as_json()})

    def _from_profiles(self) -> None:
        known = self.checkpoint.read("scan")
        scanned = known["scanned"] if known else 0

        def tasks_of(page: ScanPage) -> list[Task]:
            claims = self._open_claims(page.profiles)
            return [
                Task(one, frozenset({("user", one[0][0]), ("subscription", one[0][1])})) for one in claims
            ]

        def work(worker: Worker, claims: Sequence[tuple[Claim, Seen | None]]) -> _Done:
            noting = _Noting.of(worker.comparer)
            self._compare(attrs.evolve(worker, comparer=noting.comparer), claims)
            return noting.done({})

        start = ScanPosition(**known["at"]) if known else ScanPosition()
        for page, parts in self.crew.do(self._scan_pages(start), tasks_of, work):
            for part in parts:
                self._tally.take_in(part.tally)
            scanned += page.scanned
            self._tally.profiles += len(page.profiles)
            if page.next is not None:
                scan = {"at": attrs.asdict(page.next, recurse=False), "scanned": scanned}
                self.checkpoint.note(state={"scan": scan, "tally": self._tally.as_json()})
            self.progress("profiles", scanned, self.about)

    def _scan_pages(self, start: ScanPosition) -> Iterator[ScanPage]:
        position: ScanPosition | None = start
        while position is not None:
            page = self.tables.scan(position)
            yield page
            position = page.next

    def _open_claims(self, profiles: Iterable[Shown]) -> list[tuple[Claim, Seen | None]]:
        """What the first half did not settle: of which it says the same, or reported, is compared already."""
        claims = [(one.user_id, sub) for one in profiles for sub in sorted(one.subscription_ids)]
        seen = self.checkpoint.seen(claims)
        return [
            ((user_id, subscription_id), seen.get((user_id, subscription_id)))
            for user_id, subscription_id in claims
            if seen.get((user_id, subscription_id)) is not Seen.THEIRS
            and not self.checkpoint.was_reported(subscription_id, user_id)
        ]

    def _compare(self, worker: Worker, claims: Sequence[tuple[Claim, Seen | None]]) -> None:
        items = self.tables.profiles({user_id for (user_id, _), _ in claims})
        for (user_id, subscription_id), whose in claims:
            if whose is Seen.NOBODYS:
                # Nobody can say whose it is, or it cannot be read; that has been reported.
                worker.comparer.views_of(subscription_id, [user_id])
                continue
            snapshot = worker.stripe.subscription(subscription_id)
            if snapshot is None:
                worker.comparer.unknown(subscription_id, user_id)
            else:
                told = [user_id] if knows(items.get(user_id), subscription_id) else []
                worker.comparer.snapshots([snapshot.object], snapshot.as_of, told)


@attrs.frozen
class _Noting:
    """A comparer with a tally of its own, which notes what it reports."""

    comparer: Comparer
    reported: list[tuple[str, str]]

    @classmethod
    def of(cls, comparer: Comparer, held_back: frozenset[Kind] = frozenset()) -> "_Noting":
        reported: list[tuple[str, str]] = []

        def noted(difference: Difference) -> None:
            # A view that was repaired may be told with another subscription than the one that is looked at.
            is_settled = difference.kind is not Kind.VIEW or not difference.repaired
            if difference.user_id is not None and is_settled:
                reported.append((difference.subscription_id, difference.user_id))
            comparer.report(difference)

        return cls(attrs.evolve(comparer, report=noted, tally=Tally(), held_back=held_back), reported)

    def done(self, owners: Mapping[str, str | None]) -> _Done:
        return _Done(self.comparer.tally, owners, self.reported)

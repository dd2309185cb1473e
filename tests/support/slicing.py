"""The drift check over the model, slice after slice: passes in memory, a clock that a test moves."""

import json
from collections.abc import Callable, Iterable, Sequence

import attrs

from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.drift_check.drift_pass import DriftPass
from stripe_subscription_handler.drift_check.fingerprints import Sighting
from stripe_subscription_handler.drift_check.looks import Look
from stripe_subscription_handler.drift_check.slices import Slice, SliceOutcome
from stripe_subscription_handler.errors import PassHeldError
from stripe_subscription_handler.stripe_side.api import Page
from support.reconciling import Account, Profiles, Reconciliation

INTERVAL_SECONDS, SECOND_LOOK_SECONDS = 86_400.0, 600.0


@attrs.define
class PassesInMemory:
    """Passes, kept as JSON as the sync table keeps them.

    Attributes:
        kept: The last pass.
        held: By whom, and until when.
        seen: Sightings, by pass and number.
        lists: Lists of looks, by pass and number.
        saves: How often a pass was saved.
    """

    kept: str | None = None
    held: tuple[str, float] | None = None
    seen: dict[tuple[str, int], Sighting] = attrs.Factory(dict)
    lists: dict[tuple[str, int], str] = attrs.Factory(dict)
    saves: int = 0

    def take(self, holder: str, now: float, until: float) -> DriftPass | None:
        """Hold them."""
        if self.held is not None and self.held[1] > now:
            raise PassHeldError
        self.held = holder, until
        return None if self.kept is None else DriftPass.from_json(json.loads(self.kept))

    def save(self, holder: str, drift_pass: DriftPass) -> None:
        """Keep how far a pass has got."""
        self._check(holder)
        self.kept = json.dumps(drift_pass.as_json())
        self.saves += 1

    def release(self, holder: str) -> None:
        """Hold them no longer."""
        self._check(holder)
        self.held = None

    def _check(self, holder: str) -> None:
        if self.held is None or self.held[0] != holder:
            raise PassHeldError

    def put_sighting(self, drift_pass: DriftPass, sighting: Sighting) -> None:
        """Keep the next sighting."""
        self.seen[drift_pass.id, drift_pass.sightings] = sighting

    def sightings(self, drift_pass: DriftPass) -> Iterable[Sighting]:
        """All that count."""
        return [self.seen[drift_pass.id, number] for number in range(drift_pass.sightings)]

    def put_looks(self, drift_pass: DriftPass, looks: Sequence[Look]) -> None:
        """Keep the next list."""
        self.lists[drift_pass.id, drift_pass.looks] = json.dumps([look.as_json() for look in looks])

    def looks(self, drift_pass: DriftPass, number: int) -> tuple[Look, ...]:
        """One list."""
        if number >= drift_pass.looks:
            return ()
        return tuple(Look.from_json(values) for values in json.loads(self.lists[drift_pass.id, number]))


@attrs.frozen
class Reading:
    """What a key lets a pass read besides subscriptions (`Thorough`).

    Attributes:
        world: Stripe and the tables.
        comparer: Compares payments too.
        plurals: The lists that it may read.
    """

    world: Reconciliation
    comparer: Comparer
    plurals: frozenset[str]

    def may_read(self, plural: str) -> bool:
        """Whether the key is allowed to."""
        return plural in self.plurals

    def with_payments(self) -> tuple[Account, Comparer]:
        """The same account, which shows its invoices with the subscriptions anyway."""
        return self.world.account, self.comparer

    def events(self, since: int, after: str | None) -> Iterable[Page]:
        """Those that the account lists."""
        return self.world.account.events(since, after)


@attrs.define
class Sliced:
    """The drift check over a model.

    Attributes:
        world: Stripe and the tables.
        repair: Whether it repairs.
        passes: Where passes are kept.
        now: Unix time in seconds.
        told: What it told, in order.
        slices: How many slices there were.
        reads: The lists that the key may read besides; None: nobody asks.
        interval_seconds: From one pass's beginning to the next one's.
    """

    world: Reconciliation
    repair: bool = False
    passes: PassesInMemory = attrs.Factory(PassesInMemory)
    now: float = 1_800_000_000.0
    told: list[Difference] = attrs.Factory(list)
    slices: int = 0
    reads: frozenset[str] | None = None
    interval_seconds: float = INTERVAL_SECONDS

    def slice(
        self,
        is_over: Callable[[], bool] = lambda: False,
        *,
        begin: bool = False,
        backfill: bool = False,
    ) -> SliceOutcome:
        """One invocation."""
        self.slices += 1
        comparer = self.world.comparer(self.told, apply=self.repair)
        reading = None if self.reads is None else Reading(self.world, comparer, self.reads)
        part = Slice(
            self.passes,
            self.world.account,
            Profiles(self.world.tables),
            comparer if reading is None else attrs.evolve(comparer, payments=None),
            self.interval_seconds,
            SECOND_LOOK_SECONDS,
            lambda: self.now,
            is_over,
            self.world.policy.shows.fingerprint,
            reading,
        )
        holder = f"invocation {self.slices}"
        return part.work(holder, self.now + 900, begin=begin, backfill=backfill)

    def whole_pass(
        self,
        is_over: Callable[[], bool] = lambda: False,
        between: Callable[[], None] = lambda: None,
    ) -> SliceOutcome:
        """Invocations, 15 minutes apart, until a pass is finished.

        Args:
            is_over: Whether a slice's time is up; asked after each page.
            between: Called between two slices.
        """
        while (went := self.slice(is_over)).drift_pass.finished is None:
            self.now += SECOND_LOOK_SECONDS * 1.5
            between()
            assert self.slices < 1000, "it does not end"
        return went

    def a_day_passes(self) -> None:
        """Until the next pass is due."""
        self.now += INTERVAL_SECONDS

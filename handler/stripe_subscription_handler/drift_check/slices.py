"""One invocation's part of a pass: it takes the pass, works until time is up, keeps the pass and lets it go.

No slice calls the next one: Lambda rightly stops a function that invokes itself, after about 16 times
(recursive loop detection). A schedule calls it, and a slice with nothing to do ends at once.
"""

from collections.abc import Callable

import attrs

from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.comparison.walk import Profiles, Stripe, Walk
from stripe_subscription_handler.drift_check.checkpoint import PassCheckpoint, SliceEndedError
from stripe_subscription_handler.drift_check.drift_pass import DriftPass, Next, PassStore, next_step
from stripe_subscription_handler.drift_check.second_looks import SecondLooks
from stripe_subscription_handler.drift_check.thorough import WANTED, MissedEvents, Thorough
from stripe_subscription_handler.errors import StripeUnavailableError


@attrs.frozen
class SliceOutcome:
    """What came of a slice: the pass, and whether anything was to be done."""

    drift_pass: DriftPass
    worked: bool

    def is_full(self, settings: str) -> bool:
        """Whether all profiles follow these settings: the whole pass was made by them, and left nothing."""
        is_finished = self.worked and self.drift_pass.finished is not None
        by_these = self.drift_pass.state.get("settings") == settings
        return is_finished and by_these and not self.believed.unrepaired

    @property
    def looked(self) -> Tally:
        """What the walk counted: subscriptions, profiles, and what differed at the first look."""
        return Tally.from_json(self.drift_pass.state.get("tally"))

    @property
    def told(self) -> Tally:
        """All that counts: what was repaired at first sight, and what is believed."""
        looked, told = self.looked, Tally()
        told.subscriptions, told.profiles = looked.subscriptions, looked.profiles
        told.found.update(looked.repaired)
        told.repaired.update(looked.repaired)
        told.take_in(self.believed)
        return told

    @property
    def believed(self) -> Tally:
        """The differences that still were there at the second look, and what became of them."""
        return Tally.from_json(self.drift_pass.state.get("believed"))


@attrs.frozen
class Slice:
    """An invocation's part of a pass.

    Attributes:
        comparer: Compares and, where it may, repairs. Its report is told of each difference that is believed.
        interval_seconds: From one pass's beginning to the next one's.
        second_look_seconds: How long after a look the next one comes.
        clock: Unix time in seconds.
        is_over: Whether time is up.
        settings: Fingerprint of the settings by which the profiles are held to be right.
        thorough: Tells of payments and events as well; None where only subscriptions are compared.
    """

    passes: PassStore
    stripe: Stripe
    tables: Profiles
    comparer: Comparer
    interval_seconds: float
    second_look_seconds: float
    clock: Callable[[], float]
    is_over: Callable[[], bool]
    settings: str = ""
    thorough: Thorough | None = None

    def work(self, holder: str, until: float, *, begin: bool = False, backfill: bool = False) -> SliceOutcome:
        """Go on with the pass, begin one if it is time or somebody wants one now (`begin`), or do nothing.

        One that begins with `backfill` repairs at first sight, where this may repair at all. `holder` names
        this invocation, and a pass that it begins; it is surely over at the Unix time `until`.

        Raises:
            PassHeldError: Another invocation is at work.
            StripeUnavailableError: Stripe did not tell. What was done is kept; the next slice goes on.
            botocore.exceptions.ClientError: DynamoDB refused. The same, as far as that could be kept.
        """
        began = self.clock()
        drift_pass = self.passes.take(holder, began, until)
        try:
            step = next_step(drift_pass, began, self.interval_seconds, begin=begin)
            if drift_pass is not None and step is Next.NOTHING:
                return SliceOutcome(drift_pass, worked=False)
            if drift_pass is None or step is Next.BEGIN:
                state = {"settings": self.settings} | ({"backfill": True} if backfill else {})
                drift_pass = DriftPass(holder, int(began), state=state)
            checkpoint = PassCheckpoint(self.passes, holder, drift_pass, self.is_over, self.clock)
            finished = None
            try:
                finished = int(self.clock()) if self._is_finished(checkpoint) else None
            finally:
                checkpoint.keep(
                    slices=drift_pass.slices + 1,
                    worked_seconds=round(drift_pass.worked_seconds + self.clock() - began, 3),
                    finished=finished,
                )
            return SliceOutcome(checkpoint.drift_pass, worked=True)
        finally:
            self.passes.release(holder)

    def _unless_repaired(self, checkpoint: PassCheckpoint) -> Callable[[Difference], None]:
        """Tell what was repaired; only the rest is to be looked at again."""

        def report(difference: Difference) -> None:
            (self.comparer.report if difference.repaired else checkpoint.differs)(difference)

        return report

    def _prepared(self, checkpoint: PassCheckpoint) -> tuple[Stripe, Comparer]:
        """Go through missed events first, where the key may read them; then what to compare with."""
        if self.thorough is None:
            return self.stripe, self.comparer
        reads = checkpoint.read("reads")
        if reads is None:
            reads = [plural for plural in WANTED if self.thorough.may_read(plural)]
            checkpoint.note(state={"reads": reads})
        if "events" in reads and not checkpoint.read("events_done"):
            tally = Tally.from_json(checkpoint.read("believed"))
            believing = attrs.evolve(self.comparer, tally=tally)
            MissedEvents(self.thorough, checkpoint, believing, self.interval_seconds).run()
        return self.thorough.with_payments() if "invoices" in reads else (self.stripe, self.comparer)

    def _is_finished(self, checkpoint: PassCheckpoint) -> bool:
        try:
            stripe, comparer = self._prepared(checkpoint)
            if not checkpoint.read("walked"):
                tally = Tally.from_json(checkpoint.read("tally"))
                looking = attrs.evolve(comparer, repair=None, report=checkpoint.differs, tally=tally)
                if checkpoint.read("backfill"):
                    looking = attrs.evolve(
                        looking, repair=comparer.repair, report=self._unless_repaired(checkpoint)
                    )
                Walk(stripe, self.tables, checkpoint, looking).run()
                checkpoint.note(state={"walked": True, "tally": tally.as_json()})
            believed = attrs.evolve(comparer, tally=Tally.from_json(checkpoint.read("believed")))
            looks = SecondLooks(
                stripe, self.tables, checkpoint, believed, self.second_look_seconds, self.clock
            )
            return looks.run()
        except SliceEndedError:
            return False
        except StripeUnavailableError:
            # Too little time to ask is no fault of Stripe's.
            if self.is_over():
                return False
            raise

"""One invocation's part of a pass: takes the pass, goes on with it until time is up, keeps it, lets it go.

No slice calls the next one: Lambda stops a function that invokes itself, after about 16 times (recursive loop
detection), and rightly. A schedule does, and a slice with nothing to do ends at once.
"""

from collections.abc import Callable

import attrs

from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.passes import Passes, Profiles, Stripe
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.drift_check.checkpoint import RunPlace, SliceEndedError
from stripe_subscription_handler.drift_check.confirming import SecondLooks
from stripe_subscription_handler.drift_check.sweep import Next, Run, Runs, next_step
from stripe_subscription_handler.errors import StripeUnavailableError


@attrs.frozen
class Went:
    """What came of a slice.

    Attributes:
        run: The pass.
        worked: Whether anything was to be done.
    """

    run: Run
    worked: bool

    @property
    def looked(self) -> Tally:
        """What the passes counted: subscriptions, profiles, and what differed at the first look."""
        return Tally.from_json(self.run.state.get("tally"))

    @property
    def believed(self) -> Tally:
        """The differences that still were there at the second look, and what became of them."""
        return Tally.from_json(self.run.state.get("believed"))


@attrs.frozen
class Slice:
    """An invocation's part of a pass.

    Attributes:
        runs: Where passes are kept.
        stripe: Stripe.
        tables: The profile table.
        comparer: Compares and, where it may, repairs. Its report is told of each difference that is believed.
        interval_seconds: From one pass's beginning to the next one's.
        second_look_seconds: How long after a look the next one comes.
        clock: Unix time in seconds.
        is_over: Whether time is up.
    """

    runs: Runs
    stripe: Stripe
    tables: Profiles
    comparer: Comparer
    interval_seconds: float
    second_look_seconds: float
    clock: Callable[[], float]
    is_over: Callable[[], bool]

    def work(self, holder: str, until: float, *, begin: bool = False) -> Went:
        """Go on with the pass, begin one if it is time, or do nothing.

        Args:
            holder: Names this invocation; the name of a pass that it begins.
            until: When this invocation is surely over; Unix time in seconds.
            begin: Whether somebody wants a pass now.

        Raises:
            RunHeldError: Another invocation is at work.
            StripeUnavailableError: Stripe did not tell. What was done is kept; the next slice goes on.
            botocore.exceptions.ClientError: DynamoDB refused. The same, as far as that could be kept.
        """
        began = self.clock()
        run = self.runs.take(holder, began, until)
        try:
            step = next_step(run, began, self.interval_seconds, begin=begin)
            if run is not None and step is Next.NOTHING:
                return Went(run, worked=False)
            if run is None or step is Next.BEGIN:
                run = Run(holder, int(began))
            place = RunPlace(self.runs, holder, run, self.is_over, self.clock)
            finished = None
            try:
                finished = int(self.clock()) if self._is_finished(place) else None
            finally:
                place.keep(
                    slices=run.slices + 1,
                    worked_seconds=round(run.worked_seconds + self.clock() - began, 3),
                    finished=finished,
                )
            return Went(place.run, worked=True)
        finally:
            self.runs.release(holder)

    def _is_finished(self, place: RunPlace) -> bool:
        try:
            if not place.read("passes_done"):
                tally = Tally.from_json(place.read("tally"))
                looking = attrs.evolve(self.comparer, repair=None, report=place.differs, tally=tally)
                Passes(self.stripe, self.tables, place, looking).run()
                place.note(state={"passes_done": True, "tally": tally.as_json()})
            believed = attrs.evolve(self.comparer, tally=Tally.from_json(place.read("believed")))
            looks = SecondLooks(
                self.stripe, self.tables, place, believed, self.second_look_seconds, self.clock
            )
            return looks.run()
        except SliceEndedError:
            return False
        except StripeUnavailableError:
            # Too little time to ask is no fault of Stripe's.
            if self.is_over():
                return False
            raise

"""The Stripe account on the day: as simulated, but without the events that Stripe failed to make."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import attrs

from stripe_handler_cli.lab.chaos.day.clock import DayClock
from stripe_handler_cli.lab.chaos.day.plan import DayPlan
from stripe_handler_cli.lab.fake_stripe import FakeStripe, SimulatedAccount
from stripe_handler_cli.lab.fake_stripe.accounts import Found
from stripe_handler_cli.lab.simulator import second_of
from stripe_handler_cli.lab.simulator.days import SimulatedDay


@attrs.frozen
class DayAccount:
    """An account (`fake_stripe.accounts.Account`) with the plan's health events, without what they name."""

    simulated: SimulatedAccount
    plan: DayPlan

    def find(self, kind: str, identifier: str) -> Found:
        if kind == "v2.core.event":
            said = self.plan.told_late.get(identifier)
            at = self.simulated.clocks.now("") if self.simulated.clocks else None
            is_there = said is not None and (at is None or second_of(said) <= at)
            return Found(said if is_there else None, at)
        if kind == "event" and identifier in self.plan.not_generated:
            return Found(None)
        return self.simulated.find(kind, identifier)

    def newest_first(self, kind: str, of: str | None = None) -> Sequence[str]:
        ids = self.simulated.newest_first(kind, of)
        if kind != "event" or not self.plan.not_generated:
            return ids
        return [identifier for identifier in ids if identifier not in self.plan.not_generated]


@contextmanager
def stripe_is(stripe: FakeStripe | None, day: SimulatedDay, plan: DayPlan, clock: DayClock) -> Iterator[None]:
    """Let a fake Stripe, if there is one, be the day's account, and give it back what it was."""
    if stripe is None:
        yield
        return
    before = stripe.account, stripe.now
    stripe.account, stripe.now = DayAccount(SimulatedAccount(day.account, clock), plan), clock.now
    try:
        yield
    finally:
        stripe.account, stripe.now = before
        # What no request has met is nobody else's.
        stripe.faults.clear()

"""Under one of Stripe's test clocks too, any delivery, with a backfill in between, ends in the truth."""

import random
from collections.abc import Iterable

import attrs
from hypothesis import given
from hypothesis import strategies as st

from stripe_handler_cli.lab.chaos.configured import Configured
from stripe_handler_cli.lab.simulator import (
    EVENT_TYPES,
    Settings,
    SimulatedLife,
    SimulationOptions,
    simulate,
    told_by,
)
from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN, DEFAULTS
from stripe_subscription_handler import StripeEvent, UserNotFoundError, parse_event
from stripe_subscription_handler.events.event_types import HANDLED_TYPES
from support.examples import SOME
from support.model import Tables
from support.reconciling import Account, Reconciliation

UNDER_CLOCKS = SimulationOptions(
    test_clock_share=1.0,
    eras=("2025-clover", "2026-endive"),
    scenarios=("canceled_while_due", "dunning_past_due", "dunning_recovered", "invoice_written_off", "mixed"),
    event_types=tuple(kind for kind in EVENT_TYPES if kind in HANDLED_TYPES),
    # Only Stripe could settle these.
    same_second_cycles=False,
    sessions=True,
    customers=True,
)


@SOME
@given(
    seed=st.integers(0, 100_000),
    settings=st.sampled_from((DEFAULTS, CHOSEN)),
    chance=st.randoms(use_true_random=False),
)
def test_any_delivery_and_a_backfill_in_between_give_the_true_profiles(
    seed: int, settings: Settings, chance: random.Random
) -> None:
    """Some events come in any order, Stripe is read as of a second, then comes whatever is left.

    When an attempt failed that the backfill told, Stripe does not keep; that alone may be another second.
    """
    [life] = simulate(seed, 1, attrs.evolve(UNDER_CLOCKS, settings=settings)).lives
    configured = Configured.by(settings, can_ask_stripe=False)
    tables = Tables(policy=configured.policy)
    events = [parse_event(raw, configured.selection) for raw in life.events]
    until = chance.randrange(len(events))
    early = [event for event in events[: until + 1] if chance.choice((True, True, False))]
    rest = [event for event in events if event not in early or chance.choice((True, False))]
    chance.shuffle(early)
    chance.shuffle(rest)
    _deliver(tables, early)
    account = _account(life, life.happenings[until].second)
    policy = attrs.evolve(configured.policy, can_ask_stripe=True)
    Reconciliation(account, tables, policy, selection=configured.selection).run(apply=True)
    _deliver(tables, rest)
    for user, profile in life.profiles.items():
        told = told_by(tables.profiles.get(user, {}), settings)
        if profile.get("lastPaymentStatus") == "failed":
            told["lastPaymentAt"] = profile["lastPaymentAt"]
        assert told == profile, life.scenarios


def _deliver(tables: Tables, events: Iterable[StripeEvent]) -> None:
    """One after the other; those that find no user are tried again at the end."""
    waiting = []
    for event in events:
        try:
            tables.deliver(event)
        except UserNotFoundError:
            waiting.append(event)
    for event in waiting:
        tables.deliver(event)


def _account(life: SimulatedLife, second: int) -> Account:
    """What Stripe shows at the end of a second, each newest invoice in its subscription."""
    invoices = {key: body for key in life.book.invoices if (body := life.book.find("invoice", key, second))}
    found = {key: life.book.find("subscription", key, second) for key in life.book.subscriptions}
    bodies = {
        key: {**body, "latest_invoice": invoices.get(body["latest_invoice"], body["latest_invoice"])}
        for key, body in found.items()
        if body is not None
    }
    return Account(bodies, bills=list(invoices.values()), second=second)

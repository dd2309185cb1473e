"""A simulated account unfolds as its events are sent, each customer's at a pace of their own."""

import attrs

from stripe_handler_cli.lab.fake_stripe import AccountClock, CustomerClocks, SimulatedAccount
from stripe_handler_cli.lab.simulator import SimulationOptions, simulate

SIMULATION = simulate(3, 6, SimulationOptions(scenarios=("portal_cancel",), eras=("2025-clover",)))
LIFE, OTHER = SIMULATION.lives[:2]


@attrs.define
class Clock:
    """A clock that stands still."""

    now: float = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def status(account: SimulatedAccount, subscription_id: str) -> str | None:
    """The status the account shows."""
    body = account.find("subscription", subscription_id).body
    return body["status"] if body else None


def test_without_clocks_everything_has_happened() -> None:
    """The account is as it ended up, and it is today."""
    account = SimulatedAccount(SIMULATION)
    for identifier, body in SIMULATION.subscriptions.items():
        assert account.find("subscription", identifier).body == body
        assert account.find("subscription", identifier).at is None
    invoice_id = next(iter(SIMULATION.invoices))
    assert account.find("invoice", invoice_id).body == SIMULATION.invoices[invoice_id]
    assert account.find("customer", next(iter(LIFE.book.customers))).body is not None
    assert account.find("customer", "cus_nobody").body is None


def test_with_clocks_an_account_shows_what_was_sent_and_a_few_seconds_more() -> None:
    """The state at the newest event, dated a little later, so that the event's own second is over."""
    account = SimulatedAccount(SIMULATION, CustomerClocks(ahead_seconds=3, monotonic=Clock()))
    [subscription_id] = LIFE.book.subscriptions
    assert status(account, subscription_id) is None
    for happening in LIFE.happenings:
        account.sent([happening.event])
        found = account.find("subscription", subscription_id)
        assert found.at == happening.event["created"] + 3
        assert found.body == LIFE.book.find("subscription", subscription_id, happening.event["created"] + 3)
    assert status(account, subscription_id) == SIMULATION.subscriptions[subscription_id]["status"]


def test_a_late_event_sets_no_clock_back() -> None:
    """What Stripe has shown once, it goes on showing."""
    account = SimulatedAccount(SIMULATION, CustomerClocks(monotonic=Clock()))
    [subscription_id] = LIFE.book.subscriptions
    account.sent([LIFE.events[-1]])
    newest = account.find("subscription", subscription_id)
    account.sent([LIFE.events[0]])
    assert account.find("subscription", subscription_id) == newest


def test_clocks_go_on_by_themselves_and_apart() -> None:
    """A second here is a second there; another customer's events do not matter."""
    clock = Clock()
    account = SimulatedAccount(SIMULATION, CustomerClocks(monotonic=clock))
    [mine], [theirs] = LIFE.book.subscriptions, OTHER.book.subscriptions
    account.sent([LIFE.events[0]])
    before = account.find("subscription", mine).at
    account.sent([OTHER.events[-1]])
    clock.now += 5
    after = account.find("subscription", mine).at
    assert before is not None
    assert after == before + 5
    assert status(account, theirs) == SIMULATION.subscriptions[theirs]["status"]


def test_thin_events_set_clocks_too() -> None:
    """They tell a second and an object, which is enough."""
    options = SimulationOptions(scenarios=("checkout",), eras=("2026-endive",), thin_share=1.0)
    made = simulate(4, 1, options)
    account = SimulatedAccount(made, CustomerClocks())
    account.sent(made.events)
    assert account.find("subscription", next(iter(made.subscriptions))).body is not None


def test_with_one_clock_for_all_every_customer_goes_on_with_the_newest_event() -> None:
    """Also those of whom no event was sent; and an early event sets nothing back."""
    clock = AccountClock(ahead_seconds=3, monotonic=Clock())
    account = SimulatedAccount(SIMULATION, clock)
    newest = max(LIFE.events[-1]["created"], OTHER.events[-1]["created"])
    account.sent([LIFE.events[-1]])
    account.sent([OTHER.events[-1]])
    account.sent([LIFE.events[0]])
    assert clock.now() == newest + 3
    for life in (LIFE, OTHER):
        for subscription_id in life.book.subscriptions:
            assert account.find("subscription", subscription_id).at == newest + 3
            assert status(account, subscription_id) == SIMULATION.subscriptions[subscription_id]["status"]

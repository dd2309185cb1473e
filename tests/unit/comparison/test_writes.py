"""What a repair costs: how many requests write, and how many of them are transactions."""

from collections import Counter
from typing import Any

import attrs
import pytest

from stripe_handler_cli.lab.simulator import SimulationOptions, simulate
from stripe_subscription_handler.comparison.differences import Kind
from stripe_subscription_handler.conversation.messages import Commit, Written
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.decision import Write
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES
from support import events
from support.reconciling import Account, Reconciliation, Repairs

PAID = {"paid_at": events.T0 + 60}


@attrs.define
class Counted(Tables):
    """Tables that count what writes, refused or not."""

    sent: Counter[str] = attrs.field(factory=Counter, kw_only=True)

    def execute(self, request: Any, event: Any = None) -> Any:
        """Count, then as the model."""
        answer = super().execute(request, event)
        if isinstance(request, Write | Commit):
            self.sent[type(request).__name__] += 1
            self.sent["refused"] += not isinstance(answer, Written)
        return answer


def paid(number: int, user: str | None = None, **state: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A subscription and its paid invoice."""
    body = events.subscription(
        id=f"sub_{number}", user=user or f"user_{number}", customer=f"cus_{user or number}", **state
    )
    bill = events.invoice(
        id=f"in_{number}", sub=body["id"], customer=body["customer"], status_transitions=PAID
    )
    return {**body, "latest_invoice": {**bill, "status": "paid"}}, bill


def test_a_new_user_takes_one_transaction() -> None:
    """The subscription, its payment, whose it is: all in one."""
    body, bill = paid(1)
    made = Reconciliation(Account({body["id"]: body}, bills=[bill]), Counted(policy=Policy()))
    assert [one.kind for one in made.run(apply=True)] == [Kind.MISSING_PROFILE]
    assert made.tables.sent == Counter({"Commit": 1, "refused": 0})
    profile = made.tables.profiles["user_1"]
    assert (profile["subscriptionStatus"], profile["lastPaymentStatus"]) == ("active", "succeeded")


def test_a_known_subscription_takes_one_write() -> None:
    """Its state and its payment, which both were missed."""
    body, bill = paid(1, status="past_due")
    made = Reconciliation(Account({body["id"]: body}, bills=[bill]), Counted(policy=Policy()))
    made.tables.deliver(parse_event(events.created({**body, "latest_invoice": None, "status": "active"})))
    made.tables.sent.clear()
    assert [one.kind for one in made.run(apply=True)] == [Kind.STALE]
    assert made.tables.sent == Counter({"Write": 1, "refused": 0})
    profile = made.tables.profiles["user_1"]
    assert (profile["subscriptionStatus"], profile["lastPaymentStatus"]) == ("past_due", "succeeded")


def test_a_payment_alone_takes_one_write() -> None:
    """The state is known."""
    body, bill = paid(1)
    made = Reconciliation(Account({body["id"]: {**body, "latest_invoice": None}}), Counted(policy=Policy()))
    made.run(apply=True)
    made.account.bodies[body["id"]], made.account.bills = body, [bill]
    made.tables.sent.clear()
    assert [one.kind for one in made.run(apply=True)] == [Kind.PAYMENT]
    assert made.tables.sent == Counter({"Write": 1, "refused": 0})


def test_several_subscriptions_of_one_user_take_one_each() -> None:
    """Although each changes the item that the next one is written to."""
    pairs = [paid(number, user="same", created=events.T0 + number) for number in range(5)]
    account = Account({body["id"]: body for body, _ in pairs}, bills=[bill for _, bill in pairs])
    # Its revisions are not by chance those of a rehearsal's model.
    made = Reconciliation(account, Counted(policy=Policy(), writes=1_000))
    assert len(made.run(apply=True)) == 5
    assert made.tables.sent == Counter({"Commit": 5, "refused": 0})


def test_a_stored_payment_that_is_newer_stays() -> None:
    """Although the state that comes along with an older one is written."""
    body, bill = paid(1, status="past_due")
    made = Reconciliation(Account({body["id"]: body}, bills=[bill]), Counted(policy=Policy()))
    later = events.invoice(
        id="in_later", sub=body["id"], customer=body["customer"], created=events.T0 + 500, status="paid"
    )
    before = {**body, "latest_invoice": None, "status": "active"}
    made.tables.deliver(parse_event(events.created(before)))
    made.tables.deliver(parse_event(events.paid(later, event_id="evt_2", created=events.T0 + 501)))
    assert [one.kind for one in made.run(apply=True)] == [Kind.STALE]
    profile = made.tables.profiles["user_1"]
    assert (profile["subscriptionStatus"], profile["lastPaymentInvoiceId"]) == ("past_due", "in_later")


def test_what_was_written_meanwhile_is_seen() -> None:
    """A live event between the batch's reading and the write: the write is refused, and decided anew."""
    body, bill = paid(1, status="past_due")
    made = Reconciliation(Account({body["id"]: body}, bills=[bill]), Counted(policy=Policy()))
    made.tables.deliver(parse_event(events.created({**body, "latest_invoice": None, "status": "active"})))

    class Late(Repairs):
        """Somebody else writes first."""

        def write(self, request: Any, event: Any, raw: Any) -> Any:
            attempt = events.invoice(id="in_other", sub=body["id"], created=events.T0 - 50, status="paid")
            made.tables.deliver(parse_event(events.paid(attempt, event_id="evt_2", created=events.T0 + 5)))
            return super().write(request, event, raw)

    [page] = made.account.subscriptions()
    comparer = attrs.evolve(made.comparer([], apply=True), repair=Late(made.tables))
    comparer.snapshots(page.objects, page.as_of)
    profile = made.tables.profiles["user_1"]
    assert (profile["subscriptionStatus"], profile["lastPaymentInvoiceId"]) == ("past_due", bill["id"])


@pytest.mark.parametrize("workers", [0, 4])
def test_a_backfill_takes_hardly_more_than_a_write_each(workers: int) -> None:
    """An account of whose events one in twenty was delivered."""
    options = SimulationOptions(
        event_types=DEFAULT_EVENT_TYPES, eras=("2026-endive",), same_second_cycles=False
    )
    simulation = simulate(3, 60, options)
    bodies = {
        key: {**body, "latest_invoice": simulation.invoices.get(body["latest_invoice"])}
        for key, body in simulation.subscriptions.items()
    }
    last = max(event["created"] for event in simulation.events)
    account = Account(bodies, bills=list(simulation.invoices.values()), second=last + 60)
    made = Reconciliation(account, Counted(policy=Policy()), workers=workers)
    for event in simulation.events[::20]:
        made.tables.deliver(parse_event(event))
    made.tables.sent.clear()
    repaired = sum(one.repaired for one in made.run(apply=True))
    assert repaired > 60
    assert made.tables.sent["Commit"] + made.tables.sent["Write"] <= 1.2 * repaired
    assert made.run() == []

"""What was forgotten is let alone by whoever compares with Stripe, and told to who asks for it by name."""

from stripe_handler_cli.operate.reconcile.report import let_alone
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.comparison.up_to_date import Wanted, bring_up_to_date
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.forgotten import forget
from support.reconciling import Account, Reconciliation

SUB = events.subscription()


def forgotten(**changes: object) -> Reconciliation:
    """Stripe still has a subscription that was forgotten here."""
    made = Reconciliation(Account({"sub_1": {**SUB, **changes}}, listed=[events.created(SUB)]), Tables())
    made.tables.deliver(parse_event(events.created(SUB)))
    forget(made.tables, "user_1")
    return made


def test_a_comparison_finds_nothing_and_restores_nothing() -> None:
    """A snapshot of it is skipped, whatever it says."""
    for made in (forgotten(), forgotten(status="past_due"), forgotten(metadata={})):
        assert made.run(apply=True) == []
        assert made.tables.profiles == {}


def test_a_subscription_unheard_of_is_not_guessed_to_a_user_who_is_left() -> None:
    """Neither by the rehearsal nor by the repair."""
    account = Account({"sub_9": events.subscription(id="sub_9", user=None)})
    made = Reconciliation(account, Tables())
    for number, user in ((1, "user_1"), (2, "user_2")):
        made.tables.deliver(parse_event(events.created(events.subscription(id=f"sub_{number}", user=user))))
    forget(made.tables, "user_1")
    before = dict(made.tables.profiles)
    assert [one.can_be_repaired for one in made.run(apply=True) if one.subscription_id == "sub_9"] == [False]
    assert made.tables.profiles == before


def test_who_asks_for_it_by_name_is_told_what_lifts_it() -> None:
    """The command that takes the marks away, for the same stack."""
    made, tally = forgotten(), Tally()
    comparer = made.comparer([], apply=True, tally=tally)
    bring_up_to_date(Wanted(customer_ids=frozenset({"cus_1"})), made.account, None, comparer)
    assert tally.forgotten == {"sub_1": "cus_1"}
    told = let_alone(tally.forgotten, " --workspace production")
    assert told.endswith("stripe-handler forget --undo cus_1 --workspace production")

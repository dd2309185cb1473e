"""Whose is it? The smallest inputs for which a subscription was once shown to the wrong user, or to two."""

from typing import Any

import attrs
import pytest

from stripe_subscription_handler.conversation.messages import Answer, Request
from stripe_subscription_handler.decisions.decision import Write
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import ItemTooLargeError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.delivery import as_thin
from support.judging import judge
from support.model import FOREVER, Tables, stripe_at
from support.one_owner import check_one_owner
from support.stripe_account import Account
from support.truth import Truth

SUMMARY = "entitlements.active_entitlement_summary.updated"

WITHOUT_KEY, WITH_KEY = Policy(), Policy(can_ask_stripe=True)
ONLY_EXISTING = Policy(create_missing_profile=False)
EITHER = pytest.mark.parametrize("policy", [WITHOUT_KEY, WITH_KEY], ids=["without key", "with key"])
SELLERS = 74
"""As many owners as once were too many."""


def delivered(account: Account, policy: Policy = WITHOUT_KEY, **tables: Any) -> Tables:
    """Everything that happened, in order and exactly once; judged by the truth."""
    found = Tables(policy=policy, **tables)
    deliver(found, account)
    world = account.world()
    judge(found, Truth(world, key=policy.can_ask_stripe))
    return found


def deliver(tables: Tables, account: Account, start: int = 0) -> None:
    """The account's events from one on, in order and exactly once."""
    world = account.world()
    for number, event in enumerate(world.events[start:], start=start + 1):
        tables.stripe = stripe_at(world.shown[number], event.created)
        tables.deliver(event)
        check_one_owner(tables)


def shown(tables: Tables, user: str) -> tuple[str | None, str | None]:
    """Which subscription a user sees, and its status."""
    item = tables.profiles.get(user, {})
    return item.get("subscriptionId"), item.get("subscriptionStatus")


NOTHING = (None, None)


@EITHER
def test_a_label_after_a_guess_takes_the_subscription_along(policy: Policy) -> None:
    """B was the only user's until its own label named another."""
    account = Account()
    account.create("sub_a", "u1")
    account.create("sub_b", None)
    account.update("sub_b", label="u2")
    tables = delivered(account, policy)
    assert shown(tables, "u1") == ("sub_a", "active")
    assert shown(tables, "u2") == ("sub_b", "active")


@EITHER
def test_a_label_taken_off_and_another_put_on(policy: Policy) -> None:
    """The user who was named first keeps nothing."""
    account = Account()
    account.create("sub_a", "u1")
    account.update("sub_a", label=None)
    account.update("sub_a", label="u2")
    tables = delivered(account, policy)
    assert shown(tables, "u1") == NOTHING
    assert shown(tables, "u2") == ("sub_a", "active")


@EITHER
def test_two_parked_subscriptions_get_their_own_labels(policy: Policy) -> None:
    """The runbook's own cure: each user has his subscription and its payment."""
    account = Account()
    account.create("sub_a", None)
    account.create("sub_b", None)
    bills = account.bill("sub_a"), account.bill("sub_b")
    for bill in bills:
        account.pay(bill)
    account.update("sub_a", label="u1")
    account.update("sub_b", label="u2")
    tables = delivered(account, policy)
    assert shown(tables, "u1") == ("sub_a", "active")
    assert shown(tables, "u2") == ("sub_b", "active")
    assert tables.profiles["u1"]["lastPaymentInvoiceId"] == bills[0]
    assert tables.profiles["u2"]["lastPaymentInvoiceId"] == bills[1]


@EITHER
def test_a_move_and_then_the_label_off_swapped(policy: Policy) -> None:
    """The event that took the label off came before the one that moved it."""
    account = Account()
    events = [account.create("sub_a", "u1")]
    events.append(account.update("sub_a", label="u2"))
    events.append(account.update("sub_a", label=None))
    tables = Tables(policy=policy, stripe=stripe_at(account.world().shown[-1], FOREVER))
    for event in (events[0], events[2], events[1]):
        tables.deliver(event)
        check_one_owner(tables)
    judge(tables, Truth(account.world()))
    assert shown(tables, "u1") == NOTHING
    assert shown(tables, "u2") == ("sub_a", "active")
    tables.deliver(account.delete("sub_a"))
    assert shown(tables, "u2") == ("sub_a", "canceled")


@pytest.mark.parametrize("thin", [False, True], ids=["snapshot", "thin"])
def test_one_customer_of_many_users_costs_each_event_the_same(thin: bool) -> None:  # noqa: FBT001 - a parameter
    """76 labelled subscriptions of one customer, each another user's."""
    account = Account()
    tables = Tables(policy=WITH_KEY)
    costs = set()
    for number in range(SELLERS + 2):
        event = account.create(f"sub_{number}", f"u{number}")
        before = tables.requests
        tables.stripe = stripe_at(account.world().shown[-1], FOREVER)
        tables.deliver(as_thin(event) if thin else event)
        costs.add(tables.requests - before)
    assert len(costs) == 1
    judge(tables, Truth(account.world(), key=True))


@EITHER
def test_a_subscription_can_be_handed_on_as_often_as_one_likes(policy: Policy) -> None:
    """From seller to buyer 74 times: the last buyer has it, and each of them kept what was his own."""
    account = Account()
    account.create("sub_sellers", "u0", customer="cus_own")
    account.create("sub_a", "u0")
    for number in range(SELLERS):
        account.update("sub_a", label=f"u{number + 1}")
    tables = delivered(account, policy)
    assert shown(tables, f"u{SELLERS}") == ("sub_a", "active")
    assert shown(tables, "u0") == ("sub_sellers", "active")


@EITHER
def test_a_corrected_label_takes_the_payment_along(policy: Policy) -> None:
    """Later retries of the invoice still carry the slip, and go to the right user all the same."""
    account = Account()
    account.create("sub_a", "slip")
    first, second = account.bill("sub_a"), account.bill("sub_a")
    account.pay(first)
    account.update("sub_a", label="u1")
    account.fail(second)
    tables = delivered(account, policy)
    assert shown(tables, "slip") == NOTHING
    assert tables.profiles["u1"]["lastPaymentInvoiceId"] == second
    assert tables.profiles["u1"]["lastPaymentStatus"] == "failed"


@EITHER
def test_a_customer_labelled_anew_names_the_user_of_later_subscriptions(policy: Policy) -> None:
    """The new subscription is the new user's, and so is the earlier one, which nothing else names."""
    account = Account()
    account.create_customer("cus_1", "u_old")
    account.create("sub_a", None)
    account.update_customer("cus_1", label="u_new")
    account.create("sub_b", None)
    tables = delivered(account, policy)
    assert shown(tables, "u_new") == ("sub_b", "active")
    assert shown(tables, "u_old") == NOTHING


@EITHER
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("by_reference", [False, True], ids=["metadata", "client_reference_id"])
def test_a_checkout_session_names_the_user(policy: Policy, place: int, *, by_reference: bool) -> None:
    """Before, between or after the events of its subscription; none of them waits any longer."""
    account = Account()
    steps = [
        lambda: account.create("sub_a", None, status="incomplete"),
        lambda: account.pay(account.bill("sub_a")),
        lambda: account.update("sub_a", status="active"),
    ]
    steps.insert(place, lambda: account.complete("sub_a", "u1", customer="cus_1", by_reference=by_reference))
    for step in steps:
        step()
    tables = delivered(account, policy)
    assert shown(tables, "u1") == ("sub_a", "active")
    assert tables.profiles["u1"]["lastPaymentStatus"] == "succeeded"


@EITHER
@pytest.mark.parametrize("swapped", [False, True])
def test_created_stamped_after_the_update_that_activated_it(policy: Policy, *, swapped: bool) -> None:
    """Stamps of one action can invert; a `created` loses to everything."""
    account = Account()
    account.create("sub_a", "u1", status="incomplete", late=2)
    account.update("sub_a", status="active")
    tables = Tables(policy=policy)
    for event in account.world().events[:: -1 if swapped else 1]:
        tables.deliver(event)
    assert shown(tables, "u1") == ("sub_a", "active")


def test_a_thin_move_and_the_late_event_of_the_beginning() -> None:
    """Two payload styles: the late `created` of the first user finds that the subscription has moved."""
    account = Account()
    created = account.create("sub_a", "u1")
    moved = account.update("sub_a", label="u2")
    tables = Tables(policy=WITH_KEY, stripe=stripe_at(account.world().shown[-1], FOREVER))
    tables.deliver(as_thin(moved))
    tables.deliver(created)
    check_one_owner(tables)
    assert shown(tables, "u1") == NOTHING
    assert shown(tables, "u2") == ("sub_a", "active")


def test_a_subscription_that_moved_while_it_was_parked() -> None:
    """Its first user gets a profile later, and the customer's next event does not bring it to him."""
    account = Account()
    account.create("sub_a", "u1")
    account.update("sub_a", label="u2")
    tables = Tables(policy=ONLY_EXISTING, profiles={"u2": {"PK": "u2"}})
    deliver(tables, account)
    tables.profiles["u1"] = {"PK": "u1"}
    account.create("sub_b", "u1")
    account.pay(account.bill("sub_a", labelled=False))
    deliver(tables, account, start=2)
    judge(tables, Truth(account.world()), profiles={"u1", "u2"})
    assert shown(tables, "u1") == ("sub_b", "active")
    assert shown(tables, "u2") == ("sub_a", "active")


@pytest.mark.parametrize("next_event", ["invoice", "update", "new subscription"])
def test_a_profile_made_after_the_payment(next_event: str) -> None:
    """What waited for the profile is applied with the customer's next event, an invoice too."""
    account = Account()
    account.create("sub_a", "u1")
    account.pay(account.bill("sub_a"))
    tables = Tables(policy=ONLY_EXISTING)
    deliver(tables, account)
    assert tables.profiles == {}
    tables.profiles["u1"] = {"PK": "u1"}
    if next_event == "invoice":
        account.fail(account.bill("sub_a", labelled=False))
    elif next_event == "update":
        account.update("sub_a", status="past_due")
    else:
        account.create("sub_b", "u1", status="trialing")
    deliver(tables, account, start=2)
    judge(tables, Truth(account.world()), profiles={"u1"})


@attrs.define
class OneFull(Tables):
    """Tables of which one user's item takes nothing more.

    Attributes:
        full: The user; None when there is room again.
    """

    full: str | None = None

    def execute(self, request: Request, event: StripeEvent) -> Answer:
        """Refuse what would write to that item."""
        writes = (request,) if isinstance(request, Write) else getattr(request, "writes", ())
        if any(write.user_id == self.full for write in writes):
            raise ItemTooLargeError(f"the profile of {self.full}")
        return super().execute(request, event)


def test_a_parked_event_that_cannot_be_applied_holds_nobody_up() -> None:
    """It stays parked, and the subscription of another user under the same customer is written."""
    account = Account()
    account.create("sub_a", None)
    account.complete("sub_a", "u2")
    account.create("sub_b", "u1")
    tables = OneFull(full="u2")
    deliver(tables, account)
    assert shown(tables, "u1") == ("sub_b", "active")
    assert shown(tables, "u2") == NOTHING
    tables.full = None
    account.create("sub_c", "u3")
    deliver(tables, account, start=3)
    judge(tables, Truth(account.world()))
    assert shown(tables, "u2") == ("sub_a", "active")


def test_there_and_back_in_one_second_with_a_key() -> None:
    """u1 → u2 → u1 among other updates: what the events leave open is asked of Stripe."""
    account = Account()
    account.create("sub_a", "u1")
    account.update("sub_a", status="past_due")
    account.step = 0
    account.update("sub_a", label="u2")
    account.update("sub_a", status="active")
    account.update("sub_a", label="u1")
    account.update("sub_a", cancel_at_period_end=True)
    world = account.world()
    tables = Tables(policy=WITH_KEY, stripe=stripe_at(world.shown[-1], FOREVER))
    for event in world.events:
        tables.deliver(event)
        check_one_owner(tables)
    assert shown(tables, "u1") == ("sub_a", "active")
    assert shown(tables, "u2") == NOTHING


def test_a_first_invoice_leaves_alone_what_the_app_wrote_itself() -> None:
    """Until there is a register, an item that the app's own webhook code filled keeps its view."""
    account = Account()
    account.born("sub_a", "u1")
    account.pay(account.bill("sub_a"))
    own = {"PK": "u1", "subscriptionId": "sub_a", "subscriptionStatus": "trialing", "lastPaymentStatus": "x"}
    tables = Tables(profiles={"u1": dict(own)})
    tables.deliver(account.world().events[0])
    assert own.items() <= tables.profiles["u1"].items()


def entitled(*keys: str, second: int) -> dict[str, Any]:
    """A summary of the customer's entitlements."""
    body = events.summary(*keys)
    return events.event(SUMMARY, body, event_id=f"evt_s{second}", created=events.T0 + second)


@pytest.mark.parametrize("keys", [(), ("audit",)], ids=["no entitlements", "entitlements"])
def test_a_customer_labelled_anew_after_its_users_profile_was_deleted(keys: tuple[str, ...]) -> None:
    """The app has deleted it and makes none for the new user yet: nothing is held up, and nothing is made."""
    tables = Tables(policy=Policy(create_missing_profile=False))
    tables.profiles["u1"] = {"PK": "u1"}
    body = events.customer(metadata={"userId": "u1"})
    tables.deliver(parse_event(events.event("customer.created", body, event_id="evt_1")))
    bought = events.subscription(user=None)
    assert tables.deliver(parse_event(events.created(bought, event_id="evt_2"))).user_id == "u1"
    if keys:
        tables.deliver(parse_event(entitled(*keys, second=5)))
    del tables.profiles["u1"]
    anew = events.event(
        "customer.updated",
        events.customer(metadata={"userId": "u2"}),
        event_id="evt_3",
        created=events.T0 + 9,
        previous={"metadata": {"userId": "u1"}},
    )
    tables.deliver(parse_event(anew))
    if keys:
        tables.deliver(parse_event(entitled(second=10)))
    assert tables.profiles == {}
    assert tables.links["cus_1", "sub_1"]["claim"]["u"] == "u2"
    tables.profiles["u2"] = {"PK": "u2"}
    renewed = events.updated(bought, event_id="evt_4", created=events.T0 + 20, previous={})
    tables.deliver(parse_event(renewed))
    assert tables.profiles["u2"]["subscriptionId"] == "sub_1"

"""Owner links: which user a customer's subscription belongs to."""

import pytest

from stripe_subscription_handler.conversation.owner_links import owner_from_links
from stripe_subscription_handler.decisions.decision import FindOwner
from stripe_subscription_handler.decisions.policy import Policy, Unmapped
from stripe_subscription_handler.errors import UserNotFoundError
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.model import Tables

LINKS = {"owner_sub_1": {"user": "user_1", "version": "v"}, "users": {"user_1"}}
TWO_USERS = {**LINKS, "users": {"user_1", "user_2"}}


@pytest.mark.parametrize(
    ("links", "subscription_id", "any_user", "owner"),
    [
        (None, "sub_1", True, None),
        (LINKS, "sub_1", False, "user_1"),
        (LINKS, "sub_2", True, "user_1"),
        (LINKS, "sub_2", False, None),
        (TWO_USERS, "sub_1", True, "user_1"),
        (TWO_USERS, "sub_2", True, None),
    ],
)
def test_the_links_answer(
    links: dict | None, subscription_id: str, owner: str | None, *, any_user: bool
) -> None:
    """The subscription's own owner first; else the customer's only user, where that will do."""
    assert owner_from_links(FindOwner("cus_1", subscription_id, any_user=any_user), links) == owner


def test_an_old_invoice_without_metadata_finds_its_user() -> None:
    """The link written with the first event answers for it."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    outcome = tables.deliver(parse_event(events.paid(events.invoice(user=None), event_id="evt_2")))
    assert (outcome.applied, outcome.user_id) == (True, "user_1")
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"


def test_an_update_without_metadata_finds_the_customers_only_user() -> None:
    """A second subscription that the app forgot to label belongs to the customer's only user."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    unlabelled = events.subscription(id="sub_2", user=None, created=events.T0 + 9)
    outcome = tables.deliver(parse_event(events.created(unlabelled, event_id="evt_2", created=events.T0 + 9)))
    assert outcome.user_id == "user_1"
    assert tables.profiles["user_1"]["subscriptionId"] == "sub_2"
    assert tables.links["cus_1"]["owner_sub_2"]["user"] == "user_1"


@pytest.mark.parametrize("customer", ["cus_unknown", None])
def test_a_user_nobody_can_name_is_an_error(customer: str | None) -> None:
    """With the policy `dead-letter` it is raised; without a customer to wait for, always."""
    stray = events.paid(events.invoice(user=None, customer=customer))
    policy = Policy(unmapped=Unmapped.DEAD_LETTER if customer else Unmapped.PARK)
    with pytest.raises(UserNotFoundError, match="sub_1"):
        Tables(policy=policy).deliver(parse_event(stray))


def test_an_owner_is_set_once() -> None:
    """A second link for the same subscription does not replace the first."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    tables.deliver(parse_event(events.created(events.subscription(user="user_2"), event_id="evt_2")))
    assert tables.links["cus_1"]["owner_sub_1"]["user"] == "user_1"

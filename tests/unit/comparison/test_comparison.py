"""Every kind of difference between Stripe and the profiles is found, and repaired where that is safe."""

from typing import Any

import attrs
import pytest

from stripe_subscription_handler.comparison.differences import REPAIRABLE, Kind
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.ledger import PREFIX, Ledger
from stripe_subscription_handler.decisions.policy import Livemode, Policy
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.entitling import entitled, shown
from support.model import only_customers
from support.reconciling import Account, Reconciliation, Repairs

SUB = events.subscription()


def world(*bodies: dict[str, Any], delivered: tuple[dict[str, Any], ...] = (), **rest: Any) -> Reconciliation:
    """Stripe with these subscriptions, and tables to which these events were delivered."""
    made = Reconciliation(Account({body["id"]: body for body in bodies}), Tables(policy=Policy()), **rest)
    for event in delivered:
        made.tables.deliver(parse_event(event))
    return made


def kinds(made: Reconciliation, *, apply: bool = False) -> list[tuple[Kind, str | None]]:
    """What a run finds, as kinds and users."""
    return [(one.kind, one.user_id) for one in made.run(apply=apply)]


def test_what_the_events_told_is_no_difference() -> None:
    """A register that is older than the snapshot and says the same."""
    assert kinds(world(SUB, delivered=(events.created(SUB),))) == []


def test_an_end_that_is_forgotten_at_once_is_a_difference() -> None:
    """The view hides it while another is shown, and would show it when that one moves to another user."""
    shown_one = events.subscription(id="sub_shown", created=events.T0)
    hidden = events.subscription(id="sub_hidden", status="past_due", created=events.T0 + 1)
    over = {**hidden, "status": "canceled", "ended_at": events.T0 + 3}
    later = events.subscription(id="sub_later", created=events.T0 + 2)
    later |= {"status": "canceled", "ended_at": events.T0 + 4}
    told = (events.created(shown_one), events.created(hidden), events.deleted(later))
    made = world(shown_one, over, later, delivered=told)
    [found] = made.run(apply=True)
    assert (found.kind, found.subscription_id, found.repaired) == (Kind.STALE, "sub_hidden", True)
    assert [(field.name, field.stored, field.stripe) for field in found.fields] == [
        ("status", "past_due", "canceled")
    ]
    assert "sub_hidden" not in Ledger.from_item(made.tables.profiles["user_1"]).registers
    assert made.run() == []


def test_looking_changes_nothing() -> None:
    """Without a repair, the tables are as before."""
    made = world(SUB)
    assert made.run() != []
    assert (made.tables.profiles, made.tables.links) == ({}, {})


def _without_profile(made: Reconciliation) -> None:
    made.tables.profiles.clear()


def _without_ledger(made: Reconciliation) -> None:
    item = made.tables.profiles["user_1"]
    for name in [name for name in item if name.startswith(PREFIX)]:
        del item[name]


def _view_overwritten(made: Reconciliation) -> None:
    made.tables.profiles["user_1"]["subscriptionStatus"] = "canceled"


def _missed_update(made: Reconciliation) -> None:
    made.account.bodies["sub_1"] = {**SUB, "status": "past_due"}


def _missed_end(made: Reconciliation) -> None:
    made.account.bodies["sub_1"] = {**SUB, "status": "canceled", "ended_at": events.T0 + 9}


def _links_lost(made: Reconciliation) -> None:
    made.tables.links.clear()


def _missed_second(made: Reconciliation) -> None:
    made.account.bodies["sub_2"] = {**SUB, "id": "sub_2", "created": events.T0 + 5}


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (_without_profile, Kind.MISSING_PROFILE),
        (_without_ledger, Kind.MISSING_SUBSCRIPTION),
        (_view_overwritten, Kind.VIEW),
        (_missed_update, Kind.STALE),
        (_missed_end, Kind.STALE),
        (_links_lost, Kind.UNLINKED),
        (_missed_second, Kind.MISSING_SUBSCRIPTION),
    ],
)
def test_what_was_missed_or_spoilt_is_found_and_repaired(spoil: Any, kind: Kind) -> None:
    """Once each; afterwards nothing differs, and the profile shows what Stripe has."""
    made = world(SUB, delivered=(events.created(SUB),))
    spoil(made)
    assert kinds(made) == [(kind, "user_1")]
    assert [one.repaired for one in made.run(apply=True)] == [True]
    assert kinds(made) == []
    newest = max(made.account.bodies.values(), key=lambda body: body["created"])
    profile = made.tables.profiles["user_1"]
    assert (profile["subscriptionId"], profile["subscriptionStatus"]) == (newest["id"], newest["status"])
    assert made.tables.links["cus_1", newest["id"]]["owner"] == "user_1"


def test_differing_fields_are_told() -> None:
    """With what the profile has and what Stripe says; once, though register and products say it too."""
    made = world({**SUB, "status": "past_due"}, delivered=(events.created(SUB),))
    [found] = made.run()
    told = {field.name: (field.stored, field.stripe) for field in found.fields}
    assert told == {"subscriptionStatus": ("active", "past_due")}


def test_a_register_tells_what_the_app_cannot_read() -> None:
    """Of a subscription that is not shown, the products tell the status, if it gives one."""
    other = events.subscription(id="sub_2", created=events.T0 + 20)
    other["items"]["data"][0]["price"]["product"] = "prod_2"
    other["items"]["data"][0]["plan"] = None
    delivered = (events.created(SUB), events.created(other, event_id="evt_2", created=events.T0 + 20))
    made = world({**SUB, "canceled_at": events.T0 + 30, "status": "past_due"}, other, delivered=delivered)
    assert made.tables.profiles["user_1"]["subscriptionId"] == "sub_2"
    [found] = made.run()
    assert (found.kind, [field.name for field in found.fields]) == (
        Kind.STALE,
        ["subscriptionProducts", "canceledAt"],
    )


def test_a_user_with_another_live_subscription_is_not_downgraded() -> None:
    """The old one's missed end goes into the ledger; the view keeps the one that lives."""
    old = {**SUB, "status": "canceled", "ended_at": events.T0 + 50}
    new = events.subscription(id="sub_2", created=events.T0 + 20)
    made = world(
        old,
        new,
        delivered=(events.created(SUB), events.created(new, event_id="evt_2", created=events.T0 + 20)),
    )
    [found] = made.run(apply=True)
    assert (found.kind, found.repaired) == (Kind.STALE, True)
    profile = made.tables.profiles["user_1"]
    assert (profile["subscriptionId"], profile["subscriptionStatus"]) == ("sub_2", "active")
    assert kinds(made) == []


def test_the_end_of_the_shown_one_shows_the_other() -> None:
    """Which had been known all along."""
    new = events.subscription(id="sub_2", created=events.T0 + 20)
    ended = {**new, "status": "canceled", "ended_at": events.T0 + 50}
    made = world(
        SUB,
        ended,
        delivered=(events.created(SUB), events.created(new, event_id="evt_2", created=events.T0 + 20)),
    )
    made.run(apply=True)
    assert made.tables.profiles["user_1"]["subscriptionId"] == "sub_1"


def test_a_register_newer_than_the_snapshot_is_no_difference() -> None:
    """The event knew more than Stripe's answer can be held to; a repair leaves it alone."""
    made = world(SUB, delivered=(events.created(SUB),))
    newer = events.updated({**SUB, "status": "unpaid"}, event_id="evt_2", created=made.account.second + 1)
    made.tables.deliver(parse_event(newer))
    assert kinds(made, apply=True) == []
    assert made.tables.profiles["user_1"]["subscriptionStatus"] == "unpaid"


def test_an_event_between_looking_and_repairing_wins() -> None:
    """The repair is decided anew on the item as it then is."""
    made = world({**SUB, "status": "past_due"}, delivered=(events.created(SUB),))
    newer = events.updated({**SUB, "status": "unpaid"}, event_id="evt_2", created=made.account.second + 1)
    comparer = made.comparer([], apply=True)

    class Late(Repairs):
        """Somebody else writes first."""

        def write(self, request: Any, event: Any, raw: Any) -> Any:
            made.tables.deliver(parse_event(newer))
            return super().write(request, event, raw)

    [page] = made.account.subscriptions()
    attrs.evolve(comparer, repair=Late(made.tables)).snapshots(page.objects, page.as_of)
    assert made.tables.profiles["user_1"]["subscriptionStatus"] == "unpaid"


def test_a_missed_move_leaves_the_first_user() -> None:
    """The subscription goes to the new user's profile, and is no longer shown in the old one's."""
    moved = {**SUB, "metadata": {"userId": "user_2"}}
    made = world(moved, delivered=(events.created(SUB),))
    assert sorted(kinds(made)) == [(Kind.MISSING_PROFILE, "user_2"), (Kind.WRONG_USER, "user_1")]
    made.run(apply=True)
    assert "subscriptionId" not in made.tables.profiles["user_1"]
    assert made.tables.profiles["user_2"]["subscriptionId"] == "sub_1"
    assert kinds(made) == []


def test_an_old_copy_of_a_former_owners_profile_loses_the_entitlements_too() -> None:
    """It is put back after a move, and the customer's entitlements are the new owner's by now."""
    moved = {**SUB, "metadata": {"userId": "user_2"}}
    made = world(moved, delivered=(events.created(SUB),))
    made.tables.deliver(entitled("sso", customer=SUB["customer"]))
    old = dict(made.tables.profiles["user_1"])
    told = events.updated(
        moved, event_id="evt_2", created=events.T0 + 60, previous={"metadata": {"userId": "user_1"}}
    )
    made.tables.deliver(parse_event(told))
    made.tables.profiles["user_1"] = old
    assert kinds(made, apply=True) == [(Kind.WRONG_USER, "user_1")]
    assert shown(made.tables) == {"user_2": {"sso"}}


def test_a_missed_move_is_found_from_the_profile_when_the_links_are_lost() -> None:
    """Only the first user's item itself tells that the subscription is still shown there."""
    made = world({**SUB, "metadata": {"userId": "user_2"}}, delivered=(events.created(SUB),))
    made.tables.links.clear()
    made.run(apply=True)
    assert "subscriptionId" not in made.tables.profiles["user_1"]
    assert kinds(made) == []


def test_a_subscription_without_a_user_is_reported_and_not_parked() -> None:
    """A snapshot waits for nobody."""
    made = world(events.subscription(user=None))
    assert kinds(made, apply=True) == [(Kind.UNMAPPED, None)]
    assert (made.tables.profiles, made.tables.parked) == ({}, {})


def test_a_customers_metadata_names_the_user_too() -> None:
    """As for a live event with a key."""
    made = world(events.subscription(user=None))
    made.tables.stripe = only_customers({"cus_1": "user_1"})
    assert kinds(made, apply=True) == [(Kind.MISSING_PROFILE, "user_1")]
    assert kinds(made) == []


def test_a_link_that_an_older_subscription_leaves_names_the_user_too() -> None:
    """Although Stripe lists the newer one first, which has no metadata."""
    newer = events.subscription(id="sub_2", user=None, created=events.T0 + 9)
    made = world(SUB, newer)
    assert kinds(made, apply=True) == [
        (Kind.MISSING_PROFILE, "user_1"),
        (Kind.MISSING_SUBSCRIPTION, "user_1"),
    ]
    assert made.tables.profiles["user_1"]["subscriptionId"] == "sub_2"
    assert kinds(made) == []


def test_a_customer_with_two_users_is_not_guessed() -> None:
    """Reported, with the reason; a repair changes nothing."""
    others = [
        events.created(events.subscription(id=f"sub_{user}", user=user), event_id=f"evt_{user}")
        for user in ("user_1", "user_2")
    ]
    known = [event["data"]["object"] for event in others]
    made = world(events.subscription(id="sub_3", user=None), *known, delivered=tuple(others))
    [found] = made.run(apply=True)
    assert (found.kind, found.subscription_id, found.repaired) == (Kind.UNMAPPED, "sub_3", False)


def test_a_profile_whose_subscription_stripe_lacks_is_only_reported() -> None:
    """It may be the key of another account, so nothing is taken from the user."""
    made = world(delivered=(events.created(SUB),))
    before = dict(made.tables.profiles["user_1"])
    assert kinds(made, apply=True) == [(Kind.UNKNOWN_TO_STRIPE, "user_1")]
    assert made.tables.profiles["user_1"] == before


def test_an_ended_register_is_never_revived() -> None:
    """Stripe says that it lives, which cannot be: reported, not repaired."""
    ended = events.deleted({**SUB, "status": "canceled"}, event_id="evt_2", created=events.T0 + 1)
    made = world(SUB, delivered=(ended,))
    [found] = made.run(apply=True)
    assert (found.kind, found.repaired) == (Kind.ENDED, False)
    assert made.tables.profiles["user_1"]["subscriptionStatus"] == "canceled"


def test_one_that_ended_after_stripe_answered_is_no_difference() -> None:
    """The event was handled between the answer and the comparison."""
    made = world(SUB)
    ended = events.deleted({**SUB, "status": "canceled"}, event_id="evt_2", created=made.account.second + 1)
    made.tables.deliver(parse_event(ended))
    assert kinds(made) == []


def test_what_old_events_leave_out_is_no_difference() -> None:
    """Plans named no product once; another price is one all the same."""
    old = events.subscription(price="plan_1")
    old["items"]["data"][0]["price"].pop("product")
    assert kinds(world(events.subscription(price="plan_1"), delivered=(events.created(old),))) == []
    assert kinds(world(events.subscription(price="plan_2"), delivered=(events.created(old),))) == [
        (Kind.STALE, "user_1")
    ]


def test_a_product_that_the_ledger_knows_must_be_shown() -> None:
    """Somebody removed the attribute: no event of old shape explains that."""
    made = world(SUB)
    made.tables.deliver(parse_event(events.created(SUB)))
    del made.tables.profiles["user_1"]["subscriptionProductId"]
    [found] = made.run(apply=True)
    assert (found.kind, [field.name for field in found.fields]) == (Kind.VIEW, ["subscriptionProductId"])
    assert made.tables.profiles["user_1"]["subscriptionProductId"] == "prod_1"


def test_forgotten_ended_subscriptions_are_no_difference() -> None:
    """Two that ended, of which the ledger keeps the later one: neither missing nor stale."""
    ended = [
        {**SUB, "id": f"sub_{n}", "status": "canceled", "ended_at": events.T0 + n, "created": events.T0}
        for n in (1, 2, 3)
    ]
    made = world(*ended)
    made.run(apply=True)
    assert kinds(made) == []
    assert made.tables.profiles["user_1"]["subscriptionId"] == "sub_3"


def test_no_profile_is_made_where_the_stack_makes_none() -> None:
    """Reported; not repaired."""
    made = world(SUB, policy=Policy(can_ask_stripe=True, create_missing_profile=False))
    made.tables.policy = made.policy
    [found] = made.run(apply=True)
    assert (found.kind, found.user_id, found.repaired) == (Kind.MISSING_PROFILE, "user_1", False)
    assert made.tables.profiles == {}


def test_objects_of_the_other_mode_are_not_applied() -> None:
    """A test subscription must not unlock a production profile."""
    made = world({**SUB, "livemode": False}, livemode=Livemode.LIVE)
    assert kinds(made, apply=True) == [(Kind.UNREADABLE, None)]
    assert made.tables.profiles == {}


def test_a_malformed_object_does_not_end_the_run() -> None:
    """It is reported with the field, and the next one is compared."""
    broken = {"id": "sub_0", "created": events.T0 + 9, "customer": 7}
    made = world(broken, SUB)
    found = made.run(apply=True)
    assert {(one.kind, one.subscription_id) for one in found} == {
        (Kind.UNREADABLE, "sub_0"),
        (Kind.MISSING_PROFILE, "sub_1"),
    }
    assert next(one for one in found if one.kind is Kind.UNREADABLE).note.startswith("subscription.customer")


def test_only_what_the_first_pass_did_not_settle_is_asked_for_again() -> None:
    """Profiles whose subscriptions Stripe's list had cost no further request to Stripe."""
    made = world(SUB, delivered=(events.created(SUB),))
    made.run()
    assert made.account.asked == []
    gone = events.subscription(id="sub_9", user="user_9", customer="cus_9")
    made.tables.deliver(parse_event(events.created(gone, event_id="evt_9")))
    made.run()
    assert made.account.asked == ["sub_9"]


def test_what_cannot_be_repaired_needs_a_person() -> None:
    """So it is never in the table of what is repaired."""
    assert {Kind.UNKNOWN_TO_STRIPE, Kind.UNMAPPED, Kind.ENDED, Kind.UNREADABLE}.isdisjoint(REPAIRABLE)

"""A view that does not follow from its ledger and the settings is found, and computed anew without Stripe."""

from typing import Any

import attrs
import pytest

from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.comparison.views import Views
from stripe_subscription_handler.comparison.walk import look_at_views
from stripe_subscription_handler.conversation.messages import ItemSeen, Written
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.conversation.recomputing import recompute
from stripe_subscription_handler.conversation.settling import MAX_WRITES
from stripe_subscription_handler.decisions.decision import Reason, Write
from stripe_subscription_handler.decisions.ledger import OWN_ATTRIBUTES, PREFIX, SETTINGS
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.errors import ConcurrentUpdateError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.own_attributes import compiled
from stripe_subscription_handler.events.selection import PLAIN, Selection
from support import events
from support.reconciling import Account, Profiles, Reconciliation

SUB = events.subscription()
ADD_ON = events.subscription(id="sub_2", created=events.T0 + 20)
PAUSED = events.subscription(pause_collection={"behavior": "void"})
SHORT = ViewSettings(access_renewal_grace_hours=1)
NO_PAUSE = ViewSettings(access_while_collection_paused=False)
OTHERS = ViewSettings(handled_product_ids=frozenset({"prod_of_another_app"}))
OWN = ViewSettings(profile_attributes={"plan": "items.data[0].price.id"})


def written(*bodies: dict[str, Any], shows: ViewSettings = ViewSettings()) -> Tables:  # noqa: B008 - frozen
    """Tables to which these subscriptions were told under some settings."""
    tables, selection = Tables(policy=Policy(shows=shows)), selection_of(shows)
    for number, body in enumerate(bodies):
        event = events.created(body, event_id=f"evt_{number}", created=body["created"])
        tables.deliver(parse_event(event, selection))
    return tables


def selection_of(shows: ViewSettings) -> Selection:
    """What these settings read of Stripe's objects."""
    return Selection(expressions=compiled(shows.profile_attributes, "PROFILE_ATTRIBUTES"))


def gone_through(tables: Tables, shows: ViewSettings, *, apply: bool) -> tuple[list[Difference], Tally]:
    """What a look at all views finds under settings, and what it counts."""
    found: list[Difference] = []
    tally, policy = Tally(), Policy(shows=shows)

    def tell(difference: Difference) -> None:
        tally.add(difference)
        found.append(difference)

    def carry(conversation: Any) -> None:
        tables.hold(conversation)

    look_at_views(Profiles(tables), Views(policy, carry if apply else None, tell, tally))
    return found, tally


def shown(tables: Tables, user_id: str = "user_1") -> dict[str, Any]:
    """What the app reads, ledger left out."""
    return {key: one for key, one in tables.profiles[user_id].items() if not key.startswith(PREFIX)}


def test_a_changed_setting_is_a_change_for_the_user_and_repaired_without_stripe() -> None:
    """The view is afterwards what the same events give under the new settings."""
    tables = written(SUB)
    before = dict(tables.profiles["user_1"])
    [one], _ = gone_through(tables, SHORT, apply=False)
    assert (one.kind, one.subscription_id, one.user_id, one.customer_id) == (
        Kind.VIEW,
        "sub_1",
        "user_1",
        "cus_1",
    )
    assert [field.name for field in one.fields] == ["subscriptionAccessUntil"]
    assert tables.profiles["user_1"] == before
    [repaired], tally = gone_through(tables, SHORT, apply=True)
    assert (repaired.repaired, tally.recomputed, tally.from_stripe, tally.unrepaired) == (True, 1, 0, 0)
    assert shown(tables) == shown(written(SUB, shows=SHORT))
    assert tables.profiles["user_1"][SETTINGS] == SHORT.fingerprint
    assert gone_through(tables, SHORT, apply=False)[0] == []


def test_a_view_is_told_once_however_many_subscriptions_there_are() -> None:
    """By the whole pass too, with the one that is shown; in the other ones nothing differs."""
    tables = written(SUB, ADD_ON)
    made = Reconciliation(Account({"sub_1": SUB, "sub_2": ADD_ON}), tables)
    made.policy = attrs.evolve(made.policy, shows=SHORT)
    assert [(one.kind, one.subscription_id) for one in made.run()] == [(Kind.VIEW, "sub_2")]
    assert [(one.kind, one.repaired) for one in made.run(apply=True)] == [(Kind.VIEW, True)]
    assert made.run() == []


def test_a_view_is_told_with_the_one_that_is_shown() -> None:
    """Also where another one, which Stripe lists first, is looked at before."""
    trial = {**ADD_ON, "status": "trialing"}
    made = Reconciliation(Account({"sub_1": SUB, "sub_2": trial}), written(SUB, trial))
    assert made.tables.profiles["user_1"]["subscriptionId"] == "sub_1"
    made.policy = attrs.evolve(made.policy, shows=SHORT)
    assert [(one.kind, one.subscription_id) for one in made.run()] == [(Kind.VIEW, "sub_1")]
    assert [(one.kind, one.repaired) for one in made.run(apply=True)] == [(Kind.VIEW, True)]


def test_a_profile_that_stripe_knows_nothing_of_follows_the_settings_too() -> None:
    """Its subscription is left as it is, its view is not."""
    made = Reconciliation(Account({}), written(SUB))
    made.policy = attrs.evolve(made.policy, shows=SHORT)
    found = made.run(apply=True)
    assert {(one.kind, one.repaired) for one in found} == {
        (Kind.UNKNOWN_TO_STRIPE, False),
        (Kind.VIEW, True),
    }
    assert shown(made.tables) == shown(written(SUB, shows=SHORT))


def test_what_shows_the_same_under_both_settings_is_no_difference() -> None:
    """It is counted, and with a repair it is marked, so that the next event needs one request."""
    tables = written(SUB)
    found, tally = gone_through(tables, NO_PAUSE, apply=False)
    assert (found, tally.other_settings, tally.differences) == ([], 1, 0)
    assert tables.profiles["user_1"][SETTINGS] != NO_PAUSE.fingerprint
    gone_through(tables, NO_PAUSE, apply=True)
    assert tables.profiles["user_1"][SETTINGS] == NO_PAUSE.fingerprint
    assert gone_through(tables, NO_PAUSE, apply=False)[1].other_settings == 0


def test_access_that_the_new_settings_take_away_is_gone() -> None:
    """A paused collection, and then no access."""
    tables = written(PAUSED)
    [one], _ = gone_through(tables, NO_PAUSE, apply=True)
    assert {field.name for field in one.fields} == {"subscriptionAccessUntil", "subscriptionProducts"}
    assert "subscriptionAccessUntil" not in tables.profiles["user_1"]


def test_what_another_app_wrote_is_left_alone() -> None:
    """An item without a ledger, and one whose subscriptions are all another app's by the filter."""
    old = {"subscriptionId": "sub_9", "subscriptionStatus": "active"}
    tables = Tables(profiles={"user_9": old})
    assert gone_through(tables, SHORT, apply=True)[0] == []
    assert tables.profiles["user_9"] == old
    tables = written(SUB, shows=OTHERS)
    assert not tables.profiles["user_1"].keys() & {"subscriptionId", "subscriptionStatus"}
    tables.profiles["user_1"] = {**tables.profiles["user_1"], **old}
    changed = attrs.evolve(OTHERS, access_renewal_grace_hours=1)
    assert gone_through(tables, changed, apply=True)[0] == []
    assert tables.profiles["user_1"].items() >= old.items()


def test_a_filter_that_leaves_a_subscription_out_takes_its_view_away() -> None:
    """And one that lets it in again brings it back, from the ledger."""
    tables = written(SUB)
    before = shown(tables)
    [one], _ = gone_through(tables, OTHERS, apply=True)
    assert {field.name for field in one.fields} == before.keys()
    assert shown(tables) == {}
    gone_through(tables, ViewSettings(), apply=True)
    assert shown(tables) == before


def test_an_own_attribute_that_is_not_wanted_any_more_goes() -> None:
    """One that is new is only known to Stripe: the whole pass fills it in."""
    tables = written(SUB, shows=OWN)
    assert tables.profiles["user_1"]["plan"] == "price_basic"
    [one], _ = gone_through(tables, ViewSettings(), apply=True)
    assert [(field.name, field.stored, field.stripe) for field in one.fields] == [
        ("plan", "price_basic", None)
    ]
    assert {"plan", OWN_ATTRIBUTES}.isdisjoint(tables.profiles["user_1"])


def test_a_new_own_attribute_comes_from_stripe() -> None:
    """What the view alone can do leaves it out; the pass that asks Stripe tells and writes it."""
    tables = written(SUB)
    assert gone_through(tables, OWN, apply=True)[0] == []
    assert "plan" not in tables.profiles["user_1"]
    made = Reconciliation(Account({"sub_1": SUB}), tables, selection=selection_of(OWN))
    made.policy = attrs.evolve(made.policy, shows=OWN)
    [one] = made.run(apply=True)
    assert (one.kind, [(field.name, field.stripe) for field in one.fields]) == (
        Kind.STALE,
        [("plan", "price_basic")],
    )
    assert tables.profiles["user_1"]["plan"] == "price_basic"
    assert made.run() == []


def test_an_event_in_between_wins() -> None:
    """The view is computed from what it left."""
    tables = written(SUB)
    conversation = recompute("user_1", Policy(shows=SHORT))
    seen = tables.execute(next(conversation))
    later = {**SUB, "status": "past_due"}
    tables.deliver(parse_event(events.updated(later, event_id="evt_9", created=events.T0 + 5)))
    refused = tables.execute(conversation.send(seen))
    assert isinstance(refused, ItemSeen)
    answer = tables.execute(conversation.send(refused))
    assert isinstance(answer, Written)
    with pytest.raises(StopIteration) as ended:
        conversation.send(answer)
    outcome = ended.value.value
    assert (outcome.applied, outcome.new_status, outcome.changed) == (
        True,
        "past_due",
        ("subscriptionAccessUntil", "subscriptionProducts"),
    )


def test_it_gives_up_where_something_always_comes_in_between() -> None:
    """The profile is told and left; the run goes on."""
    item = written(SUB).profiles["user_1"]
    conversation = recompute("user_1", Policy(shows=SHORT))
    next(conversation)
    for _ in range(MAX_WRITES):
        assert isinstance(conversation.send(ItemSeen(item)), Write)
    with pytest.raises(ConcurrentUpdateError):
        conversation.send(ItemSeen(item))


def test_a_view_that_is_right_is_not_written() -> None:
    """Nor is a profile that is not there."""
    tables = written(SUB)
    before = dict(tables.profiles["user_1"])
    assert tables.hold(recompute("user_1", tables.policy)).reason is Reason.DUPLICATE
    assert not tables.hold(recompute("nobody", tables.policy)).applied
    assert tables.profiles == {"user_1": before}


def test_plain_settings_read_nothing_more() -> None:
    """The helper above reads what the library reads by itself."""
    assert selection_of(ViewSettings()) == PLAIN

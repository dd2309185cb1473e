"""What a customer may use: the newest summary is shown, whatever comes first; the rest is asked for."""

import itertools

import pytest

from stripe_subscription_handler.conversation.messages import Fetch, Fetched
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import StripeUnavailableError
from stripe_subscription_handler.events.entitlements import EntitlementSummary
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.entitling import T0, counted, created, delivered, entitled, labelled, shown
from support.model import FOREVER, Tables

TEN = tuple(f"key_{number}" for number in range(10))
WITH_KEY = Policy(can_ask_stripe=True)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_newest_summary_is_shown_whatever_comes_first(order: tuple[int, ...]) -> None:
    """The subscription may come before, between or after the summaries."""
    lives = [created(), entitled("sso", second=50), entitled("sso", "audit", second=60)]
    tables = delivered(*(lives[place] for place in order))
    assert shown(tables) == {"user_1": {"sso", "audit"}}


def test_the_outcome_names_the_user_and_what_changed() -> None:
    """A summary that is shown says in whose profile, by the name of the attribute alone."""
    outcome = delivered(created()).deliver(entitled("sso"))
    assert (outcome.applied, outcome.reason) == (True, Reason.ENTITLED)
    assert (outcome.user_id, outcome.changed, outcome.incomplete) == ("user_1", ("entitlements",), ())


def test_without_entitlements_the_attribute_is_absent() -> None:
    """An empty summary takes it away, and the attribute of the ledger too."""
    tables = delivered(created(), entitled("sso"), entitled(second=60))
    assert shown(tables) == {}
    assert not [name for name in tables.profiles["user_1"] if "ntitlements" in name]


def test_an_attribute_of_the_apps_own_stays_until_there_are_entitlements() -> None:
    """Whoever does not use Stripe's entitlements may have something else by that name."""
    tables = Tables(profiles={"user_1": {"PK": "USER#user_1", "entitlements": "beta"}})
    tables.deliver(created())
    tables.deliver(created(which=2))
    assert tables.profiles["user_1"]["entitlements"] == "beta"


def test_the_union_over_the_users_customers() -> None:
    """Each customer has a summary of its own; what both entitle to stays while one of them does."""
    tables = delivered(
        created(),
        created(which=2, customer="cus_2"),
        entitled("sso", "audit"),
        entitled("sso", "seats", customer="cus_2", number=2),
    )
    assert shown(tables) == {"user_1": {"sso", "audit", "seats"}}
    tables.deliver(entitled("audit", second=60))
    assert shown(tables) == {"user_1": {"sso", "audit", "seats"}}
    tables.deliver(entitled(second=61, customer="cus_2"))
    assert shown(tables) == {"user_1": {"audit"}}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_summaries_of_one_second_are_put_in_order_by_what_they_changed(order: tuple[int, ...]) -> None:
    """Nothing, then `a`, then `a` and `b`, then `b`: the walk ends at `b`."""
    walk = [
        entitled("a", before=[], number=3),
        entitled("a", "b", before=["a"], number=1),
        entitled("b", before=["a", "b"], number=2),
    ]
    assert shown(delivered(created(), *(walk[place] for place in order))) == {"user_1": {"b"}}


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
def test_what_one_second_does_not_tell_is_chosen_alike_in_every_order(order: tuple[int, ...]) -> None:
    """Without what was before, the larger event id wins."""
    rivals = [entitled("a", number=1), entitled("b", number=2)]
    assert shown(delivered(created(), *(rivals[place] for place in order))) == {"user_1": {"b"}}


def test_with_a_key_stripe_says_what_one_second_does_not_tell() -> None:
    """It is asked once, and what it shows counts up to the second it is sure to include."""
    tables = delivered(created(), entitled("a", number=1), policy=WITH_KEY)
    asked: list[Fetch] = []
    as_of = parse_event(events.entitled(events.summary(), created=T0 + 70)).created

    def stripe(request: Fetch) -> Fetched:
        asked.append(request)
        return Fetched(EntitlementSummary("cus_1", frozenset({"a", "c"})), as_of)

    tables.stripe = stripe
    tables.deliver(entitled("b", number=2))
    assert shown(tables) == {"user_1": {"a", "c"}}
    assert [(one.subject, one.object_id) for one in asked] == [
        ("entitlements.active_entitlement_summary", "cus_1")
    ]
    assert tables.deliver(entitled("late", second=70)).reason is Reason.STALE
    assert tables.deliver(entitled("new", second=71)).reason is Reason.ENTITLED


def test_what_was_before_is_not_told_of_one_so_stripe_says() -> None:
    """From nothing to `a`, and another step to nothing from something: either may be the last."""
    tables = delivered(created(), entitled("a", before=[], number=1), policy=WITH_KEY)
    tables.stripe = lambda _asked: Fetched(EntitlementSummary("cus_1", frozenset()), FOREVER)
    tables.deliver(entitled(number=2))
    assert shown(tables) == {}


def test_more_than_ten_are_fetched_with_a_key() -> None:
    """The event lists ten; a duplicate asks nobody again."""
    every = frozenset({*TEN, "eleventh"})
    tables = delivered(created(), policy=WITH_KEY)
    tables.stripe = lambda _asked: Fetched(EntitlementSummary("cus_1", every), FOREVER)
    outcome = tables.deliver(entitled(*TEN, has_more=True))
    assert shown(tables) == {"user_1": set(every)}
    assert outcome.incomplete == ()
    assert counted(tables, entitled(*TEN, has_more=True), Reason.STALE) == 2


def test_without_a_key_the_first_ten_are_kept_and_the_outcome_says_so() -> None:
    """Nothing better is known."""
    tables = delivered(created())
    outcome = tables.deliver(entitled(*TEN, has_more=True))
    assert shown(tables) == {"user_1": set(TEN)}
    assert outcome.incomplete == ("entitlements",)


def test_a_stripe_that_does_not_answer_leaves_all_as_it_was() -> None:
    """The event is tried again."""
    tables = delivered(created(), entitled("sso"), policy=WITH_KEY)

    def stripe(_asked: Fetch) -> Fetched:
        raise StripeUnavailableError("down")

    tables.stripe = stripe
    with pytest.raises(StripeUnavailableError):
        tables.deliver(entitled(*TEN, second=60, has_more=True))
    assert shown(tables) == {"user_1": {"sso"}}


def test_an_old_copy_shows_the_newest_summary_again() -> None:
    """Somebody restored it; the event that told the summary comes once more, from a drift check say."""
    tables = delivered(created(), entitled("sso"))
    old = dict(tables.profiles["user_1"])
    tables.deliver(entitled("audit", second=60))
    tables.profiles["user_1"] = old
    outcome = tables.deliver(entitled("audit", second=60))
    assert (outcome.reason, shown(tables)) == (Reason.ENTITLED, {"user_1": {"audit"}})


def test_an_old_copy_loses_what_is_nobodys_by_now() -> None:
    """Its user was the customer's only one then. An older summary that comes again tells as well."""
    tables = delivered(created(), entitled("sso"))
    old = dict(tables.profiles["user_1"])
    tables.deliver(created("user_2", which=2))
    assert shown(tables) == {}
    tables.profiles["user_1"] = old
    tables.deliver(entitled("sso"))
    assert shown(tables) == {}


def test_an_item_without_a_ledger_is_no_old_copy() -> None:
    """What the app put there is left alone until a subscription comes to it."""
    tables = delivered(created(), entitled("sso"))
    tables.profiles["user_1"] = {"PK": "USER#user_1", "theme": "dark"}
    assert tables.deliver(entitled("sso")).reason is Reason.DUPLICATE
    assert tables.profiles["user_1"] == {"PK": "USER#user_1", "theme": "dark"}


# What it costs


def test_requests() -> None:
    """Links, item and transaction; links and item for what is known already, and for what is older."""
    tables = delivered(created())
    assert counted(tables, entitled("sso"), Reason.ENTITLED) == 3
    assert counted(tables, entitled("sso"), Reason.DUPLICATE) == 2
    assert counted(tables, entitled("old", second=40), Reason.STALE) == 2
    assert counted(tables, labelled("user_1", None, 60), Reason.PRIMARY) == 1
    assert counted(tables, created(which=2), Reason.RECOMPUTED) == 2
    assert shown(tables) == {"user_1": {"sso"}}


def test_requests_before_anybody_owns_something() -> None:
    """The record alone."""
    assert counted(Tables(), entitled("sso"), Reason.NO_OWNER) == 2


def test_requests_of_a_move() -> None:
    """The links are read, too; and for another user's subscription, the profile that loses them."""
    tables = delivered(created(), entitled("sso"))
    assert counted(tables, created("user_2", which=2), Reason.FIRST_EVENT) == 4
    tables = delivered(created(), entitled("sso"))
    assert counted(tables, labelled("user_2", "user_1", 60), Reason.FIRST_EVENT) == 5

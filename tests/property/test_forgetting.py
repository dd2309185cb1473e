"""A forgotten user stays forgotten, in every order, and nobody else loses anything by it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_subscription_handler.conversation.links import EVERYTHING
from stripe_subscription_handler.decisions.claims import Kind
from stripe_subscription_handler.decisions.ledger import REVISION
from stripe_subscription_handler.decisions.policy import Policy
from support.delivery import Forget, interleaved
from support.examples import FEW
from support.forgotten import forget, traces
from support.judging import views
from support.model import Tables
from support.one_owner import check_nobody_elses
from support.streams import Stream, streams
from support.tapes import Tape, tapes
from support.worlds import Kinds

FORGOTTEN = "user_1"
LABELLED = Kinds(baskets=True)
CHANGING = Kinds(labels=2, companions=1, earlier=1)
POLICIES = {"": Policy(), "without profiles of its own": Policy(create_missing_profile=False)}
each_policy = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())


def guesses(tables: Tables) -> set[tuple[str, str]]:
    """What is somebody's by nothing but a guess."""
    kind = f"{int(Kind.GUESS)} "
    return {key for key, link in tables.links.items() if link.get("claim", {}).get("k", "").startswith(kind)}


def forget_all(tables: Tables) -> None:
    """Forget, and find nothing the second time."""
    forget(tables, FORGOTTEN)
    assert forget(tables, FORGOTTEN).found_nothing


def replay(tables: Tables, stream: Stream) -> None:
    """Deliver the archive once more, in the order of the stream."""
    for event in stream.deliveries:
        tables.deliver(event)


@FEW
@each_policy
@given(stream=streams(CHANGING), data=st.data(), tape=tapes())
def test_a_forgotten_user_comes_back_by_no_event_that_there_was(
    policy: Policy, stream: Stream, data: st.DataObject, tape: Tape
) -> None:
    """Events, forgetting and crashes run into each other; the last forgetting holds through a replay."""
    deliveries = list(stream.deliveries)
    for _ in range(2):
        deliveries.insert(data.draw(st.integers(0, len(deliveries))), Forget(FORGOTTEN))
    tables = interleaved(stream.world, deliveries, tape, policy, after_each=check_nobody_elses)
    forget_all(tables)
    assert traces(tables, FORGOTTEN) == []
    before, marked = guesses(tables), {customer for customer, _ in _marks(tables)}
    replay(tables, stream)
    assert traces(tables, FORGOTTEN) == []
    assert not {key for key in guesses(tables) - before if key[0] in marked}


@FEW
@given(stream=streams(LABELLED), tape=tapes(), data=st.data())
def test_nobody_else_loses_anything(stream: Stream, tape: Tape, data: st.DataObject) -> None:
    """While all events come again, a user is forgotten; everybody else sees what he saw."""
    policy = Policy()
    tables = interleaved(stream.world, stream.deliveries, tape, policy)
    others = {user: view for user, view in views(tables).items() if user != FORGOTTEN}
    deliveries = list(stream.deliveries)
    deliveries.insert(data.draw(st.integers(0, len(deliveries))), Forget(FORGOTTEN))
    again = interleaved(stream.world, deliveries, tape, policy, before=tables)
    forget_all(again)
    replay(again, stream)
    assert views(again) == others
    assert traces(again, FORGOTTEN) == []


@FEW
@given(stream=streams(CHANGING), data=st.data(), tape=tapes())
def test_of_a_forgotten_customer_only_a_subscriptions_own_label_counts(
    stream: Stream, data: st.DataObject, tape: Tape
) -> None:
    """Of a subscription unheard of, nothing waits, nothing is guessed, and no companion names its user."""
    subscriptions = sorted({fact.subscription_id for fact in stream.world.facts if fact.subscription_id})
    late = data.draw(st.sampled_from(subscriptions)) if subscriptions else None
    early = [event for event in stream.deliveries if event.subscription_id != late]
    tables = interleaved(stream.world, early, tape, Policy())
    forget(tables, FORGOTTEN)
    whole = {key for key, record in tables.customers.items() if record.get("forgotten") == EVERYTHING}
    replay(tables, stream)
    labelled = {
        (link_key, int(link["claim"]["k"][0])) for link_key, link in _owned(tables) if link_key[0] in whole
    }
    assert all(kind >= Kind.INVOICE for _, kind in labelled)
    links = {key for key, _ in _owned(tables)}
    waiting = [(customer, one) for customer in whole for one in tables.parked.get(customer, {}).values()]
    assert not [one for customer, one in waiting if (customer, one.subscription_id) not in links]


def _owned(tables: Tables) -> list[tuple[tuple[str, str], Any]]:
    return [(key, link) for key, link in tables.links.items() if "claim" in link]


def _marks(tables: Tables) -> set[tuple[str, str]]:
    return {key for key, link in tables.links.items() if "forgotten" in link}


@FEW
@given(stream=streams(LABELLED), tape=tapes())
def test_what_the_app_has_put_on_a_profile_stays(stream: Stream, tape: Tape) -> None:
    """Of an item with attributes of the app's these are left, and of ours only the revision."""
    own = {"PK": FORGOTTEN, "email": "ada@example.com", "entitlementsOfMine": "x"}
    tables = interleaved(stream.world, stream.deliveries, tape, Policy(), profiles={FORGOTTEN: dict(own)})
    for act in (lambda: forget(tables, FORGOTTEN), lambda: replay(tables, stream)):
        act()
        item = dict(tables.profiles.get(FORGOTTEN, {}))
        item.pop(REVISION, None)
        assert item == own

"""Ask now, between events in any order: it ends in the truth, and never shows anybody what is another's."""

import json

from hypothesis import given
from hypothesis import strategies as st

from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.reading import contract_json
from support.asking import Kept, ask, at_its_end
from support.examples import MANY
from support.happenings import World
from support.judging import judge
from support.one_owner import linked_owners
from support.reconciling import Reconciliation
from support.truth import Truth
from support.worlds import Kinds, worlds

WITH_KEY = Policy(can_ask_stripe=True)
SOLD = Kinds(labels=2, companions=2, customers=1, users=2, subscriptions=3, most_dead=0, events=7)
USERS = ("user_1", "user_2", "user_3")
Question = tuple[str, str]


def questions(world: World) -> st.SearchStrategy[Question]:
    """Whatever can be asked of a world, and what it does not have."""
    subscriptions = sorted({fact.subscription_id for fact in world.facts if fact.subscription_id}) or [
        "sub_0"
    ]
    customers = sorted({fact.customer_id for fact in world.facts})
    return st.one_of(
        st.sampled_from([("checkout_session", f"cs_{one}") for one in subscriptions]),
        st.sampled_from([("subscription", one) for one in subscriptions]),
        st.sampled_from([("customer", one) for one in customers]),
        st.sampled_from([("user_id", one) for one in USERS]),
    )


def check(made: Reconciliation, question: Question, expected: str | None) -> None:
    """Ask, and look for anything in the answer that is not the user's."""
    kind, identifier = question
    answer = ask(made, **{kind: identifier}, expected_user_id=expected)
    text = json.dumps(answer)
    if not answer["ok"]:
        known = {*USERS, *made.account.bodies, *made.tables.customers, *made.tables.profiles}
        assert not [one for one in known if f'"{one}"' in text or f" {one} " in text], text
        return
    user = answer["userId"]
    assert expected in {None, user}
    assert not [one for one in USERS if one != user and f'"{one}"' in text], text
    item = Kept(made.tables).seen(user).item
    assert answer["profile"] == (None if item is None else contract_json(item, ("plan",)))
    owners = linked_owners(made.tables)
    told = [one for one in answer["done"] + answer["left"] if one["what"] != "wrong_user"]
    assert all(owners.get(one["subscriptionId"]) == user for one in told), text


@MANY
@given(world=worlds(SOLD), data=st.data())
def test_asking_between_events_shows_nobody_what_is_anothers(world: World, data: st.DataObject) -> None:
    """Whatever is asked for whomever, and whichever events have come: no id, no name, no value."""
    made = at_its_end(world, WITH_KEY)
    for event in data.draw(st.permutations(world.events))[: data.draw(st.integers(0, len(world.events)))]:
        made.tables.deliver(event)
    for _ in range(data.draw(st.integers(1, 3))):
        check(made, data.draw(questions(world)), data.draw(st.sampled_from((None, *USERS))))


@MANY
@given(world=worlds(SOLD), data=st.data())
def test_asking_between_events_ends_in_the_truth(world: World, data: st.DataObject) -> None:
    """Events that come after a question neither undo nor double what Stripe has shown."""
    made = at_its_end(world, WITH_KEY)
    for event in data.draw(st.permutations(world.events)):
        if data.draw(st.booleans()):
            kind, identifier = data.draw(questions(world))
            ask(made, **{kind: identifier})
        made.tables.deliver(event)
    judge(made.tables, Truth(world, key=True))

"""Any order, duplication, interleaving or crash gives the profile of in-order, exactly-once delivery."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Handling  # noqa: TC001 - annotations are kept
from stripe_subscription_handler.decisions.ledger import PREFIX
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS, SUBSCRIPTION_EVENTS
from support.catalogue import SETTINGS
from support.delivery import in_order, interleaved
from support.examples import MANY, SOME
from support.happenings import World
from support.judging import judge, views
from support.streams import Stream, streams
from support.tapes import Tape, tapes
from support.true_views import CLASSES, VIEW
from support.truth import Truth
from support.worlds import STATUSES, Kinds, worlds

WITHOUT_KEY, WITH_KEY = Policy(), Policy(can_ask_stripe=True)
NO_CLOSED_IDS = Policy(can_ask_stripe=True, most_closed=0)
LABELLED = Kinds(baskets=True)
ONE_SECOND = Kinds(same_second=True, baskets=True)
CHANGING = Kinds(most_dead=1, one_more=True, baskets=True)
MANY_DEAD = Kinds(subscriptions=6, events=16, baskets=True)
SHORT_LIVES = Kinds(subscriptions=6, events=16, deletions=4, baskets=True)


@MANY
@given(stream=streams(LABELLED))
def test_any_delivery_of_events_of_distinct_seconds_gives_the_same_views(stream: Stream) -> None:
    """Order, duplicates, interleaving and crashes leave no trace."""
    tables = stream.delivered(WITHOUT_KEY)
    assert views(tables) == views(in_order(stream.world, WITHOUT_KEY))
    judge(tables, Truth(stream.world))


@MANY
@given(stream=streams(ONE_SECOND), again=tapes())
def test_without_a_key_two_deliveries_of_one_second_agree(stream: Stream, again: Tape) -> None:
    """Where the events do not tell, every delivery order guesses the same."""
    first = stream.delivered(WITHOUT_KEY)
    second = interleaved(stream.world, stream.world.events, again, WITHOUT_KEY)
    assert views(first) == views(second)
    judge(first, Truth(stream.world))


@MANY
@given(stream=streams(ONE_SECOND))
def test_with_a_key_events_of_one_second_end_in_the_truth(stream: Stream) -> None:
    """What the events do not tell is fetched, and a fetched state is never taken for newer than it is."""
    judge(stream.delivered(WITH_KEY), Truth(stream.world, key=True))


@MANY
@given(stream=streams(ONE_SECOND))
def test_events_of_one_second_in_either_form_or_both_end_in_the_truth(stream: Stream) -> None:
    """A destination with snapshots and one with thin events, side by side: each happening counts once."""
    judge(stream.delivered(WITH_KEY, either_form=True), Truth(stream.world, key=True))


@pytest.mark.parametrize("policy", [WITHOUT_KEY, WITH_KEY], ids=["without key", "with key"])
@MANY
@given(stream=streams(MANY_DEAD))
def test_forgetting_dead_subscriptions_changes_no_view(policy: Policy, stream: Stream) -> None:
    """Dead subscriptions shrink to an id; no late event of theirs revives them or hides another."""
    judge(stream.delivered(policy), Truth(stream.world, key=policy.can_ask_stripe))


@MANY
@given(stream=streams(SHORT_LIVES))
def test_dropping_ids_of_dead_subscriptions_changes_no_view(stream: Stream) -> None:
    """What may be one of those dropped is looked up in Stripe: neither revived nor, if it is new, lost."""
    judge(stream.delivered(NO_CLOSED_IDS), Truth(stream.world, key=True))


@MANY
@given(stream=streams(CHANGING), chosen=st.sampled_from(SETTINGS))
def test_changed_settings_are_in_force_with_a_users_next_write(stream: Stream, chosen: ViewSettings) -> None:
    """Whatever was computed by the former settings is computed anew, also where nothing is read before.

    What the former settings did not have read of Stripe's object, only Stripe can tell.
    """
    former = stream.world.settings
    settings = attrs.evolve(
        chosen,
        required_metadata=former.required_metadata,
        profile_attributes=former.profile_attributes,
    )
    tables = interleaved(stream.world, stream.deliveries, stream.tape, WITHOUT_KEY)
    tables.policy = attrs.evolve(tables.policy, shows=settings)
    judge(stream.close(tables), Truth(attrs.evolve(stream.world, settings=settings)))


@SOME
@given(world=worlds(MANY_DEAD), data=st.data())
def test_delivering_everything_again_changes_nothing(world: World, data: st.DataObject) -> None:
    """An archive replay, in whatever order, resurrects nothing and leaves every view as it is."""
    tables = in_order(world, WITHOUT_KEY)
    before = views(tables)
    for event in data.draw(st.permutations(world.events)):
        assert not tables.deliver(event).applied
    assert views(tables) == before


@SOME
@given(world=worlds(LABELLED))
def test_attributes_of_the_app_are_never_touched(world: World) -> None:
    """Only the view and the ledger change; what the app keeps on the item stays."""
    profiles = {"user_1": {"PK": "USER#user_1", "theme": "dark"}, "user_2": {"name": "x"}}
    tables = in_order(world, WITHOUT_KEY, profiles=profiles)
    for item in tables.profiles.values():
        ours = (
            {name for name in item if name.startswith(PREFIX)}
            | VIEW
            | world.settings.profile_attributes.keys()
        )
        rest = {name: value for name, value in item.items() if name not in ours}
        assert rest in profiles.values()


def test_the_generated_words_cover_the_ranking() -> None:
    """The oracle ranks every status the worlds use, so that it can't pass by not looking."""
    assert set(STATUSES) == {word for words in CLASSES for word in words.split()}


@pytest.mark.parametrize("event_type", sorted({*SUBSCRIPTION_EVENTS, *INVOICE_EVENTS}))
def test_every_handled_type_is_a_conversation(event_type: str) -> None:
    """Each handled type begins a conversation with a request, unless it lacks its object."""
    conversation: Handling = handling(
        StripeEvent(id="evt_1", type=event_type, created="2025-01-01T00:00:00Z")
    )
    with pytest.raises(Exception, match="object"):
        next(conversation)

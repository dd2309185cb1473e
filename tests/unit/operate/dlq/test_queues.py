"""A pass takes each message once and loses none, whatever others do meanwhile."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stripe_handler_cli.stack.dead_letters.messages import Choice, Layer
from stripe_handler_cli.stack.dead_letters.queues import Pass, Queue, list_queue
from support.dead_letters import envelope, error, failure_record, poison
from support.dynamodb import client_error
from support.sqs import FakeQueue


def filled(count: int) -> FakeQueue:
    """A failure queue with so many events."""
    queue = FakeQueue()
    for number in range(count):
        queue.send(failure_record(envelope(poison(f"evt_{number}")), error()))
    return queue


def queue_of(fake: Any) -> Queue:
    """The failure queue in front of it."""
    return Queue(fake, "https://queue", Layer.FUNCTION, "userId")


@pytest.mark.parametrize("count", [0, 1, 10, 11, 95])
def test_each_message_is_met_once_and_everything_is_let_go(count: int) -> None:
    """Batches of ten, and after the pass others can have all of it at once."""
    fake = filled(count)
    with Pass(queue_of(fake)) as messages:
        met = [taken.letter.event_id for taken in messages]
        assert fake.visible == []
    assert met == [f"evt_{number}" for number in range(count)]
    assert len(fake.visible) == count
    assert fake.deleted == []


def test_messages_that_come_back_in_a_long_pass_are_not_met_again() -> None:
    """Their time runs out, they are held anew, and let go at the end all the same."""
    fake = filled(30)
    with Pass(queue_of(fake), hold_seconds=60) as messages:
        met = []
        for taken in messages:
            met.append(taken.letter.event_id)
            fake.now += 20
    assert sorted(met) == sorted(f"evt_{number}" for number in range(30))
    assert len(fake.visible) == 30


def test_a_pass_ends_although_messages_come_back_faster_than_it_goes() -> None:
    """Without this end a pass over a huge queue would run for ever."""

    class Slow(FakeQueue):
        def receive_message(self, **parameters: Any) -> dict[str, Any]:
            self.now += 100
            return super().receive_message(**parameters)

    fake = Slow(messages=filled(10).messages)
    with Pass(queue_of(fake), hold_seconds=60) as messages:
        assert len([taken.letter.event_id for taken in messages]) == 10
    assert len(fake.visible) == 10


def test_messages_of_others_are_not_met() -> None:
    """What somebody else holds stays theirs, and is counted."""
    fake = filled(12)
    fake.receive_message(MaxNumberOfMessages=10, VisibilityTimeout=300)
    assert queue_of(fake).counts().in_flight == 10
    with Pass(queue_of(fake)) as messages:
        assert [taken.letter.event_id for taken in messages] == ["evt_10", "evt_11"]
    assert fake.visible == ["m10", "m11"]


def test_an_error_in_the_midst_lets_go_of_everything() -> None:
    """Nobody has to wait for what a failed command held."""
    fake = filled(5)

    def fail() -> None:
        with Pass(queue_of(fake)) as messages:
            for _ in messages:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(fake.visible) == 5


def test_a_removed_message_is_gone_and_the_others_are_not() -> None:
    """Removing is the only way out of the queue."""
    fake = filled(3)
    with Pass(queue_of(fake)) as messages:
        for taken in messages:
            if taken.letter.event_id == "evt_1":
                assert messages.remove(taken.letter)
    assert (fake.deleted, fake.visible) == (["m1"], ["m0", "m2"])


def test_a_message_whose_time_ran_out_is_not_held_and_comes_again() -> None:
    """Its turn came too late: it is met a second time, with a receipt that counts."""
    fake = filled(2)
    met = []
    with Pass(queue_of(fake), hold_seconds=60) as messages:
        for taken in messages:
            met.append(taken.letter.event_id)
            if len(met) == 1:
                fake.now += 61
            assert messages.hold(taken.letter) == (len(met) > 2)
    assert sorted(met) == ["evt_0", "evt_0", "evt_1", "evt_1"]


def test_a_message_that_others_took_over_is_not_removed_under_their_hands() -> None:
    """An old receipt does not fail the run."""
    fake = filled(1)
    with Pass(queue_of(fake), hold_seconds=60) as messages:
        for taken in messages:
            fake.now += 61
            fake.receive_message(VisibilityTimeout=300)
            assert not messages.remove(taken.letter)
    assert (fake.deleted, fake.visible) == ([], [])


def test_a_deleted_message_that_sqs_shows_once_more_is_deleted_again() -> None:
    """Standard queues may do that; it is not applied a second time."""
    fake = filled(1)
    with Pass(queue_of(fake)) as messages:
        for taken in messages:
            messages.remove(taken.letter)
            if len(fake.deleted) == 1:
                again = filled(1).messages[0]
                fake.messages.append(again)
    assert fake.deleted == ["m0", "m0"]


def test_other_refusals_of_sqs_are_errors() -> None:
    """Access denied is not "others have it"."""

    class Denying(FakeQueue):
        def change_message_visibility(self, **_: Any) -> None:
            raise client_error("AccessDenied", "ChangeMessageVisibility")

    fake = Denying(messages=filled(1).messages)
    with Pass(queue_of(fake)) as messages:
        taken = next(iter(messages))
        with pytest.raises(ClientError, match="AccessDenied"):
            messages.hold(taken.letter)


def test_a_list_ends_at_its_limit_and_says_how_much_it_left() -> None:
    """The rest is counted by SQS, and nothing stays hidden."""
    fake = filled(57)
    listing = list_queue(queue_of(fake), Choice(), limit=25)
    assert (len(listing.letters), listing.unseen, listing.is_whole) == (25, 32, False)
    assert len(fake.visible) == 57


def test_a_list_that_is_just_as_long_as_its_limit_is_whole() -> None:
    """Nothing is said to be left."""
    listing = list_queue(queue_of(filled(25)), Choice(), limit=25)
    assert (len(listing.letters), listing.unseen, listing.is_whole) == (25, 0, True)


def test_a_limit_counts_what_is_chosen() -> None:
    """A filter looks on until it has enough."""
    wanted = Choice(ids=frozenset({"evt_40", "evt_3"}))
    listing = list_queue(queue_of(filled(57)), wanted, limit=25)
    assert [letter.event_id for letter in listing.letters] == ["evt_3", "evt_40"]
    assert (listing.seen, listing.is_whole) == (57, True)

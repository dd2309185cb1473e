"""Who is named now, who agrees, and what is written; and what no label may say."""

from collections.abc import Mapping

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.link.labels import Labelled
from stripe_handler_cli.operate.link.linking import Outcome, Wanted, check, doubt, link
from stripe_handler_cli.stack.stored import CustomerRecord, ParkedEvent
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import ConnectEvents, Livemode

CONFIG = Config(table_name="profiles", sync_table_name="sync")
WANTED = Wanted(subscription_id="sub_1", user_id="user_42")


class DisagreementError(Exception):
    """The person said no."""


@attrs.define
class Stripe:
    """One subscription of test mode, and what was written to it."""

    label: str | None = None
    livemode: bool | None = False
    written: list[tuple[str, str]] = attrs.Factory(list)

    def read(self, subscription_id: str) -> Labelled:
        """The subscription."""
        return Labelled(
            subscription_id=subscription_id,
            customer_id="cus_1",
            status="active",
            user_id=self.label,
            livemode=self.livemode,
        )

    def write(self, subscription_id: str, user_id: str) -> Labelled:
        """Label it."""
        self.written.append((subscription_id, user_id))
        self.label = user_id
        return self.read(subscription_id)


@attrs.define
class Person:
    """Notes what is told and asked, and agrees or not."""

    is_willing: bool = True
    told: list[str] = attrs.Factory(list)
    asked: list[str] = attrs.Factory(list)

    def note(self, text: str) -> None:
        """Be told."""
        self.told.append(text)

    def agree(self, question: str) -> None:
        """Be asked."""
        self.asked.append(question)
        if not self.is_willing:
            raise DisagreementError


def waits(event_id: str, subscription_id: str) -> ParkedEvent:
    """A parked event."""
    return ParkedEvent(
        event_id, "invoice.paid", "cus_1", subscription_id, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"
    )


PARKED = (waits("evt_1", "sub_1"), waits("evt_2", "sub_1"), waits("evt_3", "sub_other"))


def linked(
    stripe: Stripe,
    person: Person,
    owners: Mapping[str, str] | None = None,
    accepted: Livemode = Livemode.ANY,
) -> Outcome:
    """What comes of linking, where the stack knows these owners and events."""

    def customer(customer_id: str) -> CustomerRecord:
        return CustomerRecord(customer_id, (), owners or {}, PARKED)

    return link(WANTED, stripe, customer, person, accepted)


def test_an_unlabelled_subscription_is_labelled_without_a_question() -> None:
    """The person is told that nobody is named, and how many events of this subscription wait."""
    stripe, person = Stripe(), Person()
    assert linked(stripe, person) == Outcome(waiting=2, is_written=True)
    assert stripe.written == [("sub_1", "user_42")]
    assert (person.told, person.asked) == (["sub_1 (active, of cus_1) has no label."], [])


def test_a_subscription_is_taken_from_another_user_only_if_the_person_agrees() -> None:
    """The question names all three."""
    stripe, person = Stripe("user_1"), Person()
    done = linked(stripe, person, {"sub_1": "user_1"})
    assert (done.label_before, done.owner_before, done.is_written) == ("user_1", "user_1", True)
    assert person.told == ["sub_1 (active, of cus_1) is labelled with user_1."]
    assert person.asked == ["Take sub_1 from user_1 and give it to user_42?"]
    unwritten = Stripe("user_1")
    with pytest.raises(DisagreementError):
        linked(unwritten, Person(is_willing=False))
    assert unwritten.written == []


def test_an_owner_whom_no_label_names_counts_as_well() -> None:
    """An unlabelled subscription may have gone to its customer's only user; it leaves that profile now."""
    person = Person()
    done = linked(Stripe(), person, {"sub_1": "user_guessed"})
    assert (done.label_before, done.owner_before) == (None, "user_guessed")
    assert person.told == [
        "sub_1 (active, of cus_1) has no label; by its owner link it belongs to user_guessed."
    ]
    assert len(person.asked) == 1
    same = Person()
    assert linked(Stripe(), same, {"sub_1": "user_42"}).is_written
    assert same.asked == []


def test_a_label_that_is_there_is_not_written_again() -> None:
    """Nor is anybody asked, whatever the owner link says: it follows the label by itself."""
    stripe, person = Stripe("user_42"), Person()
    done = linked(stripe, person, {"sub_1": "user_1"})
    assert (done.is_written, done.is_done, stripe.written, person.asked) == (False, True, [], [])


@pytest.mark.parametrize(
    ("livemode", "accepted", "named"),
    [(True, Livemode.TEST, "is of live mode"), (False, Livemode.LIVE, "is of test mode")],
)
def test_a_subscription_of_the_other_mode_is_refused(
    livemode: bool,  # noqa: FBT001
    accepted: Livemode,
    named: str,
) -> None:
    """The stack would refuse its events; nothing is written, and nobody is asked."""
    stripe, person = Stripe("user_1", livemode), Person()
    with pytest.raises(CliError, match=f'sub_1 {named}.*livemode = "{accepted}"'):
        linked(stripe, person, accepted=accepted)
    assert (stripe.written, person.asked) == ([], [])


@pytest.mark.parametrize("livemode", [True, None])
def test_a_subscription_of_the_right_mode_is_labelled(livemode: bool | None) -> None:  # noqa: FBT001
    """So is one whose mode Stripe does not tell."""
    assert linked(Stripe(livemode=livemode), Person(), accepted=Livemode.LIVE).is_written


@pytest.mark.parametrize("subscription_id", ["user_42", "cus_1", "in_1", "sub_", "sub_1/x", "", "sub_1?x=y"])
def test_what_is_no_subscription_id_is_refused(subscription_id: str) -> None:
    """Such as the two arguments in the wrong order."""
    with pytest.raises(CliError, match=r"SUBSCRIPTION: .* is no id of a subscription"):
        check(attrs.evolve(WANTED, subscription_id=subscription_id), CONFIG)


@pytest.mark.parametrize("subscription_id", ["sub_1MowQVLkdIwHu7ixeRlqHVzs", "su_2sZ7CZ3YPm0oC3"])
def test_old_and_new_subscription_ids_are_taken(subscription_id: str) -> None:
    """Subscriptions of Stripe's first years are called `su_…`."""
    check(attrs.evolve(WANTED, subscription_id=subscription_id), CONFIG)


@pytest.mark.parametrize("user_id", ["", "u1,u2", "u1 ", "a b"])
def test_a_user_who_does_not_match_the_stacks_pattern_is_refused(user_id: str) -> None:
    """The message names the pattern; the function would refuse the event."""
    with pytest.raises(CliError, match=r"USER: .*user_id_pattern, \[\^\\s,\]\+"):
        check(attrs.evolve(WANTED, user_id=user_id), CONFIG)


@pytest.mark.parametrize("user_id", ["", "u" * 501, "\udce9"])
def test_a_user_whom_no_label_can_hold_is_refused(user_id: str) -> None:
    """Whatever the pattern admits: an empty value takes the label away, and Stripe's are 500 characters."""
    with pytest.raises(CliError, match="USER: "):
        check(attrs.evolve(WANTED, user_id=user_id), attrs.evolve(CONFIG, user_id_pattern=".*"))


def test_a_users_own_pattern_counts() -> None:
    """What the default refuses can be right."""
    check(attrs.evolve(WANTED, user_id="Ada Lovelace"), attrs.evolve(CONFIG, user_id_pattern="[A-Za-z ]+"))


def test_a_label_in_an_account_whose_events_are_skipped_is_doubted() -> None:
    """Not where they are handled, nor in the key's own account."""
    foreign = attrs.evolve(WANTED, account="acct_1")
    told = doubt(foreign, CONFIG)
    assert told is not None
    assert ('connect_events = "skip"' in told, "acct_1" in told) == (True, True)
    assert doubt(foreign, attrs.evolve(CONFIG, connect_events=ConnectEvents.HANDLE)) is None
    assert doubt(WANTED, CONFIG) is None

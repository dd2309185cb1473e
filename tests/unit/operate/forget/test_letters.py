"""Which messages of the queues are about a person: by what they say, and by the marks; nobody else's."""

import json
from typing import Any

import pytest

from stripe_handler_cli.operate.forget.letters import Looked, Person, look_through
from stripe_handler_cli.stack.dead_letters.messages import Layer
from stripe_handler_cli.stack.dead_letters.queues import Queue
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.selection import PLAIN
from support import events
from support.dead_letters import envelope, error, failure_record
from support.forgotten import forget
from support.reconciling import Profiles
from support.sqs import FakeQueue


def person(tables: Tables, *subscriptions: str, customers: tuple[str, ...] = ()) -> Person:
    """User 1, of whom this is known."""
    return Person("user_1", frozenset(subscriptions), frozenset(customers), Profiles(tables), PLAIN)


def looked(who: Person, *bodies: str, remove: bool = False) -> tuple[Looked, FakeQueue]:
    """A look through a queue with these messages."""
    fake: Any = FakeQueue()
    for body in bodies:
        fake.send(body)
    return look_through(Queue(fake, "https://queue", Layer.FUNCTION, "userId"), who, remove=remove), fake


def body(event: Any) -> str:
    """A message of the failure queue."""
    return failure_record(envelope(event), error())


def about(user: str | None, sub: str = "sub_1", customer: str = "cus_1", **rest: Any) -> str:
    """A message about a subscription."""
    return body(events.updated(events.subscription(id=sub, user=user, customer=customer, **rest)))


SHARED = Tables()
for number, user in ((1, "user_1"), (2, "user_2")):
    SHARED.deliver(parse_event(events.created(events.subscription(id=f"sub_{number}", user=user))))

MEANT = {
    "of a subscription of theirs": about(None),
    "of one of theirs, whoever is named now": about("user_3"),
    "that names them": about("user_1", "sub_9"),
    "an invoice of theirs": body(events.paid(events.invoice(user=None))),
    "a session for them": body(events.completed(events.session(sub="sub_9"))),
    "malformed, by its label": about("user_1", "sub_9", status=None),
    "malformed, by its id": about(None, status=None),
    "no JSON, by the id": "{ sub_1 …",
    "no JSON, by the user": '{"userId": "user_1", …',
}
NOT_MEANT = {
    "of another's subscription": about("user_2", "sub_2"),
    "of another's, whose label was theirs": about("user_1", "sub_2"),
    "of another's, without a label": about(None, "sub_2"),
    "that names another": about("user_2", "sub_9"),
    "of nobody, under a customer of several": about(None, "sub_9"),
    "malformed, another's": about("user_2", "sub_9", status=None),
    "no JSON, of a user whose id is longer": '{"userId": "user_11", …',
    "nothing at all": "",
}


@pytest.mark.parametrize("text", MEANT.values(), ids=MEANT.keys())
def test_a_message_about_the_person_is_found_and_deleted(text: str) -> None:
    """Before anything was forgotten, as a dry run sees it, and when it is removed."""
    who = person(SHARED, "sub_1")
    assert looked(who, text)[0].meant == 1
    found, fake = looked(who, text, remove=True)
    assert (found.seen, found.removed, fake.messages) == (1, 1, [])


@pytest.mark.parametrize("text", NOT_MEANT.values(), ids=NOT_MEANT.keys())
def test_a_message_about_somebody_else_stays_and_can_be_had_at_once(text: str) -> None:
    """It is let go at the end, unchanged."""
    found, fake = looked(person(SHARED, "sub_1"), text, remove=True)
    assert (found.seen, found.meant, found.removed) == (1, 0, 0)
    assert [message.body for message in fake.messages] == [text]
    assert fake.visible == [fake.messages[0].message_id]


def test_once_it_is_forgotten_the_marks_alone_tell() -> None:
    """So a command that was broken off before it came to the queues finds them the next time."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    forget(tables, "user_1")
    texts = (about(None), about("user_3"), about(None, "sub_9"), about("user_3", "sub_9"))
    found, fake = looked(person(tables), *texts, remove=True)
    assert (found.seen, found.meant) == (4, 3)
    assert [message.body for message in fake.messages] == [texts[3]]


def test_what_somebody_else_holds_is_counted() -> None:
    """It cannot be looked at."""
    fake: Any = FakeQueue()
    fake.send(about(None))
    fake.receive_message()
    found = look_through(Queue(fake, "https://queue", Layer.DELIVERY, "userId"), person(SHARED), remove=True)
    assert (found.seen, found.held_by_others) == (0, 1)


def test_nothing_of_a_message_is_in_what_is_told() -> None:
    """Counts alone."""
    found, _ = looked(person(SHARED, "sub_1"), about("user_1", customer_email="ada@example.com"))
    assert "ada" not in json.dumps([str(found)])

"""Whether a message of the two queues is about the person who is forgotten, and its removal.

What a message says is compared in memory; nothing of it is written anywhere. A body that cannot be read as an
event is searched for the ids.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import attrs

from stripe_handler_cli.stack.dead_letters.messages import DeadLetter, Layer
from stripe_handler_cli.stack.dead_letters.queues import Pass, Queue
from stripe_subscription_handler.conversation.links import OWNER, Customer, is_mark
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.events.selection import Selection


class Records(Protocol):
    """Reads links and customers' records."""

    def links(self, keys: Any) -> Mapping[tuple[str, str], Mapping[str, Any]]: ...

    def customers(self, customer_ids: Any) -> Mapping[str, Mapping[str, Any]]: ...


@attrs.frozen
class Person:
    """Who is forgotten.

    Attributes:
        subscriptions: Ids of the subscriptions that are, or were, the user's.
        customers: Ids of the customers that are nobody else's.
    """

    user_id: str
    subscriptions: frozenset[str]
    customers: frozenset[str]
    records: Records
    selection: Selection

    def is_meant(self, letter: DeadLetter, body: object) -> bool:
        """Whether a message is about this person, and not about another."""
        event = self._event(letter)
        if event is None:
            return self._is_in_text(letter, body)
        subscription_id = event.subscription_id or (None if event.is_about_invoice else event.related_id)
        if subscription_id in self.subscriptions:
            return True
        customer_id = event.customer_id or ("" if event.subscription_id else event.related_id or "")
        link = self._link(customer_id, subscription_id)
        if link is not None:
            return is_mark(link) or link.get(OWNER) == self.user_id
        if event.user_id is not None:
            return event.user_id == self.user_id
        return customer_id in self.customers or self._is_forgotten(customer_id)

    def _event(self, letter: DeadLetter) -> StripeEvent | None:
        try:
            return parse_event(json.loads(letter.payload or ""), self.selection)
        except (ValueError, TypeError, RecursionError, InvalidEventError):
            return None

    def _link(self, customer_id: str, subscription_id: str | None) -> Mapping[str, Any] | None:
        if not customer_id or not subscription_id:
            return None
        key = customer_id, subscription_id
        return self.records.links([key]).get(key)

    def _is_forgotten(self, customer_id: str) -> bool:
        found = self.records.customers([customer_id]) if customer_id else {}
        return Customer.from_attributes(found.get(customer_id)).is_forgotten

    def _is_in_text(self, letter: DeadLetter, body: object) -> bool:
        """Best effort, for what the handler refuses: whom its metadata names, else the ids in its text."""
        text = body if isinstance(body, str) else ""
        if has_word(text, self.subscriptions):
            return True
        if letter.user_id is not None:
            return letter.user_id == self.user_id
        return has_word(text, self.customers) or json.dumps(self.user_id) in text


def has_word(text: str, ids: Iterable[str]) -> bool:
    """Whether a text has one of these ids, and not only as a part of a longer one."""
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text) for one in ids)


@attrs.frozen
class Looked:
    """What a look through a queue came to.

    Attributes:
        seen: How many messages were looked at.
        meant: How many of them are about the person.
        removed: How many of these SQS has deleted.
        held_by_others: How many could not be looked at, by SQS's own count.
    """

    layer: Layer
    seen: int = 0
    meant: int = 0
    removed: int = 0
    held_by_others: int = 0


def look_through(queue: Queue, person: Person, *, remove: bool) -> Looked:
    """Look at every message of a queue once, and delete those about a person if `remove` says so.

    All others are let go at the end, unchanged, and come back by themselves if the process is killed.
    """
    looked = Looked(queue.layer, held_by_others=queue.counts().in_flight)
    with Pass(queue) as messages:
        for taken in messages:
            looked = attrs.evolve(looked, seen=looked.seen + 1)
            if person.is_meant(taken.letter, taken.message.get("Body")):
                gone = remove and messages.remove(taken.letter)
                looked = attrs.evolve(looked, meant=looked.meant + 1, removed=looked.removed + gone)
    return looked

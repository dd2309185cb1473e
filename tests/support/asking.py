"""Asks the operation `sync` over the model of the tables and a Stripe of the test's own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.conversation.messages import (
    Handling,
    ItemSeen,
    Links,
    Outcome,
    ReadLinks,
)
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.operations.asking import Asking
from stripe_subscription_handler.operations.question import Question
from support import events
from support.happenings import World
from support.model import stripe_at
from support.reconciling import Account, Reconciliation, iso


@attrs.frozen
class Kept:
    """The model of the tables, as the store gives it."""

    tables: Tables

    def run(self, conversation: Handling, _raw: Mapping[str, Any]) -> Outcome:
        """Hold a conversation to its end."""
        return self.tables.hold(conversation)

    def seen(self, user_id: str) -> ItemSeen:
        """A user's item."""
        return ItemSeen(self.tables.profiles.get(user_id))

    def links_of(self, customer_id: str) -> Links:
        """A customer's record and links."""
        answer = self.tables.execute(ReadLinks(customer_id))
        assert isinstance(answer, Links)
        return answer

    def link_of(self, customer_id: str, subscription_id: str) -> Link | None:
        """One link."""
        return self.links_of(customer_id).links.get(subscription_id)


def ask(made: Reconciliation, **arguments: Any) -> dict[str, Any]:
    """What the function answers."""
    found = list[Difference]()
    question = Question.read(arguments, made.policy)
    comparer = made.comparer(found, apply=True)
    return Asking(question, Kept(made.tables), made.account, comparer, found).answer().as_json()


def at_its_end(world: World, policy: Policy) -> Reconciliation:
    """A world's Stripe when all has happened, beside empty tables."""
    bodies = {fact.new["id"]: dict(fact.new) for fact in world.facts if fact.new is not None}
    bills = {fact.bill["id"]: dict(fact.bill) for fact in world.facts if fact.bill is not None}
    sessions = {}
    for session in world.shown[-1].sessions.values():
        made = datetime.fromisoformat(session.created or "").timestamp()
        sessions[session.id] = events.session(
            id=session.id,
            sub=session.subscription_id,
            customer=session.customer_id,
            user=session.user_id,
            created=int(made),
        )
    second = max(fact.second for fact in world.facts)
    policy = attrs.evolve(policy, shows=world.settings)
    tables = Tables(policy=policy, stripe=stripe_at(world.shown[-1], iso(second)))
    account = Account(bodies, bills=list(bills.values()), sessions=sessions, second=second)
    return Reconciliation(account, tables, policy)

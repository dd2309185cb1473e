"""Whose is it in truth? Worked out from the book of what happened, in the order in which it happened.

Nothing here knows of versions, links or items. Where not even all events together tell whose a subscription
is, the truth is several possible owners, and what was delivered must come to one of them.
"""

from collections.abc import Sequence

import attrs

from support.happenings import Fact, World
from support.true_views import may_tell_of_ours
from support.walks import contenders, proven_end

CUSTOMER_UPDATED = "customer.updated"
Users = frozenset[str | None]
"""Possible owners; None stands for nobody."""
NOBODY: Users = frozenset({None})


@attrs.frozen
class TrueOwners:
    """Whose the subscriptions of a world are.

    Attributes:
        key: Whether Stripe can be asked for what the events leave open.
        thin: Whether the events name only the object, so that a label which did not stay may go unseen.
    """

    world: World
    key: bool
    thin: bool

    def of(self, subscription_id: str) -> Users:
        """Who may own the subscription once everything is delivered; one alone where that is certain.

        Its own label says it; else the label on its newest invoice; else its checkout session or its
        customer, whichever named him last; else its customer's only user, if there is only one. One of
        another app may be left to nobody until an event names a user of its own.
        """
        owners = self.claimed(subscription_id) or self._guessed(subscription_id)
        return owners | NOBODY if self._is_anothers(subscription_id) else owners

    def _is_anothers(self, subscription_id: str) -> bool:
        own = [fact for fact in self.world.facts_of(subscription_id) if fact.is_of_subscription]
        may_be_ours = any(fact.new and may_tell_of_ours(fact, self.world.settings) for fact in own)
        return not may_be_ours and any(fact.new for fact in own) and not any(fact.named for fact in own)

    def claimed(self, subscription_id: str) -> Users:
        """Whom anything names that speaks of this subscription; empty where nothing does."""
        own = self.world.facts_of(subscription_id)
        naming = [fact for fact in own if fact.new and fact.named]
        present = self.world.shown[-1].subscriptions.get(subscription_id)
        label = present.user_id if present and self.key else None
        if naming and self.thin:
            return frozenset({label}) if label else self._names(own[0].customer_id) | NOBODY
        if naming:
            return _last_named(contenders(naming), label)
        # If no event tells of a label, Stripe may be asked before anything else names somebody.
        untold = frozenset({label} if label else ())
        labelled = [fact for fact in own if fact.payment and fact.named]
        return untold | (
            self._by_invoice(labelled) or self._by_companion(subscription_id, own[0].customer_id)
        )

    def _by_invoice(self, labelled: Sequence[Fact]) -> Users:
        # The attempts to collect invoices come in any order.
        newest = max(labelled, key=_age, default=None)
        return newest.names if newest else frozenset()

    def _by_companion(self, subscription_id: str, customer_id: str) -> Users:
        naming = [
            fact
            for fact in self.world.facts
            if (fact.event.session and fact.subscription_id == subscription_id and fact.named)
            or (fact.event.customer and fact.customer_id == customer_id and _says_something(fact))
        ]
        if not naming:
            return frozenset()
        present = self.world.shown[-1].customers.get(customer_id)
        is_gone = present is not None and present.deleted
        if self.thin and (is_gone or len({(fact.named, fact.after) for fact in naming}) > 1):
            # When a customer is asked for is a matter of delivery, and so is what comes before what.
            return self._names(customer_id) | NOBODY
        newest = max(naming, key=_companion_order)
        if newest.event.session:
            return newest.names
        label = present.user_id if present else None
        rivals = [fact for fact in naming if _companion_order(fact) == _companion_order(newest)]
        return _last_named(rivals, label if self.key else None)

    def _guessed(self, subscription_id: str) -> Users:
        own = self.world.facts_of(subscription_id)
        if not any(fact.new for fact in own):
            return NOBODY  # an invoice waits for its subscription
        customer_id = own[0].customer_id
        names = self._names(customer_id)
        # Another app's may be left to nobody, and then tells nobody whose the customer is.
        owned = (
            self.claimed(str(fact.subscription_id))
            for fact in self.world.facts
            if fact.customer_id == customer_id
            and fact.is_of_subscription
            and not self._is_anothers(str(fact.subscription_id))
        )
        return names if len(names) == 1 and names in owned else names | NOBODY

    def _names(self, customer_id: str) -> Users:
        """Every user whom anything of this customer ever named, and Stripe shows if it can be asked."""
        facts = (
            fact
            for fact in self.world.facts
            if fact.customer_id == customer_id and (fact.bill is None or fact.payment)
        )
        subscriptions = self.world.shown[-1].subscriptions.values() if self.key else ()
        labels = {one.user_id for one in subscriptions if one.customer_id == customer_id}
        return frozenset(name for fact in facts for name in fact.names) | (labels - NOBODY)


def _last_named(rivals: Sequence[Fact], present: str | None) -> Users:
    """Whom the facts of one second name in the end; `present` is Stripe's answer where they do not tell."""
    names = frozenset(name for fact in rivals for name in fact.names)
    end = proven_end((fact.before, fact.after) for fact in rivals)
    if end is not None and len(names) > 1:
        # A label that was taken off: whoever was named until then.
        until_then = {fact.before for fact in rivals if fact.after is None and fact.before is not None}
        sure = frozenset(end) if end[0] else frozenset(until_then)
        names = sure if len(sure) == 1 else names
    if len(names) == 1:
        assert names == {rivals[-1].named}
        return names
    return frozenset({present}) if present else names


def _says_something(fact: Fact) -> bool:
    """Whether a customer's event names a user by what it changed."""
    return bool(fact.names) and (fact.event.type != CUSTOMER_UPDATED or fact.before != fact.after)


def _companion_order(fact: Fact) -> tuple[bool, str, bool]:
    # The beginning and the end of a customer do not tell when the label was put there.
    tells = fact.event.session is not None or fact.event.type == CUSTOMER_UPDATED
    second = fact.event.created if tells else fact.event.type.removeprefix("customer.")
    # A session names its user when it is made, which its completion comes after.
    session = fact.event.session
    return tells, (session.created if session else None) or second, session is not None


def _age(fact: Fact) -> tuple[int, str]:
    bill = fact.payment or {}
    return bill["created"], bill["id"]

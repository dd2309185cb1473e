"""Forgets what is known of a customer, or of one user's part in it, and leaves marks. Pure conversation.

A subscription's mark takes the place of its link in the transaction that takes the subscription out of its
owner's item: so an item still holds a subscription only while its link names the item's user. Every step can
be made again, and until the last one something is left by which the next attempt finds the rest: a parked
event goes before the links, and the last one together with the customer's own record.
"""

from collections.abc import Generator

import attrs

from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.links import EVERYTHING
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Commit,
    CustomerChange,
    Guard,
    Item,
    LinkChange,
    Moved,
    Parked,
    ReadParked,
    Request,
    Written,
)
from stripe_subscription_handler.conversation.projecting import projected
from stripe_subscription_handler.decisions.compaction import is_closed
from stripe_subscription_handler.decisions.conditions import Absent
from stripe_subscription_handler.decisions.decision import ReadItem, Reason, Write
from stripe_subscription_handler.decisions.entitlements import NO_KEYS, with_entitlements
from stripe_subscription_handler.decisions.ledger import NOTHING, REVISION, Ledger, knows
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.writes import full_write, unchanged
from stripe_subscription_handler.errors import ConcurrentUpdateError
from stripe_subscription_handler.events.envelope import StripeEvent

Waiting = StripeEvent | Moved
Step = Generator[Request, Answer, Commit]
NONE: frozenset[str] = frozenset()
MAX_ROUNDS = 20
"""Looks at a customer, each followed by what is left to do, before giving up and leaving it to a retry."""


@attrs.frozen
class FromCustomer:
    """What was forgotten of a customer.

    Attributes:
        others: Users who stay; where there are any, only the user's own part was forgotten.
        subscriptions: Ids that a mark was left of.
        parked: Ids of what does not wait any longer.
        users: Whose items have lost something.
        steps: Transactions that were made.
    """

    customer_id: str
    others: frozenset[str] = NONE
    subscriptions: frozenset[str] = NONE
    parked: frozenset[str] = NONE
    users: frozenset[str] = NONE
    steps: int = 0

    def with_step(self, commit: Commit) -> "FromCustomer":
        """The same after one more transaction."""
        marked = frozenset({commit.link.subscription_id}) if commit.link else NONE
        unparked = NONE if commit.unparks is None else frozenset({commit.unparks})
        users = frozenset(write.user_id for write in commit.writes if not write.only_checks)
        return attrs.evolve(
            self,
            subscriptions=self.subscriptions | marked,
            parked=self.parked | unparked,
            users=self.users | users,
            steps=self.steps + 1,
        )

    def after(self, earlier: "FromCustomer | None") -> "FromCustomer":
        """The same with what was forgotten before."""
        if earlier is None:
            return self
        return attrs.evolve(
            self,
            subscriptions=self.subscriptions | earlier.subscriptions,
            parked=self.parked | earlier.parked,
            users=self.users | earlier.users,
            steps=self.steps + earlier.steps,
        )


def forget_customer(
    customer_id: str, user_id: str | None, policy: Policy, held: frozenset[str] = NONE
) -> Generator[Request, Answer, FromCustomer]:
    """Forget a user's part in a customer, which is all of it where no other user has one.

    Without a user the customer is forgotten, whoever had a part in it. `held` are ids of subscriptions of the
    customer that the user's item holds, also where no link says so.

    Raises:
        ConcurrentUpdateError: Something changed under every write that was tried.
    """
    done = FromCustomer(customer_id)
    for _ in range(MAX_ROUNDS):
        question, known = ReadParked(customer_id), Known(customer_id)
        answer = yield question
        known.learn(question, answer)
        part = _Part(known, user_id, policy, held, *_waiting(answer))
        done = attrs.evolve(done, others=part.others)
        is_over = True
        for step in part.steps():
            is_over = False
            request = yield from step
            answer = yield request
            known.learn(request, answer)
            if not isinstance(answer, Written):
                break  # somebody else was faster: what is left is read anew
            done = done.with_step(request)
        if is_over:
            return done
    raise ConcurrentUpdateError(f"the customer changed under {MAX_ROUNDS} attempts to forget it")


def _waiting(answer: Answer) -> tuple[dict[str, Waiting], frozenset[str]]:
    return (dict(answer.events), answer.unreadable) if isinstance(answer, Parked) else ({}, NONE)


@attrs.define
class _Part:
    """A user's part in a customer, as it was read."""

    known: Known
    user_id: str | None
    policy: Policy
    held: frozenset[str]
    waiting: dict[str, Waiting]
    unreadable: frozenset[str]

    @property
    def others(self) -> frozenset[str]:
        """Users who have a part in the customer besides this one."""
        customer, links = self.known.customer, self.known.links.values()
        named = {link.owner or link.claim.user_id for link in links if link is not None}
        if customer is not None and customer.claim is not None:
            named.add(customer.claim.user_id)
        if customer is not None and customer.entitlements is not None:
            named.add(customer.entitlements.shown_to or "")
        return NONE if self.user_id is None else frozenset(named - {self.user_id, ""})

    def steps(self) -> Generator[Step, None, None]:
        """The transactions, in the order in which they must be made; none where nothing is left."""
        if not self._has_part():
            return
        # What names the user goes last of what waits: without it, the next attempt might find nothing here.
        whole, parked = not self.others, sorted(self._parked(), key=lambda one: (self._names(one), one))
        mine = self._subscriptions()
        for subscription_id in sorted(self._parked_subscriptions(parked) - mine):
            yield self._marked(subscription_id)
        with_record = parked[-1] if whole and parked else None
        for event_id in parked[: len(parked) - (with_record is not None)]:
            yield self._unparked(event_id)
        if whole and (with_record is not None or self._has_record()):
            yield self._record_marked(with_record)
        elif not whole and self._claims():
            yield self._claim_forgotten()
        for subscription_id in sorted(mine):
            yield self._marked(subscription_id)

    def _has_part(self) -> bool:
        """Whether anything here is the user's: most of what waits under a customer names nobody."""
        customer, links = self.known.customer, self.known.links.values()
        named = [link.owner or link.claim.user_id for link in links if link is not None]
        if customer is not None and customer.entitlements is not None:
            named.append(customer.entitlements.shown_to or "")
        is_named = any(map(self._is_users, named)) or any(map(self._names, self.waiting))
        return is_named or self._claims() or bool(self.held) or self.user_id is None

    def _names(self, event_id: str) -> bool:
        """Whether what waits under an id names the user."""
        one = self.waiting.get(event_id)
        if isinstance(one, Moved):
            return one.held.claim is not None and self._is_users(one.held.claim.user_id)
        return one is not None and one.user_id is not None and self._is_users(one.user_id)

    def _has_record(self) -> bool:
        """Whether there is anything to leave a mark of; most customers of an account are nobody's here."""
        customer, known = self.known.customer, self.known
        is_known = known.revision is not None or bool(known.links or self.held)
        return is_known and not (customer is not None and customer.is_forgotten)

    def _claims(self) -> bool:
        customer = self.known.customer
        return customer is not None and customer.claim is not None and self._is_users(customer.claim.user_id)

    def _is_users(self, user_id: str | None) -> bool:
        return self.user_id is None or user_id == self.user_id

    def _subscriptions(self) -> set[str]:
        links = self.known.links.items()
        linked = {
            key
            for key, link in links
            if link is not None and self._is_users(link.owner or link.claim.user_id)
        }
        unlinked = {
            key for key in self.held if self.known.links.get(key) is None and not self.known.is_forgotten(key)
        }
        return linked | unlinked

    def _parked(self) -> frozenset[str]:
        if not self.others:
            return self.unreadable | self.waiting.keys()
        return frozenset(filter(self._is_meant, self.waiting))

    def _is_meant(self, event_id: str) -> bool:
        """Whether what waits under a customer of several users is about this one."""
        about = _about(self.waiting[event_id])
        if about is not None and (about in self._subscriptions() or self.known.is_forgotten(about)):
            return True
        if about is not None and self.known.links.get(about) is not None:
            return False
        return self._names(event_id)

    def _parked_subscriptions(self, parked: list[str]) -> set[str]:
        """Subscriptions that only what waits tells of."""
        found = {_about(self.waiting[key]) for key in parked if key in self.waiting}
        return {
            key
            for key in found
            if key is not None and self.known.links.get(key) is None and not self.known.is_forgotten(key)
        }

    def _as_seen(self) -> CustomerChange:
        customer = self.known.customer
        is_whole = customer is not None and customer.is_forgotten and not self.others
        forgets = EVERYTHING if is_whole else None
        return CustomerChange(Guard.AS_SEEN, self.known.revision, forgets=forgets)

    def _unparked(self, event_id: str) -> Step:
        change = attrs.evolve(self._as_seen(), unparks=frozenset({event_id}), forgets=None)
        yield from ()
        return Commit(self._customer_id, customer=change, unparks=event_id, reason=Reason.FORGOTTEN)

    def _record_marked(self, unparks: str | None) -> Step:
        """The customer's record becomes a mark; whose item shows its entitlements shows them no longer."""
        customer, writes = self.known.customer, list[Write]()
        shown_to = customer.entitlements.shown_to if customer and customer.entitlements else None
        if shown_to is not None:
            item = yield from self._item(shown_to)
            write = Write(shown_to, {}, (), unchanged(item, self.policy), Reason.FORGOTTEN)
            write = with_entitlements(write, item, self._customer_id, NO_KEYS)
            writes += [] if write.only_checks else [write]
        change = attrs.evolve(self._as_seen(), forgets=EVERYTHING)
        return Commit(
            self._customer_id, tuple(writes), customer=change, unparks=unparks, reason=Reason.FORGOTTEN
        )

    def _claim_forgotten(self) -> Step:
        assert self.known.customer is not None  # noqa: S101 - it has a claim
        assert self.known.customer.claim is not None  # noqa: S101 - the same
        change = attrs.evolve(self._as_seen(), forgets=self.known.customer.claim.key)
        commit = Commit(self._customer_id, customer=change, reason=Reason.FORGOTTEN)
        return (yield from projected(commit, self.known, self.policy))

    def _marked(self, subscription_id: str) -> Step:
        link = self.known.links.get(subscription_id)
        owner = link.owner if link is not None else self.user_id if subscription_id in self.held else None
        writes: tuple[Write, ...] = ()
        if owner is not None:
            item = yield from self._item(owner)
            writes = (_without(owner, item, subscription_id, self.policy),)
        commit = Commit(
            self._customer_id,
            writes,
            LinkChange(subscription_id, link, forgets=True),
            self._as_seen(),
            reason=Reason.FORGOTTEN,
        )
        return (yield from projected(commit, self.known, self.policy))

    def _item(self, user_id: str) -> Generator[Request, Answer, Item | None]:
        if user_id not in self.known.items:
            question = ReadItem(user_id)
            self.known.learn(question, (yield question))
        return self.known.items[user_id]

    @property
    def _customer_id(self) -> str:
        return self.known.customer_id or ""


def _about(one: Waiting) -> str | None:
    """The subscription that something waits for; a thin event about another object names none."""
    if isinstance(one, Moved) or one.subscription_id is not None:
        return one.subscription_id
    return None if one.is_about_invoice else one.related_id


def _without(user_id: str, item: Item | None, subscription_id: str, policy: Policy) -> Write:
    """The write that takes a subscription out of an item, ended ones included, or that asks for it."""
    ledger = Ledger.from_item(item)
    if not knows(item, subscription_id) and not is_closed(ledger, subscription_id):
        condition = Absent((REVISION,)) if item is None else unchanged(item, policy)
        return Write(user_id, {}, (), condition, Reason.FORGOTTEN)
    closed = frozenset(entry for entry in ledger.closed if not entry.endswith(f" {subscription_id}"))
    after = attrs.evolve(ledger.with_held(subscription_id, NOTHING), closed=closed)
    return full_write(user_id, item, after, subscription_id, policy, Reason.FORGOTTEN)

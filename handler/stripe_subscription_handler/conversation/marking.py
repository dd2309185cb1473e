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
    Parked,
    ReadParked,
    Request,
    Written,
)
from stripe_subscription_handler.conversation.parts import NONE, Part, Waiting
from stripe_subscription_handler.conversation.projecting import projected
from stripe_subscription_handler.decisions.compaction import is_closed
from stripe_subscription_handler.decisions.conditions import Absent
from stripe_subscription_handler.decisions.decision import ReadItem, Reason, Write
from stripe_subscription_handler.decisions.entitlements import NO_KEYS, with_entitlements
from stripe_subscription_handler.decisions.ledger import NOTHING, REVISION, Ledger, knows
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.writes import full_write, unchanged
from stripe_subscription_handler.errors import ConcurrentUpdateError
from stripe_subscription_handler.value import Value

Step = Generator[Request, Answer, Commit]
MAX_ROUNDS = 20
"""Looks at a customer, each followed by what is left to do, before giving up and leaving it to a retry."""


@attrs.frozen(eq=False, repr=False)
class FromCustomer(Value):
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
        part = Part(known, user_id, held, *_waiting(answer))
        done = attrs.evolve(done, others=part.others)
        is_over = True
        for step in _Steps(part, policy).steps():
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


@attrs.frozen(eq=False, repr=False)
class _Steps(Value):
    """Builds the transactions that forget a user's part in a customer."""

    part: Part
    policy: Policy

    def steps(self) -> Generator[Step, None, None]:
        """The transactions, in the order in which they must be made; none where nothing is left."""
        part = self.part
        if not part.has_part():
            return
        # What names the user goes last of what waits: without it, the next attempt might find nothing here.
        whole, parked = not part.others, sorted(part.parked(), key=lambda one: (part.names(one), one))
        mine = part.subscriptions()
        for subscription_id in sorted(part.parked_subscriptions(parked) - mine):
            yield self._marked(subscription_id)
        with_record = parked[-1] if whole and parked else None
        for event_id in parked[: len(parked) - (with_record is not None)]:
            yield self._unparked(event_id)
        if whole and (with_record is not None or part.has_record()):
            yield self._record_marked(with_record)
        elif not whole and part.claims():
            yield self._claim_forgotten()
        for subscription_id in sorted(mine):
            yield self._marked(subscription_id)

    def _as_seen(self) -> CustomerChange:
        customer = self.part.known.customer
        is_whole = customer is not None and customer.is_forgotten and not self.part.others
        forgets = EVERYTHING if is_whole else None
        return CustomerChange(Guard.AS_SEEN, self.part.known.revision, forgets=forgets)

    def _unparked(self, event_id: str) -> Step:
        change = attrs.evolve(self._as_seen(), unparks=frozenset({event_id}), forgets=None)
        yield from ()
        return Commit(self._customer_id, customer=change, unparks=event_id, reason=Reason.FORGOTTEN)

    def _record_marked(self, unparks: str | None) -> Step:
        """The customer's record becomes a mark; whose item shows its entitlements shows them no longer."""
        customer, writes = self.part.known.customer, list[Write]()
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
        assert self.part.known.customer is not None  # noqa: S101 - it has a claim
        assert self.part.known.customer.claim is not None  # noqa: S101 - the same
        change = attrs.evolve(self._as_seen(), forgets=self.part.known.customer.claim.key)
        commit = Commit(self._customer_id, customer=change, reason=Reason.FORGOTTEN)
        return (yield from projected(commit, self.part.known, self.policy))

    def _marked(self, subscription_id: str) -> Step:
        link = self.part.known.links.get(subscription_id)
        owner = (
            link.owner
            if link is not None
            else self.part.user_id
            if subscription_id in self.part.held
            else None
        )
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
        return (yield from projected(commit, self.part.known, self.policy))

    def _item(self, user_id: str) -> Generator[Request, Answer, Item | None]:
        if user_id not in self.part.known.items:
            question = ReadItem(user_id)
            self.part.known.learn(question, (yield question))
        return self.part.known.items[user_id]

    @property
    def _customer_id(self) -> str:
        return self.part.known.customer_id or ""


def _without(user_id: str, item: Item | None, subscription_id: str, policy: Policy) -> Write:
    """The write that takes a subscription out of an item, ended ones included, or that asks for it."""
    ledger = Ledger.from_item(item)
    if not knows(item, subscription_id) and not is_closed(ledger, subscription_id):
        condition = Absent((REVISION,)) if item is None else unchanged(item, policy)
        return Write(user_id, {}, (), condition, Reason.FORGOTTEN)
    closed = frozenset(entry for entry in ledger.closed if not entry.endswith(f" {subscription_id}"))
    after = attrs.evolve(ledger.with_held(subscription_id, NOTHING), closed=closed)
    return full_write(user_id, item, after, subscription_id, policy, Reason.FORGOTTEN)

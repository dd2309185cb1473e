"""Worlds: users, customers, subscriptions and the events Stripe would send, made choice by choice."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st

from support import events
from support.catalogue import MONTH, OURS, SETTINGS, TAGGED, THEIRS
from support.happenings import World
from support.stripe_account import KEEP, Account
from support.tapes import Tape

STATUSES = ("incomplete", "trialing", "active", "past_due", "unpaid", "paused", "a_future_word")
CANCELS = (None, events.T0 + 1_000_000, events.T0 + 2_592_000, events.T0 + 2_600_000)
CHANGES = (
    ("status", STATUSES),
    ("trial_end", (None, events.T0 + 100)),
    ("cancel_at_period_end", (False, True)),
)
"""What may change of any subscription."""
MORE_CHANGES = (
    *CHANGES,
    *CHANGES[:1] * 2,
    ("cancel_at", CANCELS),
    ("pause_collection", (None, {"behavior": "void", "resumes_at": None})),
    ("pause_collection", (None, {"behavior": "keep_as_draft", "resumes_at": events.T0 + 500_000})),
)
"""What may change of one that has several items."""
AGAIN = (None, 86_400, 259_200)
PAYMENTS = ("fail", "write_off", "void", "pay", "pay_elsewhere", "also_paid")
"""What may become of an invoice, in the order that holds within one second."""
SETTLES = frozenset({"void", "pay", "pay_elsewhere"})
ENDINGS = (
    ("fail",),
    ("pay",),
    ("pay", "also_paid"),
    ("pay_elsewhere",),
    ("void",),
    ("write_off",),
    ("fail",),
)
Pick = Callable[[int], int]
"""Picks one of n, counted from zero."""
_T = TypeVar("_T")


@attrs.frozen
class Kinds:
    """What may happen in a world.

    Attributes:
        same_second: Several events may share a second.
        labels: How often a subscription's label is put on, taken off, moved or swapped, in the same measure;
            0: each subscription is labelled when it is made, and stays so.
        nobody: How often a subscription has no label, against once for each user; 0: invoices neither.
        companions: How many events of five are a checkout session's or a customer's.
        earlier: How many subscriptions of four were there before anybody listened.
        updates: How often something else is updated, against two invoices.
        deletions: How often a subscription ends, in the same measure.
        most_dead: Most subscriptions that end.
        one_more: Whether each subscription has one more invoice, without a label, in the end.
        baskets: Whether subscriptions sell several things, of several apps, and the settings vary.
    """

    same_second: bool = False
    labels: int = 0
    nobody: int = 1
    companions: int = 0
    earlier: int = 0
    updates: int = 2
    deletions: int = 1
    most_dead: int = 9
    one_more: bool = False
    baskets: bool = False
    customers: int = 2
    users: int = 2
    subscriptions: int = 3
    events: int = 9


CHOICES = 160
"""Choices that make a world; most take a third of them."""


@st.composite
def worlds(draw: st.DrawFn, kinds: Kinds = Kinds()) -> World:
    """Worlds of these kinds."""
    return drawn_world(Tape(draw(st.binary(min_size=CHOICES, max_size=CHOICES))).pick, kinds)


def drawn_world(pick: Pick, kinds: Kinds) -> World:
    """One world; `pick` makes its choices."""
    drawing = _Drawing(pick, kinds)
    most = 1 + max(pick(kinds.events), pick(kinds.events))
    # With a deleted customer, and a tape that has ended, nothing more may happen: fewer facts do too.
    for _ in range(CHOICES):
        if len(drawing.account.facts) >= most:
            break
        drawing.one_more()
    before = len(drawing.account.facts)
    if kinds.one_more:
        drawing.last_invoices()
    world = drawing.account.world()
    return attrs.evolve(world, closing=len(world.facts) - before)


@attrs.define
class _Plan:
    """What is known of a subscription from the start."""

    customer: str
    user: str
    theirs: bool = False


@attrs.define
class _Drawing:
    pick: Pick
    kinds: Kinds
    account: Account = attrs.Factory(lambda: Account(step=0))
    users: list[str] = attrs.field(init=False)
    plans: dict[str, _Plan] = attrs.field(init=False)
    _dead: dict[str, int] = attrs.Factory(dict)
    _open: dict[str, list[str]] = attrs.Factory(dict)
    _tried: dict[str, tuple[int, int]] = attrs.Factory(dict)
    _sessions: set[str] = attrs.Factory(set)
    _customers: set[str] = attrs.Factory(set)
    _deleted: set[str] = attrs.Factory(set)

    def __attrs_post_init__(self) -> None:
        self.users = [f"user_{number + 1}" for number in range(1 + self.pick(self.kinds.users))]
        customers = 1 + self.pick(self.kinds.customers)
        self.plans = {
            f"sub_{number}": _Plan(
                f"cus_{1 + self.pick(customers)}",
                self.one_of(self.users),
                theirs=self.kinds.baskets and self.pick(4) == 3,
            )
            for number in range(1 + self.pick(self.kinds.subscriptions))
        }
        if self.kinds.baskets:
            self.account = Account(step=0, settings=self.one_of(SETTINGS))

    def one_of(self, things: Sequence[_T]) -> _T:
        return things[self.pick(len(things))]

    def any_label(self) -> str | None:
        return self.one_of((*self.users, *[None] * self.kinds.nobody))

    def one_more(self) -> None:
        """Let one thing happen, or two that belong together."""
        self.account.clock += self.pick(2) if self.kinds.same_second else 1 + self.pick(2)
        subscription_id = self.one_of(sorted(self.plans))
        if self.pick(5) < self.kinds.companions:
            self._companion(subscription_id)
        elif subscription_id not in self.account.subscriptions:
            self._begin(subscription_id)
        elif subscription_id in self._dead:
            self._after_the_end(subscription_id)
        else:
            self._go_on(subscription_id)

    def _begin(self, subscription_id: str) -> None:
        plan = self.plans[subscription_id]
        label = self.any_label() if self.kinds.labels else plan.user
        state = {"customer": plan.customer, "status": self.one_of(STATUSES), **self._sold(subscription_id)}
        if self.pick(4) < self.kinds.earlier:
            self.account.born(subscription_id, label, **state)
            while self.kinds.labels and self.pick(2):
                self._bill(subscription_id)
                self.account.clock += 1
                self.account.relabel_unheard(subscription_id, self.any_label())
            self._go_on(subscription_id)
            return
        # Stripe may stamp `created` after the update that followed it.
        late = self.pick(3) if self.kinds.labels else 0
        self.account.create(subscription_id, label, late=late, **state)

    def _sold(self, subscription_id: str) -> dict[str, Any]:
        """What a subscription sells; it may come to another app.

        From there it comes back only while its label says whose it is: what another app's subscription of
        nobody was billed is not kept.
        """
        plan = self.plans[subscription_id]
        if not self.kinds.baskets:
            return {}
        if self.pick(4) == 3 and (self._is_named or not plan.theirs):
            plan = self.plans[subscription_id] = attrs.evolve(plan, theirs=not plan.theirs)
        basket = self.one_of(THEIRS if plan.theirs else OURS)
        tag = None if plan.theirs else TAGGED["app"]
        return {"items": basket, "tag": tag, **_own_period(basket)}

    @property
    def _is_named(self) -> bool:
        return not self.kinds.labels and not self.kinds.companions

    def _go_on(self, subscription_id: str) -> None:
        kinds = ["update"] * self.kinds.updates + ["invoice"] * 2 + ["label"] * self.kinds.labels
        if len(self._dead) < self.kinds.most_dead:
            kinds += ["delete"] * self.kinds.deletions
        match self.one_of(kinds):
            case "update":
                self._update(subscription_id)
            case "invoice":
                self._invoice(subscription_id)
            case "label":
                self._label(subscription_id)
            case _:
                self._end(subscription_id)

    def _update(self, subscription_id: str, late: int = 0) -> None:
        table = MORE_CHANGES if self.kinds.baskets else CHANGES
        changes: dict[str, Any] = {}
        for _ in range(self.pick(3)):
            name, values = self.one_of(table)
            changes[name] = self.one_of(values)
        if self.kinds.baskets and self.pick(4) == 3:
            changes |= self._sold(subscription_id)
        label = self.any_label() if self.kinds.labels and self.pick(8) == 7 else KEEP
        self.account.update(subscription_id, label=label, late=late, **changes)

    def _label(self, subscription_id: str) -> None:
        if self.pick(3) == 2:  # an invoice that keeps the old label, and is collected later
            self._bill(subscription_id)
        label = self.account.label(subscription_id)
        others = [key for key in self.account.subscriptions if key not in {subscription_id, *self._dead}]
        if others and self.pick(4) == 3:
            other = self.one_of(others)
            self.account.update(subscription_id, label=self.account.label(other))
            self.account.clock += self.pick(2) if self.kinds.same_second else 1
            self.account.update(other, label=label)
        else:
            self.account.update(subscription_id, label=self.any_label())

    def _end(self, subscription_id: str) -> None:
        if self.pick(4) == 3:
            # Stripe may stamp an update a second after the deletion that followed it.
            self._update(subscription_id, late=1)
        if not self.kinds.baskets or self.pick(3):
            self.account.delete(subscription_id, says_so=not self.kinds.baskets or bool(self.pick(3)))
        else:
            status, ended = self.one_of(("canceled", "incomplete_expired")), self.account.clock
            self.account.update(subscription_id, status=status, ended_at=ended)
        self._dead[subscription_id] = self.account.clock

    def _after_the_end(self, subscription_id: str) -> None:
        # A label is what can still be changed of a dead subscription.
        if self.kinds.labels and self.account.clock > self._dead[subscription_id] and self.pick(2):
            self.account.update(subscription_id, label=self.any_label())
        else:
            self._invoice(subscription_id)

    def _bill(self, subscription_id: str) -> str:
        labelled = not self.kinds.nobody or self.pick(3) < 2  # those of old API versions lack the label
        total = self.one_of((2000, 500, 0)) if self.kinds.baskets else 2000
        bill = self.account.bill(subscription_id, labelled=labelled, total=total)
        self._open.setdefault(subscription_id, []).append(bill)
        return bill

    def _invoice(self, subscription_id: str) -> None:
        waiting = self._open.get(subscription_id, ())
        bill = self.one_of(waiting) if waiting and self.pick(2) else self._bill(subscription_id)
        endings = ENDINGS if self.kinds.baskets else ENDINGS[:2]
        is_free = self.account.invoices[bill]["total"] == 0
        for name in ("pay", "also_paid") if is_free else self.one_of(endings):
            self._happens(subscription_id, bill, name)

    def _happens(self, subscription_id: str, bill: str, name: str) -> None:
        place = self.account.clock, PAYMENTS.index(name)
        if place <= self._tried.get(bill, (0, 0)):
            return  # within one second an invoice goes on from what is unpaid to what is paid
        self._tried[bill] = place
        if name == "fail":
            self.account.fail(bill, again=self.one_of(AGAIN))
        else:
            getattr(self.account, name)(bill)
        if name in SETTLES and bill in self._open[subscription_id]:
            self._open[subscription_id].remove(bill)

    def _companion(self, subscription_id: str) -> None:
        customer, user = self.plans[subscription_id].customer, self.one_of((*self.users, None))
        if self.pick(2) and subscription_id not in self._sessions:
            self._sessions.add(subscription_id)
            by_reference = bool(self.pick(2))
            took = self.pick(3)
            self.account.complete(
                subscription_id, user, customer=customer, by_reference=by_reference, took=took
            )
        elif customer in self._deleted:
            self.account.clock += 1
        elif self.pick(8) == 7:
            self._deleted.add(customer)
            self.account.delete_customer(customer)
        elif customer not in self._customers and self.pick(2):
            self._customers.add(customer)
            self.account.create_customer(customer, user)
        else:
            self._customers.add(customer)
            self.account.update_customer(customer, label=user)

    def last_invoices(self) -> None:
        """One invoice without a label for each subscription."""
        for subscription_id in sorted(self.account.subscriptions):
            self.account.clock += 1
            self.account.pay(self.account.bill(subscription_id, labelled=False))


def _own_period(basket: Mapping[str, Any]) -> dict[str, Any]:
    """The period of a subscription whose items have none, as in the shapes before 2025."""
    has_period = any("current_period_end" in item for item in basket["data"])
    start, end = (None, None) if has_period else MONTH
    return {"current_period_start": start, "current_period_end": end}

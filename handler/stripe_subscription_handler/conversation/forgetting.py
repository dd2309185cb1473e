"""Forgets a person: subscriptions, what waits for them, what is ours on the profile. Pure conversation.

The marks come first (`marking`), the profile last: what is left of it goes once it holds no subscription.
"""

from collections.abc import Collection, Generator, Iterable, Mapping

import attrs

from stripe_subscription_handler.conversation.marking import FromCustomer, forget_customer
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Delete,
    Handling,
    Item,
    ItemSeen,
    Outcome,
    Request,
    Written,
)
from stripe_subscription_handler.conversation.settling import MAX_WRITES
from stripe_subscription_handler.decisions.decision import ReadItem, Reason, Write
from stripe_subscription_handler.decisions.ledger import OWN_ATTRIBUTES, PREFIX, REVISION, Ledger
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import ENTITLEMENTS_SHOWN, VIEW
from stripe_subscription_handler.decisions.writes import unchanged
from stripe_subscription_handler.errors import ConcurrentUpdateError
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.value import Value


@attrs.frozen(eq=False, repr=False)
class Forgotten(Value):
    """What was forgotten of a user.

    Attributes:
        customers: What was forgotten of each customer of whom anything was.
        removed: Names of the attributes of ours that the profile had when it began.
        is_deleted: Whether the profile item went, because nothing but ours was on it.
        left: Names of the attributes that are on the profile now, without its keys; they are the app's.
    """

    user_id: str
    customers: tuple[FromCustomer, ...] = ()
    removed: tuple[str, ...] = ()
    is_deleted: bool = False
    left: tuple[str, ...] = ()

    @property
    def found_nothing(self) -> bool:
        """Whether there was nothing to forget."""
        return not self.customers and not self.removed and not self.is_deleted


def forget_user(
    user_id: str,
    customer_ids: Iterable[str],
    policy: Policy,
    keys: Collection[str],
    *,
    may_delete: bool = True,
) -> Generator[Request, Answer, Forgotten]:
    """Forget a user.

    `customer_ids` are those of every customer of which the sync table names the user; the profile tells of
    its own. `keys` are the names of the profile item's keys: an item that then has nothing else is deleted.

    Raises:
        ConcurrentUpdateError: Something changed under every write that was tried.
    """
    done, wanted = dict[str, FromCustomer](), frozenset(customer_ids)
    removed = frozenset[str]()
    for _ in range(MAX_WRITES):
        item = yield from _read(user_id)
        removed |= ours_of(item or {}) - {REVISION}
        held = _by_customer(item)
        for customer_id in sorted(wanted | held.keys()):
            known = held.get(customer_id, frozenset())
            one = yield from forget_customer(customer_id, user_id, policy, known)
            done[customer_id] = one.after(done.get(customer_id))
        item = yield from _read(user_id)
        customers = tuple(one for one in done.values() if one.steps)
        if _has_more(_by_customer(item), held):
            continue  # the user has come back meanwhile
        erase = erasing(user_id, item, policy, keys, may_delete=may_delete)
        if erase is None or isinstance((yield erase), Written):
            is_deleted = isinstance(erase, Delete)
            others = (item or {}).keys() - ours_of(item or {}) - {policy.partition_key_name, *keys}
            left = () if is_deleted else tuple(sorted(others))
            return Forgotten(user_id, customers, tuple(sorted(removed)), is_deleted, left)
    raise ConcurrentUpdateError(f"the profile changed under {MAX_WRITES} attempts to forget its user")


def forget_deleted(event: StripeEvent, policy: Policy) -> Handling:
    """Forget a customer that Stripe has deleted, and what is ours on a profile that then knows of nothing.

    No item is deleted: the function may not.

    Raises:
        ConcurrentUpdateError: Something changed under every write that was tried.
    """
    done = yield from forget_customer(event.customer_id or event.related_id or "", None, policy)
    for user_id in sorted(done.users):
        for _ in range(MAX_WRITES):
            item = yield from _read(user_id)
            ledger = Ledger.from_item(item)
            if ledger.held or ledger.closed or ledger.floor or ledger.entitlements:
                break
            erase = erasing(user_id, item, policy, (), may_delete=False)
            if erase is None or isinstance((yield erase), Written):
                break
        else:
            raise ConcurrentUpdateError(f"a profile changed under {MAX_WRITES} attempts to forget its user")
    return Outcome(applied=done.steps > 0, reason=Reason.FORGOTTEN)


def erasing(
    user_id: str, item: Item | None, policy: Policy, keys: Collection[str], *, may_delete: bool
) -> Write | Delete | None:
    """What takes off an item everything that is ours, or the item away; None where nothing is to be done.

    The revision stays on an item that stays: by it everybody sees that no ledger was lost here.
    """
    if item is None:
        return None
    ours = ours_of(item)
    if may_delete and REVISION in item and item.keys() <= ours | {policy.partition_key_name, *keys}:
        return Delete(user_id, ours, unchanged(item, policy))
    names = tuple(sorted(ours - {REVISION}))
    return Write(user_id, {}, names, unchanged(item, policy), Reason.FORGOTTEN) if names else None


def ours_of(item: Item) -> frozenset[str]:
    """Names of the attributes that this library has put on an item: ledger, view, and the app's own of them.

    Where no ledger says that the view is ours, what stands there is the app's, from before a migration.
    """
    ledger = Ledger.from_item(item)
    names = {name for name in item if name.startswith(PREFIX)} | set(item.get(OWN_ATTRIBUTES, ()))
    if ledger.held or ledger.closed:
        names |= {*VIEW} - {ENTITLEMENTS_SHOWN}
    if ledger.entitlements:
        names.add(ENTITLEMENTS_SHOWN)
    return frozenset(names & item.keys())


def _by_customer(item: Item | None) -> Mapping[str, frozenset[str]]:
    """Customer id → ids of its subscriptions that an item holds; without those where it has entitlements."""
    ledger, found = Ledger.from_item(item), dict[str, frozenset[str]]()
    for subscription_id, register in ledger.registers.items():
        customer_id = register.subscription.customer_id
        found[customer_id] = found.get(customer_id, frozenset()) | {subscription_id}
    return dict.fromkeys(ledger.entitlements, frozenset[str]()) | found


def _has_more(now: Mapping[str, frozenset[str]], before: Mapping[str, frozenset[str]]) -> bool:
    """Whether there is something that was not there before. What was there and stayed is somebody else's."""
    return any(not ids <= before.get(customer_id, frozenset()) for customer_id, ids in now.items())


def _read(user_id: str) -> Generator[Request, Answer, Item | None]:
    answer = yield ReadItem(user_id)
    assert isinstance(answer, ItemSeen)  # noqa: S101 - what reading is answered by
    return answer.item

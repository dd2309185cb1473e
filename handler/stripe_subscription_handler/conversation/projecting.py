"""Keeps shown entitlements true: they change in the transaction that changes what they follow from. Pure.

Whose a customer's entitlements are follows from who owns its subscriptions, what its metadata claims, and the
newest summary. A transaction that changes one of these also changes whose item shows them, on the condition
that the customer's record is as it was seen; where no summary is known, it asks that none is recorded.
"""

from collections.abc import Generator, Mapping

import attrs

from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Applied,
    Commit,
    Guard,
    Item,
    LinkChange,
    ReadLinks,
    Request,
)
from stripe_subscription_handler.decisions.conditions import Absent
from stripe_subscription_handler.decisions.decide import Unread
from stripe_subscription_handler.decisions.decision import ReadItem, Reason, Write
from stripe_subscription_handler.decisions.entitlements import (
    NO_KEYS,
    Entitlements,
    Keys,
    holder,
    with_entitlements,
)
from stripe_subscription_handler.decisions.ledger import REVISION
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import changed_names
from stripe_subscription_handler.decisions.writes import unchanged


def with_projection(commit: Commit, known: Known, policy: Policy) -> Commit | ReadLinks | ReadItem:
    """The transaction with what it changes about shown entitlements, or what must be read for that first."""
    change, customer = commit.customer, known.customer
    if change is None or customer is None or not _may_concern(commit):
        return commit
    entitlements = change.entitlements or customer.entitlements
    if entitlements is None:
        return commit
    if not known.has_all_links and not _stays_his(commit, entitlements):
        return ReadLinks(commit.customer_id)
    user = holder_after(commit, known) if known.has_all_links else entitlements.shown_to
    keeps = user == entitlements.shown_to and change.entitlements is None
    writes, others = {write.user_id: write for write in commit.writes}, list[Write]()
    for one, keys in _wanted(entitlements, user).items():
        if keeps and one not in writes:
            continue  # it shows them already
        if one == commit.absent:
            # There is no profile, as the transaction asks anyway; it may name an item only once.
            user = None if one == user else user
            continue
        write = _showing(one, keys, writes.get(one), commit, known, policy)
        if isinstance(write, ReadItem):
            return write
        if one in writes:
            writes[one] = write
        else:
            # One that changes nothing asks that the item still is what it was seen to be.
            others.append(write)
        user = None if one == user and _is_missing(write, known) else user
    kept = attrs.evolve(entitlements, shown_to=user)
    change = attrs.evolve(
        change,
        guard=Guard.AS_SEEN,
        revision=known.revision,
        entitlements=None if kept == customer.entitlements else kept,
        only_checks=False,
    )
    return attrs.evolve(commit, writes=(*others, *writes.values()), customer=change)


def _showing(
    user_id: str, keys: Keys, write: Write | None, commit: Commit, known: Known, policy: Policy
) -> Write | ReadItem:
    """The write after which an item, if there is or may be one, shows these keys of a customer."""
    item = known.item(user_id)
    if isinstance(item, Unread):
        if write is None or not write.enters:
            return ReadItem(user_id)
        item = None  # the write itself asks that the item has no ledger
    is_missing = item is None and (write is None or not write.enters)
    if is_missing and not (keys and policy.create_missing_profile):
        # A transaction that only asks whether there is a ledger makes no item.
        return write or Write(user_id, {}, (), Absent((REVISION,)), Reason.ENTITLED)
    write = write or Write(user_id, {}, (), unchanged(item, policy), Reason.ENTITLED)
    return with_entitlements(write, item, commit.customer_id, keys)


def _is_missing(write: Write, known: Known) -> bool:
    """Whether there is no profile to show anything in, and none is made."""
    return known.item(write.user_id) is None and write.only_checks


def projected(commit: Commit, known: Known, policy: Policy) -> Generator[Request, Answer, Commit]:
    """Read what must be known for it, and build the transaction with what it changes about entitlements."""
    while not isinstance(step := with_projection(commit, known, policy), Commit):
        known.learn(step, (yield step))
    return step


def shown_in(event_id: str, request: Commit, before: Mapping[str, Item | None]) -> tuple[Applied, ...]:
    """What a transaction about a customer has changed in items; `before` are the items it was built from."""
    return tuple(
        Applied(
            event_id,
            write.user_id,
            Reason.ENTITLED,
            changed_names(before.get(write.user_id) or {}, write.set, write.remove),
        )
        for write in request.writes
        if not write.only_checks
    )


def holder_after(commit: Commit, known: Known) -> str | None:
    """Whose the customer's entitlements are once a transaction has happened. All links must be known."""
    change, links = commit.customer, dict(known.links)
    if commit.link is not None and commit.link.to is not None:
        links[commit.link.subscription_id] = commit.link.to
    if commit.link is not None and commit.link.forgets:
        links.pop(commit.link.subscription_id, None)
    claim = (change.claim if change else None) or (known.customer.claim if known.customer else None)
    claim = None if change is not None and change.forgets is not None else claim
    owners = {link.owner for link in links.values() if link is not None and link.owner is not None}
    return holder(owners, claim.user_id if claim else None)


def _may_concern(commit: Commit) -> bool:
    """Whether the transaction changes whose the entitlements are, or what, or makes an item again."""
    is_about_owner = commit.link is not None and _changes_owner(commit.link)
    return _tells(commit) or is_about_owner or any(write.enters for write in commit.writes)


def _tells(commit: Commit) -> bool:
    """Whether the transaction changes what the customer's metadata claims, or the summary."""
    change = commit.customer
    return change is not None and any(
        one is not None for one in (change.claim, change.entitlements, change.forgets)
    )


def _changes_owner(change: LinkChange) -> bool:
    before = change.seen.owner if change.seen else None
    after = change.to.owner if change.to else None
    return (change.to is not None or change.forgets) and after != before


def _stays_his(commit: Commit, entitlements: Entitlements) -> bool:
    """Whether the user who is shown them keeps them, whoever else owns something: he owns one more."""
    to = commit.link.to if commit.link else None
    return not _tells(commit) and to is not None and to.owner == entitlements.shown_to is not None


def _wanted(entitlements: Entitlements, user: str | None) -> dict[str, Keys]:
    """What items are to show of the customer: who is shown them now, and who shall be."""
    former = {} if entitlements.shown_to is None else {entitlements.shown_to: NO_KEYS}
    return former | ({} if user is None else {user: entitlements.keys})

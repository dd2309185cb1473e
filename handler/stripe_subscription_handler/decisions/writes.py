"""Builds profile writes: the blind ones, and the ones that recompute everything. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from stripe_subscription_handler.decisions.compaction import compacted
from stripe_subscription_handler.decisions.conditions import Absent, AllOf, Condition, Equal, Path, Present
from stripe_subscription_handler.decisions.decision import Reason, Write
from stripe_subscription_handler.decisions.ledger import (
    CLOSED,
    FLOOR,
    LIVE,
    OTHERS,
    OWN_ATTRIBUTES,
    REVISION,
    SETTINGS,
    Ledger,
    knows,
)
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import ENTITLEMENTS_SHOWN, view
from stripe_subscription_handler.decisions.view_settings import ViewSettings

_NO_PARTS: Mapping[Path, Any] = {}


def blind_write(
    user_id: str,
    values: Mapping[str, Any],
    *,
    conditions: Iterable[Condition],
    policy: Policy,
    parts: Mapping[Path, Any] = _NO_PARTS,
    enters: bool = False,
) -> Write:
    """Build a write that was decided without having seen the item; None among the values means "remove".

    `parts` are set inside maps that the conditions ask for.
    """
    return Write(
        user_id=user_id,
        set={name: value for name, value in values.items() if value is not None},
        remove=tuple(name for name, value in values.items() if value is None),
        condition=AllOf((*conditions, *_existing(policy))),
        reason=Reason.FIRST_EVENT if enters else Reason.PRIMARY,
        enters=enters,
        parts=parts,
    )


def full_write(
    user_id: str,
    item: Mapping[str, Any] | None,
    after: Ledger,
    subscription_id: str,
    policy: Policy,
    reason: Reason | None = None,
) -> Write:
    """Build the write that takes an item to a new ledger and its view, if the old ledger is unchanged.

    `item` is the item as it was seen, `after` the new ledger before dead subscriptions are closed. Only what
    is held of `subscription_id` may differ between them.
    """
    seen, before = item or {}, Ledger.from_item(item)
    shows = policy.shows
    kept = compacted(after, policy.most_closed, shows)
    living = frozenset(kept.living(shows))
    values: dict[str, Any] = {
        LIVE: living or None,
        OTHERS: frozenset(kept.held) - living or None,
        CLOSED: kept.closed or None,
        FLOOR: kept.floor,
    }
    for changed in {subscription_id, *(before.held.keys() - kept.held.keys())}:
        values |= kept.of(changed).to_attributes(changed)
    values |= made_by(shows)
    is_left = subscription_id not in after.held and knows(item, subscription_id)
    was_shown = seen.get("subscriptionId") in before.registers
    if before.ours(shows) or after.ours(shows) or was_shown or is_left:
        # Until a subscription of ours is known, what stands there is the app's own, from before a migration:
        # it is left alone, unless it shows a subscription that is somebody else's now.
        values |= _without_former(seen, shows) | view(kept, shows)
    if not kept.entitlements:
        # Whoever has no entitlements of ours may have an attribute of the app's own by that name.
        values.pop(ENTITLEMENTS_SHOWN, None)
    return Write(
        user_id=user_id,
        set={name: value for name, value in values.items() if value is not None},
        remove=tuple(name for name, value in values.items() if value is None and name in seen),
        condition=unchanged(item, policy),
        reason=reason or (Reason.RECOMPUTED if seen else Reason.FIRST_EVENT),
        enters=subscription_id not in before.held,
    )


def made_by(shows: ViewSettings) -> dict[str, Any]:
    """The attributes that tell by which settings a view was computed; None stands for "not on the item"."""
    return {SETTINGS: shows.fingerprint, OWN_ATTRIBUTES: frozenset(shows.profile_attributes) or None}


def _without_former(seen: Mapping[str, Any], shows: ViewSettings) -> dict[str, Any]:
    """Take away the own attributes that the settings named before and do not name any more."""
    return dict.fromkeys(set(seen.get(OWN_ATTRIBUTES, ())) - shows.profile_attributes.keys())


def unchanged(item: Mapping[str, Any] | None, policy: Policy) -> AllOf:
    """The condition that nobody has written the ledger since an item was seen: its revision is the same."""
    revision = (item or {}).get(REVISION)
    guard = Absent((REVISION,)) if revision is None else Equal((REVISION,), revision)
    return AllOf((guard, *_existing(policy)))


def after_write(write: Write, item: Mapping[str, Any] | None, revision: str) -> dict[str, Any]:
    """The item after a write whose condition held."""
    kept = {name: value for name, value in (item or {}).items() if name not in write.remove}
    for (name, part), value in write.parts.items():
        kept[name] = {**kept.get(name, {}), part: value}
    return kept | dict(write.set) | {REVISION: revision}


def _existing(policy: Policy) -> tuple[Condition, ...]:
    return () if policy.create_missing_profile else (Present((policy.partition_key_name,)),)

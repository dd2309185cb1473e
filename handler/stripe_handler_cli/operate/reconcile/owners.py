"""Holds all profiles against the links, and all links against the profiles, without Stripe. Reads only.

A link has one owner, so a subscription that two profiles hold is not the one's or the other's by its link.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import attrs

from stripe_handler_cli.stack.stored.lost import Lost, find_lost
from stripe_handler_cli.stack.stored.misplaced import Items, Misplaced, confirmed, holdings
from stripe_handler_cli.stack.stored.tables import LinkPage
from stripe_subscription_handler.comparison.tables import ScanPage, ScanPosition
from stripe_subscription_handler.comparison.walk import Progress
from stripe_subscription_handler.decisions.ledger import Ledger


class Profiles(Items, Protocol):
    """The profile table and the links."""

    def scan(self, position: ScanPosition) -> ScanPage: ...

    def scan_links(self, after: Mapping[str, Any] | None = None) -> LinkPage: ...


@attrs.frozen
class OwnersFound:
    """What a scan found.

    Attributes:
        misplaced: Subscriptions in profiles that do not own them.
        lost: Subscriptions that their owners' profiles do not hold any more.
        profiles: How many profiles hold a subscription.
        scanned: How many items the table has.
    """

    misplaced: tuple[Misplaced, ...]
    profiles: int
    scanned: int
    lost: tuple[Lost, ...] = ()

    @property
    def to_repair(self) -> tuple[Misplaced | Lost, ...]:
        return (*self.misplaced, *self.lost)


def find_misplaced(tables: Profiles, progress: Progress, about: int) -> OwnersFound:
    """Scan the whole table; `about` is about how many items it has, 0 where nobody knows.

    What is found is looked at once more at the end: a subscription may move while it is looked at.
    """
    found: list[Misplaced] = []
    without_customer: dict[str, set[str]] = {}
    profiles = scanned = 0
    for page in _pages(tables):
        held = holdings(tables, [one.user_id for one in page.profiles])
        found += held.misplaced
        for key, users in held.open.items():
            without_customer.setdefault(key, set()).update(users)
        profiles += len(page.profiles)
        scanned += page.scanned
        progress("items", scanned, about)
    misplaced = set(confirmed(tables, found)) | set(_of_payments(tables, without_customer, progress, about))
    return OwnersFound(tuple(sorted(misplaced)), profiles, scanned, find_lost(tables))


def _of_payments(
    tables: Profiles, without_customer: Mapping[str, set[str]], progress: Progress, about: int
) -> Iterator[Misplaced]:
    """Of payments without a subscription: those whose subscription another profile holds.

    Only the state of a subscription tells its customer, so their links cannot be found.
    """
    if not without_customer:
        return
    holders: dict[str, set[str]] = {}
    scanned = 0
    for page in _pages(tables):
        for one in page.profiles:
            for key in one.subscription_ids & without_customer.keys():
                holders.setdefault(key, set()).add(one.user_id)
        scanned += page.scanned
        progress("items, for payments", scanned, about)
    for key, users in without_customer.items():
        profiles = tables.profiles(users | holders.get(key, set()))
        ledgers = {user_id: Ledger.from_item(item) for user_id, item in sorted(profiles.items())}
        holding = [user_id for user_id, ledger in ledgers.items() if key in ledger.held]
        owner = next((user_id for user_id in holding if key in ledgers[user_id].registers), None)
        if len(holding) > 1:
            yield from (Misplaced(key, one, owner, None) for one in holding if one in users - {owner})


def _pages(tables: Profiles) -> Iterator[ScanPage]:
    position: ScanPosition | None = ScanPosition()
    while position is not None:
        page = tables.scan(position)
        yield page
        position = page.next

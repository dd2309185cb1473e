"""A Stripe account and the tables of the in-memory model, as reconcile sees them; small pages on purpose."""

import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.operate.reconcile.checkpoint import Checkpoint
from stripe_handler_cli.stack.stored.tables import LinkPage, OwnedLink
from stripe_subscription_handler.comparison.batch import Together
from stripe_subscription_handler.comparison.comparer import Comparer, Settings
from stripe_subscription_handler.comparison.crew import Worker, Workers
from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.comparison.payments import NewestPayments
from stripe_subscription_handler.comparison.rehearsal import Item, LinkKey
from stripe_subscription_handler.comparison.tables import ScanPage, ScanPosition, Shown
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.comparison.walk import Walk
from stripe_subscription_handler.conversation.messages import (
    Commit,
    Fetch,
    Fetched,
    Handling,
    Links,
    Outcome,
    ReadLinks,
    Written,
)
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.decision import Write
from stripe_subscription_handler.decisions.ledger import known_ids
from stripe_subscription_handler.decisions.policy import Livemode, Policy
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.selection import PLAIN, Selection
from stripe_subscription_handler.events.subscriptions import read_subscription
from stripe_subscription_handler.stripe_side.api import Page, Snapshot
from support import events

PAGE = 2


def iso(second: int) -> str:
    """A Unix time as the library writes times."""
    return datetime.fromtimestamp(second, UTC).replace(tzinfo=None).isoformat() + "Z"


@attrs.define
class Account:
    """A Stripe account.

    Attributes:
        bodies: Its subscriptions by id.
        listed: Its events, newest first.
        bills: Its invoices; where Stripe shows them with their subscriptions, these have them too.
        sessions: Its checkout sessions by id.
        second: Unix time up to which it shows everything.
        asked: Subscriptions that were asked for one by one.
        asked_for_invoices: Subscriptions whose invoices were asked for.
        breaks_after: After so many pages it does not answer any more; None: never.
    """

    bodies: dict[str, dict[str, Any]] = attrs.Factory(dict)
    listed: list[dict[str, Any]] = attrs.Factory(list)
    bills: list[dict[str, Any]] = attrs.Factory(list)
    sessions: dict[str, dict[str, Any]] = attrs.Factory(dict)
    second: int = events.T0 + 1_000
    asked: list[str] = attrs.Factory(list)
    asked_for_invoices: list[str] = attrs.Factory(list)
    breaks_after: int | None = None

    def subscriptions(self, after: str | None = None, customer_id: str | None = None) -> Iterable[Page]:
        """Every subscription, newest first."""
        found = [one for one in self.bodies.values() if customer_id in {None, one["customer"]}]
        found.sort(key=lambda body: (-body["created"], body["id"]))
        return self._pages(found, after)

    def events(self, since: int, after: str | None) -> Iterable[Page]:
        """Every event from a second on, newest first."""
        return self._pages([event for event in self.listed if event["created"] >= since], after)

    def _pages(self, found: list[dict[str, Any]], after: str | None) -> Iterable[Page]:
        start = 0 if after is None else 1 + [one["id"] for one in found].index(after)
        # After the last one comes an empty page, as Stripe's does.
        for number, first in enumerate(range(start, max(len(found), start + 1), PAGE)):
            if number == self.breaks_after:
                raise ConnectionError
            yield Page(tuple(found[first : first + PAGE]), first + PAGE < len(found), iso(self.second))

    def subscription(self, subscription_id: str) -> Snapshot | None:
        """One subscription."""
        self.asked.append(subscription_id)
        body = self.bodies.get(subscription_id)
        return None if body is None else Snapshot(body, iso(self.second))

    def checkout_session(self, session_id: str) -> Snapshot | None:
        """One checkout session."""
        body = self.sessions.get(session_id)
        return None if body is None else Snapshot(body, iso(self.second))

    def invoices(self, subscription_id: str) -> Iterable[dict[str, Any]]:
        """A subscription's invoices, newest first."""
        self.asked_for_invoices.append(subscription_id)
        mine = [one for one in self.bills if events.billed(one) == subscription_id]
        return sorted(mine, key=lambda one: (one["created"], one["id"]), reverse=True)

    def failed_attempts(self, invoice: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        """The listed events of an invoice's failed attempts, newest first."""
        failures = (event for event in self.listed if event["type"] == "invoice.payment_failed")
        return [event for event in failures if event["data"]["object"]["id"] == invoice["id"]]


_ONE_AT_A_TIME = threading.RLock()
"""The model knows no threads; DynamoDB does one request at a time for each item."""


@attrs.frozen
class Profiles:
    """The profile table, links and customers of the model."""

    tables: Tables

    def profiles(self, user_ids: Iterable[str]) -> dict[str, Item]:
        """The items of these users."""
        return {user: self.tables.profiles[user] for user in user_ids if user in self.tables.profiles}

    def links(self, keys: Iterable[LinkKey]) -> dict[LinkKey, Item]:
        """The links by customer and subscription."""
        return {key: self.tables.links[key] for key in keys if key in self.tables.links}

    def customers(self, customer_ids: Iterable[str]) -> dict[str, Item]:
        """The records of these customers."""
        return {one: self.tables.customers[one] for one in customer_ids if one in self.tables.customers}

    def together(
        self, user_ids: Iterable[str], keys: Iterable[LinkKey], customer_ids: Iterable[str]
    ) -> Together:
        """All of them."""
        return Together(self.profiles(user_ids), self.links(keys), self.customers(customer_ids))

    def links_of(self, customer_id: str) -> Links:
        """A customer's record and all its links."""
        with _ONE_AT_A_TIME:
            found: Any = self.tables.execute(ReadLinks(customer_id))
        assert isinstance(found, Links)
        return found

    def scan_links(self, after: Mapping[str, Any] | None = None) -> LinkPage:
        """One page of the links that name an owner; here a page is one link."""
        at = after["at"] if after else 0
        keys = sorted(self.tables.links)[at : at + 2]
        found = [(key, self.tables.links[key].get("owner")) for key in keys[:1]]
        links = tuple(OwnedLink(owner, *key) for key, owner in found if owner is not None)
        return LinkPage(links, len(found), {"at": at + 1} if len(keys) > 1 else None)

    def scan(self, position: ScanPosition) -> ScanPage:
        """One page of all profiles; here a page is a part of the table."""
        users = sorted(self.tables.profiles)
        first = position.segment * PAGE
        page = [Shown(user, _ids(self.tables.profiles[user])) for user in users[first : first + PAGE]]
        following = ScanPosition(position.segment + 1) if first + PAGE < len(users) else None
        return ScanPage(tuple(one for one in page if one.subscription_ids), len(page), following)


def _ids(item: Mapping[str, Any]) -> frozenset[str]:
    shown = {item["subscriptionId"]} if "subscriptionId" in item else set()
    return known_ids(item) | shown


@attrs.frozen
class Named:
    """What Stripe says of users: the account's subscriptions, else what the model's Stripe says."""

    world: "Reconciliation"

    def current(self, asked: Fetch) -> Fetched:
        """A subscription or a customer as it is now."""
        body = self.world.account.bodies.get(asked.object_id)
        if asked.subject != "subscription" or body is None:
            return self.world.tables.stripe(asked)
        return Fetched(read_subscription(body, "subscription", PLAIN), iso(self.world.account.second))


@attrs.frozen
class Repairs:
    """Changes the model."""

    tables: Tables

    def carry(self, conversation: Handling, event: StripeEvent | None, _raw: Mapping[str, Any]) -> Outcome:
        """Hold a conversation with the model."""
        with _ONE_AT_A_TIME:
            return self.tables.hold(conversation, event)

    def write(
        self, request: Write | Commit, event: StripeEvent | None, _raw: Mapping[str, Any]
    ) -> Written | None:
        """Send one write."""
        with _ONE_AT_A_TIME:
            answer = self.tables.execute(request, event)
        return answer if isinstance(answer, Written) else None


@attrs.define
class Reconciliation:
    """Reconcile over the model.

    Attributes:
        account: Stripe.
        tables: The tables.
        policy: The environment's choices.
        livemode: Which mode is accepted.
        selection: What is read of Stripe's objects.
        path: The state file; in memory unless given.
        is_thorough: Whether all newest invoices are asked for.
        workers: How many work side by side; 0: one, in place.
    """

    account: Account = attrs.Factory(Account)
    tables: Tables = attrs.Factory(Tables)
    policy: Policy = attrs.Factory(lambda: Policy(can_ask_stripe=True))
    livemode: Livemode = Livemode.ANY
    selection: Selection = PLAIN
    path: Path = Path(":memory:")
    is_thorough: bool = False
    workers: int = 0

    def comparer(self, found: list[Difference], *, apply: bool, tally: Tally | None = None) -> Comparer:
        """What compares, and notes what it finds."""
        return Comparer(
            Profiles(self.tables),
            Named(self),
            Settings(self.policy, self.livemode, self.selection),
            Repairs(self.tables) if apply else None,
            found.append,
            tally or Tally(),
            payments=NewestPayments(self.account, self.selection, self.is_thorough),
        )

    def run(self, *, apply: bool = False) -> list[Difference]:
        """Both passes; what they found."""
        found: list[Difference] = []
        with Checkpoint.at(self.path, {"apply": apply}) as checkpoint:
            tally = Tally.from_json(checkpoint.read("tally"))
            comparer = self.comparer(found, apply=apply, tally=tally)
            walk = Walk(self.account, Profiles(self.tables), checkpoint, comparer)
            if self.workers:
                worker = Worker(comparer, self.account)
                with Workers.of([worker] * self.workers) as crew:
                    attrs.evolve(walk, crew=crew).run()
            else:
                walk.run()
            checkpoint.finish()
        return found

"""Compares snapshots and events with the real items and, where asked to, repairs what differs.

Each conversation is rehearsed on items that are read in batches. The store carries out only what would change
something, with the decisions and conditions of a live event.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import attrs
from botocore.exceptions import ClientError

from stripe_subscription_handler.comparison.checkpoint import UNREADABLE
from stripe_subscription_handler.comparison.differences import Difference, Kind, differences, missed
from stripe_subscription_handler.comparison.rehearsal import Item, LinkKey, Named, Rehearsed, rehearse
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.comparison.views import Views
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.links import OWNER
from stripe_subscription_handler.conversation.messages import Handling, Links, Outcome
from stripe_subscription_handler.conversation.snapshots import carry, snapshot_event
from stripe_subscription_handler.decisions.compaction import is_closed
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.filters import may_be_ours
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.policy import Livemode, Policy, Unmapped, check_livemode
from stripe_subscription_handler.errors import (
    ConcurrentUpdateError,
    InvalidEventError,
    ItemTooLargeError,
    UserNotFoundError,
)
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.events.selection import Selection

_OF_THIS_ITEM_ALONE = frozenset({"ValidationException", "ItemCollectionSizeLimitExceededException"})
"""DynamoDB's refusals that are about one item; any other ends the run."""
_OF_THIS_EVENT_ALONE = (UserNotFoundError, ConcurrentUpdateError, InvalidEventError, ItemTooLargeError)


class Items(Protocol):
    """Reads the items of users, of subscriptions and of customers, where there are any."""

    def profiles(self, user_ids: Iterable[str]) -> Mapping[str, Item]: ...

    def links(self, keys: Iterable[LinkKey]) -> Mapping[LinkKey, Item]: ...

    def customers(self, customer_ids: Iterable[str]) -> Mapping[str, Item]: ...

    def links_of(self, customer_id: str) -> Links: ...


class Payments(Protocol):
    """Tells newest payments; see `payments.NewestPayments`."""

    def of(self, body: Mapping[str, Any], event: StripeEvent, *, is_known: bool) -> StripeEvent | None: ...


Repair = Callable[[Handling, StripeEvent | None, Mapping[str, Any]], Outcome]
"""Carries a conversation out: the conversation, its event if it has one, and the event as it came."""


@attrs.frozen
class Settings:
    """How events are read and decided.

    Attributes:
        policy: The deployed function's choices; with a key, since the operator has one.
    """

    policy: Policy
    livemode: Livemode
    selection: Selection

    @property
    def snapshot_policy(self) -> Policy:
        """The same for snapshots: one without a user is reported, never parked."""
        return attrs.evolve(self.policy, unmapped=Unmapped.IGNORE)


@attrs.define
class Batch:
    """Some events and the items they are about, which are read together."""

    items: Items
    stripe: Named
    events: Iterable[StripeEvent]
    _profiles: dict[str, Item | None] = attrs.Factory(dict)
    _links: dict[LinkKey, Item | None] = attrs.Factory(dict)
    _customers: dict[str, Item | None] = attrs.Factory(dict)
    _right: dict[str, Item | None] = attrs.Factory(dict)

    def __attrs_post_init__(self) -> None:
        customers = {event.customer_id for event in self.events if event.customer_id is not None}
        keys = {
            (event.customer_id, event.subscription_id)
            for event in self.events
            if event.customer_id is not None and event.subscription_id is not None
        }
        links, records = self.items.links(keys), self.items.customers(customers)
        self._links = {key: links.get(key) for key in keys}
        self._customers = {customer: records.get(customer) for customer in customers}
        users = {event.user_id for event in self.events if event.user_id is not None}
        users |= {link[OWNER] for link in links.values() if OWNER in link}
        profiles = self.items.profiles(users)
        self._profiles = {user: profiles.get(user) for user in users}

    def profile(self, user_id: str) -> Item | None:
        """The item as it is, or as it should be by its own ledger, once that was looked at."""
        return self._right[user_id] if user_id in self._right else self.stored_profile(user_id)

    def stored_profile(self, user_id: str) -> Item | None:
        if user_id not in self._profiles:
            self._profiles[user_id] = self.items.profiles([user_id]).get(user_id)
        return self._profiles[user_id]

    def suppose(self, user_id: str, item: Item | None, *, is_written: bool) -> None:
        """Go on with the item as it should be by its own ledger, which has been written, or has not."""
        self._right[user_id] = item
        if is_written:
            self._profiles[user_id] = item

    def users_of(self, event: StripeEvent) -> set[str]:
        """Whoever owns the event's subscription, or is named by it."""
        link = self._links.get((event.customer_id or "", event.subscription_id or "")) or {}
        return {user for user in (event.user_id, link.get(OWNER)) if user is not None}

    def link(self, key: LinkKey) -> Item | None:
        if key not in self._links:
            self._links[key] = self.items.links([key]).get(key)
        return self._links[key]

    def customer(self, customer_id: str) -> Item | None:
        if customer_id not in self._customers:
            self._customers[customer_id] = self.items.customers([customer_id]).get(customer_id)
        return self._customers[customer_id]

    def subscriptions_of(self, customer_id: str) -> Iterable[str]:
        return self.items.links_of(customer_id).links

    def marks_of(self, customer_id: str) -> frozenset[str]:
        return self.items.links_of(customer_id).marks

    def forget(self, rehearsal: Rehearsed) -> None:
        """Have what a repair has changed read again."""
        for user_id in rehearsal.profiles:
            self._profiles.pop(user_id, None)
            self._right.pop(user_id, None)
        for key in rehearsal.links:
            self._links.pop(key, None)
        for customer_id in rehearsal.customers:
            self._customers.pop(customer_id, None)


@attrs.frozen
class Comparer:
    """Compares, reports and repairs.

    Attributes:
        repair: Carries a conversation out; None where nothing may be changed.
        held_back: Kinds that are neither told nor counted.
        payments: What Stripe says of payments; None where these are not compared.
    """

    items: Items
    stripe: Named
    settings: Settings
    repair: Repair | None
    report: Callable[[Difference], None]
    tally: Tally
    held_back: frozenset[Kind] = frozenset()
    payments: Payments | None = None

    def snapshots(
        self, bodies: Iterable[Mapping[str, Any]], as_of: str, shown_to: Iterable[str] = ()
    ) -> dict[str, str | None]:
        """Compare subscriptions as Stripe shows them, as parsed from JSON.

        They include everything up to the end of the second `as_of`. The items of the users `shown_to` are
        compared too, whoever the owner is.

        Returns:
            Subscription id → user; None where nobody can say, and `UNREADABLE` where it cannot be read.
        """
        owners: dict[str, str | None] = {}
        events = []
        for body in bodies:
            try:
                event = snapshot_event(body, as_of, self.settings.selection)
                check_livemode(event, self.settings.livemode)
            except InvalidEventError as error:
                owners[str(body.get("id"))] = UNREADABLE
                self.tell(Difference(Kind.UNREADABLE, str(body.get("id")), note=str(error)))
                self.views_of(str(body.get("id")), shown_to)
            else:
                events.append((event, body))
        policy = self.settings.snapshot_policy
        batch = Batch(self.items, self.stripe, [event for event, _ in events])
        for event, body in events:
            self._look_at_views(event.subscription_id or "", batch.users_of(event) | set(shown_to), batch)
            payment = self._payment(body, event, batch)
            rehearsal = self._rehearsed(carry(event, policy, shown_to, payment), event, policy, batch)
            outcome = rehearsal.outcome if rehearsal else None
            owners[event.subscription_id or ""] = outcome.user_id if outcome else None
            if rehearsal is None:
                continue
            found = differences(event, rehearsal)
            if outcome and outcome.reason is Reason.FORGOTTEN:
                self.tally.let_alone(event.subscription_id or "", event.customer_id or "")
            if not found and outcome and outcome.reason in {Reason.STALE, Reason.CLAIMED}:
                self.tally.overtaken += 1
            self._finish(found, batch, rehearsal, carry(event, policy, shown_to, payment), event, {})
        return owners

    def _payment(self, body: Mapping[str, Any], event: StripeEvent, batch: Batch) -> StripeEvent | None:
        """What Stripe says of a subscription's newest payment, as far as that matters here."""
        if self.payments is None or not may_be_ours(event, self.settings.policy.shows):
            return None
        subscription_id = event.subscription_id or ""
        ledgers = [Ledger.from_item(batch.profile(user)) for user in sorted(batch.users_of(event))]
        # Where nobody is known to own it, nobody is shown its payments.
        is_known = not ledgers or any(
            one.of(subscription_id).payment is not None or is_closed(one, subscription_id) for one in ledgers
        )
        try:
            return self.payments.of(body, event, is_known=is_known)
        except InvalidEventError as error:
            self.tell(Difference(Kind.UNREADABLE, subscription_id, None, event.customer_id, note=str(error)))
            return None

    def listed_events(self, bodies: Iterable[Mapping[str, Any]]) -> None:
        """Compare events of Stripe's list, as parsed from JSON: was each of them handled?"""
        events = []
        for body in bodies:
            try:
                event = parse_event(body, self.settings.selection)
                check_livemode(event, self.settings.livemode)
            except InvalidEventError as error:
                event_id = str(body.get("id"))
                self.tell(Difference(Kind.UNREADABLE, "", note=str(error), event_id=event_id))
            else:
                events.append((event, body))
        batch = Batch(self.items, self.stripe, [event for event, _ in events])
        policy = self.settings.policy
        for event, body in events:
            rehearsal = self._rehearsed(handling(event, policy), event, policy, batch, event.id)
            if rehearsal is not None:
                found = missed(event, rehearsal)
                self._finish(found, batch, rehearsal, handling(event, policy), event, body)

    def unknown(self, subscription_id: str, user_id: str) -> None:
        """Report a profile whose subscription Stripe does not have."""
        note = "Stripe has no such subscription; nothing is changed, it may be the key of another account"
        self.tell(Difference(Kind.UNKNOWN_TO_STRIPE, subscription_id, user_id, note=note))
        self.views_of(subscription_id, [user_id])

    def views_of(self, subscription_id: str, user_ids: Iterable[str]) -> None:
        """Look at the views that are told with a subscription of which Stripe says nothing of use."""
        self._look_at_views(subscription_id, set(user_ids), Batch(self.items, self.stripe, ()))

    def _look_at_views(self, subscription_id: str, user_ids: set[str], batch: Batch) -> None:
        """Look at some views, tell those that go with this subscription, and go on as if they were right."""
        carry = None if self.repair is None else self._carry
        views = Views(self.settings.policy, carry, self.tell, self.tally)
        # One that is repaired is told at first sight: it is right from then on.
        told_with = subscription_id if carry is None else None
        for user_id in sorted(user_ids):
            right = views.look(user_id, batch.stored_profile(user_id), told_with)
            batch.suppose(user_id, right, is_written=carry is not None)

    def _carry(self, conversation: Handling) -> str | None:
        return self._repaired(conversation, None, {})

    def _rehearsed(
        self,
        conversation: Handling,
        event: StripeEvent,
        policy: Policy,
        batch: Batch,
        event_id: str | None = None,
    ) -> Rehearsed | None:
        try:
            return rehearse(conversation, event, policy, batch)
        except (UserNotFoundError, InvalidEventError) as error:
            # A live event would end so too: a customer with several users is never guessed, and a slip in a
            # label is no user.
            about = event.subscription_id or "", None, event.customer_id
            self.tell(Difference(Kind.UNMAPPED, *about, note=str(error), event_id=event_id))
            return None

    def _finish(
        self,
        found: list[Difference],
        batch: Batch,
        rehearsal: Rehearsed,
        conversation: Handling,
        event: StripeEvent,
        raw: Mapping[str, Any],
    ) -> None:
        if self.repair is None or not any(one.can_be_repaired for one in found):
            for one in found:
                self.tell(one)
            return
        note = self._repaired(conversation, event, raw)
        batch.forget(rehearsal)
        for one in found:
            done = one.can_be_repaired and note is None
            self.tell(attrs.evolve(one, repaired=done, note=note or one.note))

    def _repaired(
        self, conversation: Handling, event: StripeEvent | None, raw: Mapping[str, Any]
    ) -> str | None:
        repair = self.repair
        assert repair is not None  # noqa: S101 - for the type checker; asked by the caller
        return why_not(lambda: repair(conversation, event, raw))

    def tell(self, difference: Difference) -> None:
        """Count a difference and report it, unless its kind is held back."""
        if difference.kind in self.held_back:
            return
        self.tally.add(difference)
        self.report(difference)


def why_not(carry_out: Callable[[], object]) -> str | None:
    """Carry something out that is about one profile; None, or why it could not be.

    Raises:
        botocore.exceptions.ClientError: DynamoDB refused, and not for this profile's sake.
    """
    try:
        carry_out()
    except _OF_THIS_EVENT_ALONE as error:
        return str(error)
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if code not in _OF_THIS_ITEM_ALONE:
            raise
        return f"DynamoDB refused the write: {code}"
    return None

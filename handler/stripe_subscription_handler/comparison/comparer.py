"""Compares snapshots and events with the real items and, where asked to, repairs what differs.

Each conversation is rehearsed on items that are read in batches. Only what would change something is carried
out, with the decisions and conditions of a live event. Where the rehearsal came down to one write, that write
is sent as it is: where something else was written since, its condition fails, and the conversation is held
with the tables themselves.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import attrs
from botocore.exceptions import ClientError

from stripe_subscription_handler.comparison.batch import Batch, Items
from stripe_subscription_handler.comparison.checkpoint import UNREADABLE
from stripe_subscription_handler.comparison.differences import Difference, Kind, differences, missed
from stripe_subscription_handler.comparison.rehearsal import Named, Rehearsed, rehearse
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.comparison.views import Views
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Commit, Handling, Outcome, Written
from stripe_subscription_handler.conversation.snapshots import carry, snapshot_event
from stripe_subscription_handler.decisions.compaction import is_closed
from stripe_subscription_handler.decisions.decision import Reason, Write
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


class Payments(Protocol):
    """Tells newest payments; see `payments.NewestPayments`."""

    def of(self, body: Mapping[str, Any], event: StripeEvent, *, is_known: bool) -> StripeEvent | None: ...


class Repair(Protocol):
    """Changes the tables. `raw` is the event as it came, which is kept where an event is parked."""

    def carry(self, conversation: Handling, event: StripeEvent | None, raw: Mapping[str, Any]) -> Outcome:
        """Hold a conversation with the tables; `event` is the one it is about, if there is one."""

    def write(
        self, request: Write | Commit, event: StripeEvent | None, raw: Mapping[str, Any]
    ) -> Written | None:
        """Send one write; None where its conditions do not hold."""


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


@attrs.frozen
class Comparer:
    """Compares, reports and repairs.

    Attributes:
        repair: Changes the tables; None where nothing may be changed.
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
        note = self._write_or_carry(batch, rehearsal, conversation, event, raw)
        for one in found:
            done = one.can_be_repaired and note is None
            self.tell(attrs.evolve(one, repaired=done, note=note or one.note))

    def _write_or_carry(
        self,
        batch: Batch,
        rehearsal: Rehearsed,
        conversation: Handling,
        event: StripeEvent,
        raw: Mapping[str, Any],
    ) -> str | None:
        """Repair as rehearsed, or else as things are by now; None, or why it could not be."""
        repair, only = self.repair, rehearsal.only_write
        assert repair is not None  # noqa: S101 - for the type checker; asked by the caller
        written: list[Written | None] = []
        if only is not None:
            note = why_not(lambda: written.append(repair.write(only, event, raw)))
            if note is not None:
                return note
        if written and written[0] is not None:
            batch.learn(rehearsal, written[0].revision)
            return None
        note = self._repaired(conversation, event, raw)
        batch.forget(rehearsal)
        return note

    def _repaired(
        self, conversation: Handling, event: StripeEvent | None, raw: Mapping[str, Any]
    ) -> str | None:
        repair = self.repair
        assert repair is not None  # noqa: S101 - for the type checker; asked by the caller
        return why_not(lambda: repair.carry(conversation, event, raw))

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

"""One question of the operation `sync`, from Stripe to the answer.

What Stripe shows goes the way of the command `sync` (`comparison.up_to_date`), so asking writes nothing that
events would not write, and an event that comes later changes nothing. Whose a subscription is says its link,
when all is written.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import attrs

from stripe_subscription_handler.comparison import up_to_date
from stripe_subscription_handler.comparison.checkpoint import UNREADABLE
from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.comparison.up_to_date import Told, Wanted, bring_up_to_date
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.conversation.messages import Handling, ItemSeen, Links, Outcome
from stripe_subscription_handler.conversation.snapshots import session_event
from stripe_subscription_handler.decisions.policy import LIVEMODE, check_livemode
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.checkout_sessions import named_user
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.operations.answers import Refusal, Shown
from stripe_subscription_handler.operations.question import Question
from stripe_subscription_handler.stripe_side.api import Snapshot

Answer = Shown | Refusal
WRONG_OWNER = Refusal("wrong_owner", "it is not this user's")
"""All that is told of what is somebody else's."""
_NOBODYS = Refusal("unmapped", "nobody says whose it is: no label, no session, no customer's metadata")
_FORGOTTEN = Refusal(
    "forgotten", "it was forgotten, and is let alone: stripe-handler forget --undo lifts that"
)
_NO_PROFILE = Refusal("no_profile", "its user has no profile item, and none is made (create_missing_profile)")
_ANOTHER_APPS = Refusal("not_ours", "it is another app's, by handled_product_ids or required_metadata")
_SEVERAL = Refusal("several_owners", "the customer's subscriptions are of several users: say whose are meant")
_NOTHING_KNOWN = Refusal(
    "nothing_known",
    "the user's profile tells of no subscription: ask with a session, subscription or customer",
)


def not_found(kind: str) -> Refusal:
    return Refusal("not_found", f"Stripe has no such {kind.replace('_', ' ')}")


class Stripe(up_to_date.Stripe, Protocol):
    """Stripe, as far as one question goes."""

    def checkout_session(self, session_id: str) -> Snapshot | None: ...


class Kept(Protocol):
    """What is kept of users: conversations change it, and what they left is read."""

    def run(self, conversation: Handling, raw: Mapping[str, Any]) -> Outcome: ...

    def seen(self, user_id: str) -> ItemSeen: ...

    def link_of(self, customer_id: str, subscription_id: str) -> Link | None: ...

    def links_of(self, customer_id: str) -> Links: ...


@attrs.frozen
class Asking:
    """One question on its way to its answer.

    Attributes:
        comparer: Repairs, and reports into `found`.
        found: What differed so far.
    """

    question: Question
    kept: Kept
    stripe: Stripe
    comparer: Comparer
    found: list[Difference]

    def answer(self) -> Answer:
        match self.question.kind:
            case "checkout_session":
                return self._of_session()
            case "subscription":
                return self._of_subscription(self.question.id)
            case "customer":
                return self._of_customer(self.question.id)
            case "user_id":
                return self._of_user(self.question.id)

    def _of_session(self) -> Answer:
        snapshot = self.stripe.checkout_session(self.question.id)
        if snapshot is None:
            return not_found(self.question.kind)
        selection, body = self.comparer.settings.selection, snapshot.object
        try:
            event = session_event(body, snapshot.as_of, selection)
            named = named_user(body, "checkout.session", selection)
        except InvalidEventError as error:
            return Refusal("unreadable", str(error))
        is_for_another = named is not None and not self.question.is_for(named)
        refusal = self._unfit(event, body)
        if refusal is not None:
            return WRONG_OWNER if is_for_another else refusal
        if named is not None and not is_for_another:
            self._claim(event)
        answer = self._of_subscription(event.subscription_id or "")
        # Where nothing better names the expected user, it is whoever's the session names.
        return WRONG_OWNER if is_for_another and isinstance(answer, Refusal) else answer

    def _unfit(self, event: StripeEvent, body: Mapping[str, Any]) -> Refusal | None:
        """Why a session tells of no subscription of ours, if it tells of none."""
        try:
            check_livemode(event, self.comparer.settings.livemode)
        except InvalidEventError as error:
            return Refusal("livemode_mismatch", str(error))
        if body.get("mode") not in {None, "subscription"}:  # the oldest sessions have no mode
            return Refusal("not_a_subscription", "the checkout session is of another mode than subscription")
        if event.subscription_id is None or body.get("status") != "complete":
            status = str(body.get("status"))
            why = f"the checkout session is {status}: it has made no subscription yet"
            return Refusal("not_completed", why, {"status": status})
        return None

    def _claim(self, event: StripeEvent) -> None:
        """Say whose the session's subscription is, as the session's own event does."""
        try:
            self.kept.run(handling(event, self.comparer.settings.snapshot_policy), {})
        except InvalidEventError:
            # What it names is no user id, as a cart's number is none. The subscription's label may name one.
            return

    def _of_subscription(self, subscription_id: str) -> Answer:
        told = self._brought(Wanted(subscription_ids=frozenset({subscription_id})))
        if subscription_id in told.unknown:
            return not_found("subscription")
        customer_id = told.customers.get(subscription_id)
        link = self.kept.link_of(customer_id, subscription_id) if customer_id else None
        if link is not None and link.owner is not None and not self.question.is_for(link.owner):
            return WRONG_OWNER
        if told.owners.get(subscription_id) == UNREADABLE:
            return self._unreadable(subscription_id)
        if link is None or link.owner is None:
            return self._nobodys([link] if link else [])
        return self._shown(link.owner)

    def _of_customer(self, customer_id: str) -> Answer:
        told = self._brought(Wanted(customer_ids=frozenset({customer_id})))
        if not told.owners:
            return Refusal("no_subscriptions", "Stripe has no subscription of this customer")
        links = [link for one, link in self.kept.links_of(customer_id).links.items() if one in told.owners]
        owners = {link.owner for link in links if link.owner is not None}
        expected = self.question.expected_user_id
        if not owners:
            return self._nobodys(links)
        if expected is not None:
            return self._shown(expected) if expected in owners else WRONG_OWNER
        return self._shown(owners.pop()) if len(owners) == 1 else _SEVERAL

    def _of_user(self, user_id: str) -> Answer:
        if not self.question.is_for(user_id):
            return WRONG_OWNER
        told = bring_up_to_date(Wanted(user_id), self.stripe, self.kept.seen(user_id).item, self.comparer)
        return _NOTHING_KNOWN if told is None else self._shown(user_id)

    def _brought(self, wanted: Wanted) -> Told:
        return bring_up_to_date(wanted, self.stripe, None, self.comparer) or Told({})

    def _shown(self, user_id: str) -> Answer:
        """The user's profile as it is now, if the question may be answered with it."""
        if not self.question.is_for(user_id):
            return WRONG_OWNER
        own_names = tuple(self.comparer.settings.policy.shows.profile_attributes)
        answer = Shown(user_id, self.kept.seen(user_id).item, tuple(self.found), own_names)
        failed = next((one for one in answer.left if one.can_be_repaired), None)
        return answer if failed is None else Refusal("not_written", failed.note)

    def _nobodys(self, links: Iterable[Link]) -> Refusal:
        """Why nobody is shown it; a link without an owner names the user who has no profile."""
        if self.comparer.tally.forgotten:
            return _FORGOTTEN
        users = {link.claim.user_id for link in links}
        if users:
            return _NO_PROFILE if any(map(self.question.is_for, users)) else WRONG_OWNER
        unmapped = next((one for one in self.found if one.kind is Kind.UNMAPPED), None)
        return _ANOTHER_APPS if unmapped is None else _NOBODYS

    def _unreadable(self, subscription_id: str) -> Refusal:
        told = (one for one in self.found if one.subscription_id == subscription_id)
        note = next((one.note for one in told if one.kind is Kind.UNREADABLE), "")
        is_other_mode = note.startswith(f"{LIVEMODE}:")
        return Refusal("livemode_mismatch" if is_other_mode else "unreadable", note)

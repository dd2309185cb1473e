"""What a user's profile must show of his subscriptions, as the README tells it. Pure.

It is worked out from Stripe's own objects and knows nothing of registers, versions or earlier events. It asks
nothing of the library but what the app's settings are.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
import jmespath

from stripe_subscription_handler.decisions.view_settings import ViewSettings
from support.happenings import DEAD, Fact

Body = Mapping[str, Any]
View = dict[str, Any]

FOREVER = 253_402_300_799
"""9999-12-31T23:59:59Z."""
HOUR, DAY = 3_600, 86_400
CLASSES = ("active trialing past_due", "a_future_word", "unpaid paused", "incomplete")
"""Statuses of the living from the best to the worst, as the app wants to see them."""
IN_THEIR_CLASS = ("active", "trialing", "past_due")
"""Statuses of one class, the best first; below them those whose collection is paused, but for past_due."""
WITH_GRACE = frozenset({"active", "trialing", "past_due"})
NO_ACCESS = frozenset({"incomplete", "unpaid", "paused", *DEAD})
PAYMENT_WORDS = {"paid": "succeeded", "void": "voided", "uncollectible": "uncollectible"}
"""An invoice's status → what the app reads; of any other invoice the event's type tells it."""
TYPE_WORDS = {"invoice.payment_failed": "failed"}
WHEN = {"succeeded": "paid_at", "voided": "voided_at", "uncollectible": "marked_uncollectible_at"}
VIEW = frozenset(
    {
        "entitlements",
        "lastPaymentAmount",
        "lastPaymentAt",
        "lastPaymentAttemptCount",
        "lastPaymentCurrency",
        "lastPaymentInvoiceId",
        "lastPaymentStatus",
        "nextPaymentAttemptAt",
        "stripeCustomerId",
        "subscriptionAccessUntil",
        "subscriptionCancelAt",
        "subscriptionCancelAtPeriodEnd",
        "subscriptionCanceledAt",
        "subscriptionCurrentPeriodEnd",
        "subscriptionCurrentPeriodStart",
        "subscriptionId",
        "subscriptionPauseCollection",
        "subscriptionPauseResumesAt",
        "subscriptionPriceId",
        "subscriptionProductId",
        "subscriptionProducts",
        "subscriptionQuantity",
        "subscriptionStatus",
        "subscriptionTrialEnd",
    }
)
"""Every attribute that the app may read, but for those that it chose itself."""


@attrs.frozen
class Paid:
    """The newest invoice of a subscription in its newest state.

    Attributes:
        body: Stripe's object.
        word: `succeeded`, `failed`, `voided` or `uncollectible`.
        at: When that happened, Unix time.
    """

    body: Body
    word: str
    at: int

    @classmethod
    def told_by(cls, fact: Fact) -> "Paid":
        """What an event tells of its invoice."""
        body: Body = fact.bill or {}
        word = PAYMENT_WORDS.get(body["status"]) or TYPE_WORDS[fact.event.type]
        return cls(body, word, body["status_transitions"].get(WHEN.get(word)) or fact.second)

    def view(self, *, is_owed: bool) -> View:
        """What the app reads of it; `is_owed`: whether its subscription lives, so that Stripe tries again."""
        is_paid = self.word == "succeeded"
        again = self.body["next_payment_attempt"] if is_owed and self.word == "failed" else None
        return {
            "lastPaymentStatus": self.word,
            "lastPaymentAt": iso(self.at),
            "lastPaymentInvoiceId": self.body["id"],
            "lastPaymentAmount": self.body["amount_paid" if is_paid else "amount_due"],
            "lastPaymentCurrency": self.body["currency"],
            "lastPaymentAttemptCount": self.body["attempt_count"],
            "nextPaymentAttemptAt": iso(again),
        }


def iso(moment: int | None) -> str | None:
    """A Unix time as the item has it."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(body: Body) -> list[Body]:
    """The items of a subscription that are not deleted, in Stripe's order."""
    return [item for item in body["items"]["data"] if not item.get("deleted")]


def is_ours(body: Body, settings: ViewSettings) -> bool:
    """Whether the app sells this subscription, and not another app on the same account."""
    handled, wanted = settings.handled_product_ids, settings.required_metadata
    sells = not handled or any(product(item) in handled for item in listed(body))
    return sells and all(body["metadata"].get(key) == value for key, value in wanted.items())


def may_tell_of_ours(fact: Fact, settings: ViewSettings) -> bool:
    """Whether it tells of a subscription that is ours or was until then, or does not tell whose it is."""
    if fact.bill is None:
        return any(is_ours(body, settings) for body in (fact.old, fact.new) if body)
    lines, handled = fact.bill.get("lines"), settings.handled_product_ids
    bills = {line["pricing"]["price_details"]["product"] for line in lines["data"]} if lines else handled
    words = fact.bill["parent"]["subscription_details"].get("metadata")
    tags = settings.required_metadata.items()
    is_tagged = words is None or all(words.get(key) == value for key, value in tags)
    return is_tagged and (not handled or bool(bills & handled))


def product(item: Body) -> str:
    """The product of an item."""
    found: str = item["price"]["product"]
    return found


def true_view(held: Sequence[tuple[Body, Paid | None]], settings: ViewSettings) -> View:
    """The view of a user who has these subscriptions, each with its newest invoice."""
    seen = [Seen(body, paid, settings) for body, paid in held if is_ours(body, settings)]
    living = [one for one in seen if one.lives]
    if not seen:
        return {}
    shown = max(living or seen, key=lambda one: one.standing)
    view = {**shown.fields(), **shown.own(), **_access(living, shown)}
    if shown.paid is not None:
        view |= shown.paid.view(is_owed=shown.lives)
    return {name: value for name, value in view.items() if value is not None}


@attrs.frozen
class Seen:
    """A subscription that is ours."""

    body: Body
    paid: Paid | None
    settings: ViewSettings

    @property
    def id(self) -> str:
        """Stripe's id."""
        found: str = self.body["id"]
        return found

    @property
    def status(self) -> str:
        """Stripe's word."""
        found: str = self.body["status"]
        return found

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self.status not in DEAD

    @property
    def items(self) -> list[Body]:
        """What it sells, the plan first."""
        return sorted(listed(self.body), key=lambda item: (self._place(item), _is_metered(item)))

    def _place(self, item: Body) -> int:
        plans = self.settings.plan_product_ids
        return plans.index(product(item)) if product(item) in plans else len(plans)

    @property
    def standing(self) -> tuple[Any, ...]:
        """The one with the highest is shown, among the living or else among the dead."""
        place = -min(map(self._place, listed(self.body)))
        if not self.lives:
            return (self.status == "canceled", self.body["ended_at"], place, self.id)
        is_held = self.body.get("pause_collection") is not None and self.status != "past_due"
        words = () if is_held else IN_THEIR_CLASS
        rank = words.index(self.status) if self.status in words else len(IN_THEIR_CLASS)
        kind = next(number for number, words in enumerate(CLASSES) if self.status in words.split())
        has_plan = place > -len(self.settings.plan_product_ids)
        return (-kind, has_plan, -rank, place, self.body["created"], self.id)

    def until(self, item: Body) -> int | None:
        """Until when an item gives access, Unix time; None: it gives none."""
        is_held = self.body.get("pause_collection") is not None
        if self.status in NO_ACCESS or (is_held and not self.settings.access_while_collection_paused):
            return None
        end = item.get("current_period_end") or self.body.get("current_period_end")
        cancel = self.body["cancel_at"]
        if cancel is None and self.body["cancel_at_period_end"]:
            cancel = end
        grace = self.settings.access_renewal_grace_hours * HOUR if self.status in WITH_GRACE else 0
        bounds = [FOREVER if end is None else end + grace, FOREVER if cancel is None else cancel, FOREVER]
        days = self.settings.access_past_due_days
        if self.status == "past_due" and days is not None:
            if days == 0:
                return None
            bounds.append(self._unpaid_since() + days * DAY)
        return min(bounds)

    def _unpaid_since(self) -> int:
        whole = self.body.get("current_period_start")
        starts = [item.get("current_period_start") or whole for item in listed(self.body)]
        if self.paid is not None and self.paid.word == "failed":
            starts.append(self.paid.body["created"])
        return max(start for start in starts if start is not None)

    def fields(self) -> View:
        """What the app reads of it where it is the one that is shown."""
        body, plan = self.body, self.items[0]
        start, end = self._period()
        pause = body.get("pause_collection") or {}
        return {
            "subscriptionId": self.id,
            "subscriptionStatus": self.status,
            "subscriptionPriceId": plan["price"]["id"],
            "subscriptionProductId": product(plan),
            "subscriptionQuantity": plan.get("quantity"),
            "subscriptionCurrentPeriodStart": iso(start),
            "subscriptionCurrentPeriodEnd": iso(end),
            "subscriptionTrialEnd": iso(body["trial_end"]),
            "subscriptionCancelAt": iso(body["cancel_at"]),
            "subscriptionCanceledAt": iso(body["canceled_at"]),
            "subscriptionCancelAtPeriodEnd": body["cancel_at_period_end"]
            or (end is not None and body["cancel_at"] == end),
            "subscriptionPauseCollection": pause.get("behavior"),
            "subscriptionPauseResumesAt": iso(pause.get("resumes_at")),
            "stripeCustomerId": body["customer"],
        }

    def _period(self) -> tuple[int | None, int | None]:
        periods = [(one.get("current_period_start"), one.get("current_period_end")) for one in self.items]
        periods = [(start, end) for start, end in periods if end is not None]
        if not periods:
            return self.body.get("current_period_start"), self.body.get("current_period_end")
        return max(periods, key=lambda period: period[1])

    def own(self) -> View:
        """What the app chose itself."""
        chosen = self.settings.profile_attributes.items()
        return {name: jmespath.search(text, self.body) for name, text in chosen}


def _is_metered(item: Body) -> bool:
    found: bool = (item["price"].get("recurring") or {}).get("usage_type") == "metered"
    return found


def _access(living: Sequence[Seen], shown: Seen) -> View:
    """Until when the user has access at all, and to which products."""
    if not living:
        ended = shown.body["ended_at"] if shown.status == "canceled" else None
        return {"subscriptionAccessUntil": iso(ended)}
    until: dict[str, int] = {}
    told: dict[str, Any] = {}
    for one in sorted(living, key=lambda one: one.standing):
        for item in reversed(one.items):  # the better ones come later, and stay
            moment = one.until(item)
            if moment is not None:
                until[product(item)] = max(moment, until.get(product(item), 0))
                told[product(item)] = _as_product(one, item)
    products = {key: {"accessUntil": iso(until[key]), **told[key]} for key in told}
    return {
        "subscriptionAccessUntil": iso(max(until.values(), default=None)),
        "subscriptionProducts": products or None,
    }


def _as_product(one: Seen, item: Body) -> View:
    found = {
        "status": one.status,
        "subscriptionId": one.id,
        "priceId": item["price"]["id"],
        "lookupKey": item["price"].get("lookup_key"),
        "quantity": item.get("quantity"),
    }
    return {name: value for name, value in found.items() if value is not None}

"""The profile as an app asks it: an answer is a function of the item and, where time matters, of `now`. Pure.

Nothing here looks at a clock, so a test of the app can ask for any moment.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from stripe_subscription_handler.reading.dynamodb_json import plain_item
from stripe_subscription_handler.reading.subscriptions import LiveSubscription, live_subscriptions
from stripe_subscription_handler.reading.values import (
    Reader,
    T,
    flag,
    mapping,
    moment,
    optional,
    required,
    text,
    texts,
    type_name,
    whole_number,
)

_ENDED = "canceled"


@attrs.frozen
class ProductAccess:
    """What the user has of one product.

    Attributes:
        access_until: Until when, the latest over all items with this product in all subscriptions.
        status: Status of the subscription that gives it: the best one where several do.
        quantity: Seats; None where the price is metered.
    """

    product_id: str
    access_until: datetime
    status: str
    subscription_id: str
    price_id: str
    lookup_key: str | None
    quantity: int | None


@attrs.frozen
class LastPayment:
    """The newest invoice of the subscription shown, in its newest state.

    Attributes:
        status: `succeeded`, `failed`, `voided` or `uncollectible`; the last two are no longer owed.
        at: When that state came about.
        amount: What was paid, or what was due, in the currency's minor units.
        currency: Three-letter code in lower case.
        attempt_count: How often Stripe has tried so far.
        next_attempt_at: When Stripe will try again; None where it will not, or need not.
    """

    status: str
    at: datetime | None
    invoice_id: str | None
    amount: int | None
    currency: str | None
    attempt_count: int | None
    next_attempt_at: datetime | None


@attrs.frozen
class Profile:
    """A user's profile item, read.

    An attribute is read when it is asked for, so a slip of the app in one attribute does not take away the
    answer that another one gives. Every answer may raise `MalformedProfileError`, which names the attribute.

    All times are aware datetimes in UTC. `now` is always given by the caller; it must be aware too, or a
    `ValueError` says so. Under one of Stripe's test clocks it is the clock's time.

    >>> from datetime import UTC, datetime
    >>> from stripe_subscription_handler.reading import Profile
    >>> profile = Profile.from_item({
    ...     "PK": "USER#user_42",
    ...     "SK": "PROFILE",
    ...     "theme": "dark",
    ...     "subscriptionStatus": "past_due",
    ...     "subscriptionAccessUntil": "2026-12-03T12:00:00Z",
    ...     "subscriptionProducts": {
    ...         "prod_team": {
    ...             "accessUntil": "2026-12-03T12:00:00Z",
    ...             "status": "past_due",
    ...             "subscriptionId": "sub_1",
    ...             "priceId": "price_team_monthly",
    ...             "quantity": 5,
    ...         },
    ...     },
    ...     "lastPaymentStatus": "failed",
    ...     "nextPaymentAttemptAt": "2026-12-02T12:00:00Z",
    ...     "entitlements": {"audit_log"},
    ... })
    >>> now = datetime(2026, 12, 1, tzinfo=UTC)
    >>> profile.has_access(now), profile.has_access(datetime(2027, 1, 1, tzinfo=UTC))
    (True, False)
    >>> profile.has_product("prod_team", now), profile.quantity("prod_team", now)
    (True, 5)
    >>> profile.payment.status, profile.payment.next_attempt_at.isoformat()
    ('failed', '2026-12-02T12:00:00+00:00')
    >>> profile.has_entitlement("audit_log"), profile.own("theme")
    (True, 'dark')
    >>> Profile.from_item(None).has_access(now)
    False
    """

    _item: Mapping[str, Any] = attrs.field(repr=False)

    @classmethod
    def from_item(cls, item: Mapping[str, Any] | None) -> "Profile":
        """Read an item as DynamoDB gave it, or None where there is none: a profile without anything.

        Args:
            item: Plain values, as boto3's resource gives them or as they came through JSON; or DynamoDB JSON,
                as the client, streams and the AWS CLI give it. The item shows which of the two it is:
                DynamoDB JSON has each value in a map with its type.

        Raises:
            TypeError: It is no item, or the whole answer of `get_item`, which has the item under `Item`.
        """
        if item is None:
            return cls({})
        if not isinstance(item, Mapping):
            raise TypeError(f"an item is a map of attributes, not {type_name(item)}")
        if "ResponseMetadata" in item:
            raise TypeError("this is get_item's whole answer; the item is answer.get('Item')")
        return cls(plain_item(item))

    def has_access(self, now: datetime) -> bool:
        """Whether the user may use what is sold: until `access_until`, and no more at that moment itself."""
        return _is_before(now, self.access_until)

    @property
    def access_until(self) -> datetime | None:
        """Until when there is access, grace included; None for none. It may be past."""
        return self._optional("subscriptionAccessUntil", moment)

    def has_product(self, product_id: str, now: datetime) -> bool:
        product = self._product(product_id)
        return _is_before(now, product.access_until if product else None)

    def quantity(self, product_id: str, now: datetime) -> int | None:
        """How many of a product: 0 without access to it, None where it is had without a number (metered)."""
        product = self._product(product_id)
        is_had = _is_before(now, product.access_until if product else None)
        return product.quantity if product and is_had else 0

    @property
    def products(self) -> dict[str, ProductAccess]:
        """Every product on the item by its id, also one whose access is over by now."""
        found = self._optional("subscriptionProducts", mapping) or {}
        return {product_id: _product(found, product_id) for product_id in found}

    def _product(self, product_id: str) -> ProductAccess | None:
        found = self._optional("subscriptionProducts", mapping) or {}
        return _product(found, product_id) if product_id in found else None

    @property
    def status(self) -> str | None:
        """Stripe's own word for the subscription shown. Whether there is access, `has_access` tells."""
        return self._optional("subscriptionStatus", text)

    @property
    def subscription_id(self) -> str | None:
        """The subscription shown: the best one where the user has several."""
        return self._optional("subscriptionId", text)

    @property
    def customer_id(self) -> str | None:
        """The Stripe customer who pays the subscription shown; the billing portal asks for it."""
        return self._optional("stripeCustomerId", text)

    @property
    def price_id(self) -> str | None:
        """Price of the plan."""
        return self._optional("subscriptionPriceId", text)

    @property
    def product_id(self) -> str | None:
        """Product of the plan."""
        return self._optional("subscriptionProductId", text)

    def on_trial(self, now: datetime) -> bool:
        """Whether the subscription shown is a trial that has not ended yet."""
        trial_end = self._optional("subscriptionTrialEnd", moment)
        is_before = _is_before(now, trial_end)
        return self.status == "trialing" and (is_before or trial_end is None)

    @property
    def ends_at(self) -> datetime | None:
        """When the subscription shown ends or has ended; None where it goes on.

        Where it is canceled, that is when it ended, or at least when that was asked for; else the time Stripe
        will cancel it, or the period's end where it ends with its period. Access may last longer, by another
        subscription or by grace.
        """
        if self.status == _ENDED:
            return self.access_until or self._optional("subscriptionCanceledAt", moment)
        cancel_at = self._optional("subscriptionCancelAt", moment)
        if cancel_at is None and self._optional("subscriptionCancelAtPeriodEnd", flag):
            return self._optional("subscriptionCurrentPeriodEnd", moment)
        return cancel_at

    @property
    def payment(self) -> LastPayment | None:
        """The newest invoice of the subscription shown; None before there is one."""
        status = self._optional("lastPaymentStatus", text)
        if status is None:
            return None
        return LastPayment(
            status=status,
            at=self._optional("lastPaymentAt", moment),
            invoice_id=self._optional("lastPaymentInvoiceId", text),
            amount=self._optional("lastPaymentAmount", whole_number),
            currency=self._optional("lastPaymentCurrency", text),
            attempt_count=self._optional("lastPaymentAttemptCount", whole_number),
            next_attempt_at=self._optional("nextPaymentAttemptAt", moment),
        )

    @property
    def entitlements(self) -> frozenset[str]:
        """Lookup keys of the features that Stripe's Entitlements give the user."""
        return self._optional("entitlements", texts) or frozenset()

    def has_entitlement(self, key: str) -> bool:
        return key in self.entitlements

    @property
    def is_collection_paused(self) -> bool:
        """Whether Stripe collects no payments for the subscription shown; the customer keeps the service."""
        return self._optional("subscriptionPauseCollection", text) is not None

    @property
    def collection_resumes_at(self) -> datetime | None:
        """When collecting begins again; None where Stripe has no such time."""
        return self._optional("subscriptionPauseResumesAt", moment)

    @property
    def subscriptions(self) -> tuple[LiveSubscription, ...]:
        """Each subscription that has not ended: the one shown, then the others, the oldest first."""
        return live_subscriptions(self._item, self.subscription_id)

    def own(self, name: str, default: Any = None) -> Any:
        """Return the plain value of any attribute, one of `profile_attributes` or of the app's own, say."""
        return self._item.get(name, default)

    def _optional(self, name: str, reader: Reader[T]) -> T | None:
        return optional(self._item, name, reader)


def _product(products: Mapping[str, Any], product_id: str) -> ProductAccess:
    path = "subscriptionProducts."
    fields = required(products, product_id, mapping, path)
    path = f"{path}{product_id}."
    return ProductAccess(
        product_id=product_id,
        access_until=required(fields, "accessUntil", moment, path),
        status=required(fields, "status", text, path),
        subscription_id=required(fields, "subscriptionId", text, path),
        price_id=required(fields, "priceId", text, path),
        lookup_key=optional(fields, "lookupKey", text, path),
        quantity=optional(fields, "quantity", whole_number, path),
    )


def _is_before(now: datetime, until: datetime | None) -> bool:
    if not isinstance(now, datetime):
        raise TypeError(f"`now` must be a datetime, not {type_name(now)}")
    if now.utcoffset() is None:
        raise ValueError("`now` has no time zone, so it names no moment; give an aware datetime, in UTC say")
    return until is not None and now < until

"""The contract: each attribute that an app reads off the profile item, its type and its meaning. Pure data.

docs/profile.schema.json, docs/profile.d.ts and the table in docs/reading-a-profile.md are generated from this
(`make contract`). Own attributes (`profile_attributes`) are not in it: their names are the app's choice.
"""

import enum
from collections.abc import Mapping

import attrs


class Kind(enum.StrEnum):
    """What an attribute's value is."""

    TEXT = "text"
    TIME = "time"
    """Text: ISO-8601 UTC with whole seconds, as in `2026-11-30T18:00:00Z`. Text order is time order."""
    WHOLE_NUMBER = "whole number"
    FLAG = "true or false"
    TEXTS = "set of texts"
    PRODUCTS = "products"
    """A map from a product's id to what is known of it, by `PRODUCT_FIELDS`."""


@attrs.frozen
class Attribute:
    """One attribute of the item, or one field of a product.

    Attributes:
        meaning: What its value tells, in one or two sentences for people.
        is_required: Whether it is never absent; only fields of a product are.
        words: All that the text can be; empty where Stripe, or nobody, decides that.
    """

    kind: Kind
    meaning: str
    is_required: bool = False
    words: tuple[str, ...] = ()


ATTRIBUTES: Mapping[str, Attribute] = {
    "subscriptionAccessUntil": Attribute(
        Kind.TIME,
        "Until when the user has access, grace included. Absent: no access. In the past: no access any more.",
    ),
    "subscriptionProducts": Attribute(
        Kind.PRODUCTS,
        "Every product that gives access, by its id. Absent when there is none.",
    ),
    "subscriptionId": Attribute(
        Kind.TEXT, "The subscription shown, the best one where the user has several."
    ),
    "subscriptionStatus": Attribute(
        Kind.TEXT,
        "Stripe's own word: `trialing`, `active`, `past_due`, `incomplete`, `incomplete_expired`, `unpaid`, "
        "`paused`, `canceled`, or one that Stripe may invent. It does not say whether the user has access.",
    ),
    "stripeCustomerId": Attribute(Kind.TEXT, "The Stripe customer who pays the subscription shown."),
    "subscriptionPriceId": Attribute(Kind.TEXT, "Price of the plan, the subscription's leading item."),
    "subscriptionProductId": Attribute(Kind.TEXT, "Product of the plan."),
    "subscriptionQuantity": Attribute(
        Kind.WHOLE_NUMBER, "Seats of the plan. Absent where the price is metered."
    ),
    "subscriptionCurrentPeriodStart": Attribute(
        Kind.TIME, "When the current period began; with several items, that of the period that ends last."
    ),
    "subscriptionCurrentPeriodEnd": Attribute(
        Kind.TIME, "When the current period ends; with several items, the one that ends last."
    ),
    "subscriptionTrialEnd": Attribute(
        Kind.TIME, "When the trial ends or ended. Absent where there was none."
    ),
    "subscriptionCancelAt": Attribute(
        Kind.TIME, "When Stripe will cancel. Absent where no such time is set."
    ),
    "subscriptionCanceledAt": Attribute(
        Kind.TIME, "When the cancellation was asked for, not when it takes effect."
    ),
    "subscriptionCancelAtPeriodEnd": Attribute(
        Kind.FLAG, "Whether the subscription ends with its current period."
    ),
    "subscriptionPauseCollection": Attribute(
        Kind.TEXT,
        "Present while Stripe does not collect payments; Stripe's word for what becomes of the invoices: "
        "`keep_as_draft`, `mark_uncollectible` or `void`. The customer keeps the service.",
    ),
    "subscriptionPauseResumesAt": Attribute(
        Kind.TIME, "When collecting begins again. Absent where Stripe has no such time."
    ),
    "lastPaymentStatus": Attribute(
        Kind.TEXT,
        "State of the newest invoice of the subscription shown: paid, failed, or no longer owed.",
        words=("succeeded", "failed", "voided", "uncollectible"),
    ),
    "lastPaymentAt": Attribute(Kind.TIME, "When that state came about: paid, attempted, or given up."),
    "lastPaymentInvoiceId": Attribute(Kind.TEXT, "That invoice."),
    "lastPaymentAmount": Attribute(
        Kind.WHOLE_NUMBER, "What was paid, or what was due, in the currency's minor units (cents, say)."
    ),
    "lastPaymentCurrency": Attribute(Kind.TEXT, "Three-letter code in lower case."),
    "lastPaymentAttemptCount": Attribute(Kind.WHOLE_NUMBER, "How often Stripe has tried so far."),
    "nextPaymentAttemptAt": Attribute(
        Kind.TIME, "When Stripe will try again. Absent where it will not, or need not."
    ),
    "entitlements": Attribute(
        Kind.TEXTS, "Lookup keys of the features that Stripe's Entitlements give the user. Absent when none."
    ),
}
"""Attribute → what it is. Every one may be absent. The order is that of the documents."""

PRODUCT_FIELDS: Mapping[str, Attribute] = {
    "accessUntil": Attribute(
        Kind.TIME, "Until when, the latest over all items with this product.", is_required=True
    ),
    "status": Attribute(Kind.TEXT, "Status of the subscription that gives it.", is_required=True),
    "subscriptionId": Attribute(
        Kind.TEXT, "That subscription, the best one where several give the product.", is_required=True
    ),
    "priceId": Attribute(Kind.TEXT, "Price of its item with this product.", is_required=True),
    "lookupKey": Attribute(Kind.TEXT, "Lookup key of that price."),
    "quantity": Attribute(Kind.WHOLE_NUMBER, "Seats. Absent where the price is metered."),
}
"""Field of a product in `subscriptionProducts` → what it is."""

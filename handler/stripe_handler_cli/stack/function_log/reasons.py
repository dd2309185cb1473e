"""Each reason of the function's log in a sentence, and the section of docs/semantics.md that has the rule.

A table only; a test holds it against the library's reasons and against the page.
"""

import attrs

from stripe_subscription_handler.decisions.decision import Reason


@attrs.frozen
class Rule:
    """Why an event was written or skipped, for people; what is no rule of profiles has no section."""

    sentence: str
    section: str | None


RULES = {
    Reason.FIRST_EVENT: Rule("nothing was known of the user's subscriptions", "One write, no read"),
    Reason.PRIMARY: Rule(
        "about the subscription shown, and newer than what was known", "Which fact is newer"
    ),
    Reason.RECOMPUTED: Rule(
        "the best of all the user's subscriptions was chosen anew", "Which subscription the app sees"
    ),
    Reason.TIE_SETTLED: Rule(
        "several updates of one second, put in order by what each changed", "Updates of one second"
    ),
    Reason.REFETCHED: Rule("the events do not tell; Stripe was asked", "When Stripe is asked"),
    Reason.LINKED: Rule("an old event; only its owner link was missing", "Whose subscription it is"),
    Reason.DUPLICATE: Rule("this event had been applied already", "Which fact is newer"),
    Reason.STALE: Rule("something newer was known already", "Which fact is newer"),
    Reason.CLOSED: Rule("its subscription is dead, and shrunk to an id", "Growth"),
    Reason.CLAIMED: Rule("it only says whose the subscription is", "Whose subscription it is"),
    Reason.MOVED: Rule("the subscription belongs to another user now", "Whose subscription it is"),
    Reason.ENTITLED: Rule("the features that a customer of the user's may use", "Entitlements"),
    Reason.NO_OWNER: Rule("nobody owns a subscription of the customer yet", "Entitlements"),
    Reason.SEVERAL_OWNERS: Rule(
        "several users share the customer, and its metadata names none of them", "Entitlements"
    ),
    Reason.NO_PROFILE: Rule("its user has no profile to show the entitlements in", "Entitlements"),
    Reason.NOTHING_CLAIMED: Rule("it names no user", "Whose subscription it is"),
    Reason.OUTRANKED: Rule("something better says whose the subscription is", "Whose subscription it is"),
    Reason.PARKED: Rule("nobody could say whose it is; it waits", "Whose subscription it is"),
    Reason.UNMAPPED: Rule("nobody could say whose it is; `unmapped` says ignore", "Whose subscription it is"),
    Reason.CONNECT_ACCOUNT: Rule(
        "an event of a connected account; `connect_events` says skip", "Whose subscription it is"
    ),
    Reason.UNHANDLED_TYPE: Rule("a type of event the handler does not know", None),
    Reason.ONE_OFF_INVOICE: Rule("an invoice of no subscription", None),
    Reason.NOTHING_DUE: Rule("an invoice of nothing or less is no payment", "Payments"),
    Reason.FILTERED: Rule(
        "another app's subscription, by `handled_product_ids` or `required_metadata`",
        "Subscriptions of other apps",
    ),
    Reason.NOT_TOLD: Rule(
        "Stripe failed to generate an event, and does not show which", "What Stripe failed to tell"
    ),
    Reason.UNHANDLED_OBJECT: Rule(
        "Stripe failed to generate an event about an object that changes no profile",
        "What Stripe failed to tell",
    ),
    Reason.GONE: Rule("Stripe has no such object any more", "Thin events"),
    Reason.FORGOTTEN: Rule("the user, or the customer, was forgotten", "Who was forgotten"),
    Reason.CUSTOMER_DELETED: Rule("Stripe has deleted the customer; that is noted", "Who was forgotten"),
    Reason.PING: Rule("Stripe's test of the event destination", None),
}
"""Reason → rule."""


def sentence(reason: str | None) -> str:
    """A reason of a log line in words; a reason of a later version of the handler as it is."""
    try:
        return RULES[Reason(reason or "")].sentence
    except (ValueError, KeyError):
        return reason or "no reason given"

"""Stripe subscription events → updates of DynamoDB user profiles, as pure decisions.

Importing this package imports neither boto3 nor stripe. `stripe_subscription_handler.app.lambda_handler` is
the AWS Lambda entry point; the names below are the library. Each is imported when it is first asked for: an
entry point, or an app that reads profiles, pays for what it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from stripe_subscription_handler.lazy_imports import import_without

if TYPE_CHECKING:
    from stripe_subscription_handler.config import Config, LogLevel
    from stripe_subscription_handler.conversation.handling import handling
    from stripe_subscription_handler.conversation.messages import Outcome
    from stripe_subscription_handler.decisions.decide import UNREAD, decide
    from stripe_subscription_handler.decisions.decision import (
        FindOwner,
        NoProfile,
        ReadItem,
        Reason,
        Refetch,
        Skip,
        Write,
    )
    from stripe_subscription_handler.decisions.policy import (
        Circumstances,
        ConnectEvents,
        Livemode,
        Policy,
        Unmapped,
    )
    from stripe_subscription_handler.decisions.view_settings import ViewSettings
    from stripe_subscription_handler.errors import (
        ConcurrentUpdateError,
        ConfigError,
        HandlerError,
        InvalidEventError,
        ItemTooLargeError,
        StripeBusyError,
        StripeUnavailableError,
        UnexpectedError,
        UserNotFoundError,
    )
    from stripe_subscription_handler.events.checkout_sessions import CheckoutSession
    from stripe_subscription_handler.events.customers import Customer
    from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
    from stripe_subscription_handler.events.invoices import Invoice
    from stripe_subscription_handler.events.selection import Selection
    from stripe_subscription_handler.events.subscriptions import Subscription

__all__ = [
    "UNREAD",
    "CheckoutSession",
    "Circumstances",
    "ConcurrentUpdateError",
    "Config",
    "ConfigError",
    "ConnectEvents",
    "Customer",
    "FindOwner",
    "HandlerError",
    "InvalidEventError",
    "Invoice",
    "ItemTooLargeError",
    "Livemode",
    "LogLevel",
    "NoProfile",
    "Outcome",
    "Policy",
    "ReadItem",
    "Reason",
    "Refetch",
    "Selection",
    "Skip",
    "StripeBusyError",
    "StripeEvent",
    "StripeUnavailableError",
    "Subscription",
    "UnexpectedError",
    "Unmapped",
    "UserNotFoundError",
    "ViewSettings",
    "Write",
    "decide",
    "handling",
    "parse_event",
]

_HOMES = {
    "config": ("Config", "LogLevel"),
    "conversation.handling": ("handling",),
    "conversation.messages": ("Outcome",),
    "decisions.decide": ("UNREAD", "decide"),
    "decisions.decision": ("FindOwner", "NoProfile", "ReadItem", "Reason", "Refetch", "Skip", "Write"),
    "decisions.policy": ("Circumstances", "ConnectEvents", "Livemode", "Policy", "Unmapped"),
    "decisions.view_settings": ("ViewSettings",),
    "errors": (
        "ConcurrentUpdateError",
        "ConfigError",
        "HandlerError",
        "InvalidEventError",
        "ItemTooLargeError",
        "StripeBusyError",
        "StripeUnavailableError",
        "UnexpectedError",
        "UserNotFoundError",
    ),
    "events.checkout_sessions": ("CheckoutSession",),
    "events.customers": ("Customer",),
    "events.envelope": ("StripeEvent", "parse_event"),
    "events.invoices": ("Invoice",),
    "events.selection": ("Selection",),
    "events.subscriptions": ("Subscription",),
}
"""Module → the public names that it holds."""

# attrs' validators are classes that attrs makes when it is imported; none is used here.
import_without("attrs", left_out=("attr.validators", "attrs.validators"))


if not TYPE_CHECKING:  # a type checker shall see a name that there is not

    def __getattr__(name: str) -> Any:
        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(f"{__name__}.{home}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Stripe subscription events → updates of DynamoDB user profiles, as pure decisions.

Importing this package imports neither boto3 nor stripe. `stripe_subscription_handler.app.lambda_handler` is
the AWS Lambda entry point; the names below are the library.
"""

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

"""Stripe subscription events → updates of DynamoDB user profiles, as pure decisions.

Importing this package imports neither boto3 nor stripe. `stripe_subscription_handler.app.lambda_handler` is
the AWS Lambda entry point; the names below are the library.
"""

from stripe_subscription_handler.config import Config, Livemode, LogLevel
from stripe_subscription_handler.decide import (
    UNREAD,
    FindOwner,
    OwnerLink,
    Reason,
    Skip,
    Write,
    decide,
)
from stripe_subscription_handler.envelope import StripeEvent, parse_event
from stripe_subscription_handler.errors import (
    ConcurrentUpdateError,
    ConfigError,
    HandlerError,
    InvalidEventError,
    UserNotFoundError,
)
from stripe_subscription_handler.handling import Outcome, handling
from stripe_subscription_handler.invoices import Invoice
from stripe_subscription_handler.subscriptions import Subscription

__all__ = [
    "UNREAD",
    "ConcurrentUpdateError",
    "Config",
    "ConfigError",
    "FindOwner",
    "HandlerError",
    "InvalidEventError",
    "Invoice",
    "Livemode",
    "LogLevel",
    "Outcome",
    "OwnerLink",
    "Reason",
    "Skip",
    "StripeEvent",
    "Subscription",
    "UserNotFoundError",
    "Write",
    "decide",
    "handling",
    "parse_event",
]

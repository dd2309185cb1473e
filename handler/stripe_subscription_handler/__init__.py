"""Stripe subscription events → updates of DynamoDB user profiles, as pure decisions.

Importing this package imports neither boto3 nor stripe. `stripe_subscription_handler.app.lambda_handler` is
the AWS Lambda entry point; the names below are the library.
"""

from stripe_subscription_handler.config import Config, Livemode, LogLevel
from stripe_subscription_handler.conversation import Outcome
from stripe_subscription_handler.decide import UNREAD, Circumstances, decide
from stripe_subscription_handler.decisions import (
    FindOwner,
    NoProfile,
    OwnerLink,
    ReadItem,
    Reason,
    Refetch,
    Skip,
    Write,
)
from stripe_subscription_handler.envelope import StripeEvent, parse_event
from stripe_subscription_handler.errors import (
    ConcurrentUpdateError,
    ConfigError,
    HandlerError,
    InvalidEventError,
    StripeUnavailableError,
    UnexpectedError,
    UserNotFoundError,
)
from stripe_subscription_handler.handling import handling
from stripe_subscription_handler.invoices import Invoice
from stripe_subscription_handler.policy import ConnectEvents, Policy, Unmapped
from stripe_subscription_handler.subscriptions import Subscription

__all__ = [
    "UNREAD",
    "Circumstances",
    "ConcurrentUpdateError",
    "Config",
    "ConfigError",
    "ConnectEvents",
    "FindOwner",
    "HandlerError",
    "InvalidEventError",
    "Invoice",
    "Livemode",
    "LogLevel",
    "NoProfile",
    "Outcome",
    "OwnerLink",
    "Policy",
    "ReadItem",
    "Reason",
    "Refetch",
    "Skip",
    "StripeEvent",
    "StripeUnavailableError",
    "Subscription",
    "UnexpectedError",
    "Unmapped",
    "UserNotFoundError",
    "Write",
    "decide",
    "handling",
    "parse_event",
]

"""Stripe's API with the operator's own key, for a run without an end. Asks Stripe nothing."""

import os
from collections.abc import Callable

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.stripe_access import StripeAccess
from stripe_handler_cli.stack.stripe_api import stripe_api
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.stripe_side.api import StripeApi, key_mode

_READABLE = "subscriptions, customers, invoices and events"


def connect(config: Config, key_variable: str, pace: Callable[[], None]) -> StripeApi:
    """Make Stripe's API with the operator's own key.

    Args:
        config: The deployed function's settings; they say where Stripe is.
        key_variable: The environment variable that holds the key.
        pace: Called before each request.

    Raises:
        CliError: The variable is not set, or its key is of a mode that the stack does not accept.
    """
    key = os.environ.get(key_variable, "")
    if not key:
        raise CliError(
            f"The environment variable {key_variable} is not set. It must hold a Stripe key that may read "
            f"{_READABLE}; --stripe-key-variable names another variable."
        )
    mode = key_mode(key)
    if mode is not None and str(config.livemode) not in {"any", mode}:
        raise CliError(
            f"The key in {key_variable} is for {mode} mode, but this stack accepts only {config.livemode}."
        )
    return stripe_api(StripeAccess(key, key_variable), config.stripe_api_url, _READABLE, pace)

"""Stripe's API with the operator's own key, for a run without an end. Asks Stripe nothing."""

from collections.abc import Callable

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.stripe_access import StripeAccess
from stripe_handler_cli.stack.stripe_api import stripe_api
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.stripe_side.api import StripeApi, key_mode


def connect(config: Config, stripe: StripeAccess, pace: Callable[[], None]) -> StripeApi:
    """Make Stripe's API with the operator's own key; `pace` is called before each request.

    Raises:
        CliError: The key is of a mode that the stack does not accept.
    """
    mode = key_mode(stripe.key)
    if mode is not None and str(config.livemode) not in {"any", mode}:
        raise CliError(
            f"The key in {stripe.variable} is for {mode} mode, but this stack accepts only {config.livemode}."
        )
    readable = "subscriptions, customers, invoices and events"
    return stripe_api(stripe, config.stripe_api_url, readable, pace)

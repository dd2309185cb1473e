"""Stripe's API with the operator's own key, for a run without an end. Asks Stripe nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.stripe_access import StripeAccess
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.errors import ConfigError, StripeUnavailableError
from stripe_subscription_handler.stripe_side.api import StripeApi, key_mode
from stripe_subscription_handler.stripe_side.secret import StripeKey

_PATIENCE_SECONDS = 60.0
"""What the client takes for the time left, before each request: there is no invocation that ends."""


def connect(config: Config, stripe: StripeAccess, pace: Callable[[], None]) -> StripeApi:
    """Make Stripe's API with the operator's own key.

    Args:
        config: The deployed function's settings; they say where Stripe is, unless the access does.
        stripe: The key.
        pace: Called before each request.

    Raises:
        CliError: The key is of a mode that the stack does not accept.
    """
    mode = key_mode(stripe.key)
    if mode is not None and str(config.livemode) not in {"any", mode}:
        raise CliError(
            f"The key in {stripe.variable} is for {mode} mode, but this stack accepts only {config.livemode}."
        )
    return StripeApi(
        StripeKey(f"the environment variable {stripe.variable}", lambda: stripe.key),
        lambda: _PATIENCE_SECONDS,
        url=stripe.url or config.stripe_api_url,
        before_request=pace,
        longest_request_seconds=30.0,
    )


@contextmanager
def stripe_errors(advice: str = "") -> Iterator[None]:
    """Turn what Stripe does not tell into one message.

    Args:
        advice: What to do about it.

    Raises:
        CliError: Stripe did not tell, or the key cannot be used.
    """
    try:
        yield
    except (StripeUnavailableError, ConfigError) as error:
        raise CliError(f"{error}. {advice}".rstrip()) from error

"""Stripe's API with the operator's own key: the library's client, with its paging, patience and errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.stripe_options import StripeAccess
from stripe_subscription_handler.decisions.policy import Livemode
from stripe_subscription_handler.errors import ConfigError, StripeUnavailableError
from stripe_subscription_handler.stripe_side.api import StripeApi, key_mode
from stripe_subscription_handler.stripe_side.secret import StripeKey

_PATIENCE_SECONDS = 60.0
"""What the client takes for the time left, before each request: there is no invocation that ends."""
_LONGEST_REQUEST_SECONDS = 30.0


def stripe_api(
    access: StripeAccess, url: str, readable: str, before_request: Callable[[], None] = lambda: None
) -> StripeApi:
    """Make the API at a URL, unless the access has its own; a refusal names what must be `readable`."""
    place = f"${access.variable}, which must be allowed to read {readable}"
    return StripeApi(
        StripeKey(place, lambda: access.key),
        lambda: _PATIENCE_SECONDS,
        url=access.url or url,
        before_request=before_request,
        longest_request_seconds=_LONGEST_REQUEST_SECONDS,
    )


def check_key_mode(access: StripeAccess, accepted: Livemode) -> None:
    """Refuse a key of a mode that the stack does not accept, as far as the key's prefix tells.

    Raises:
        CliError: It is of the other mode.
    """
    mode = key_mode(access.key)
    if mode is not None and str(accepted) not in {Livemode.ANY, mode}:
        raise CliError(
            f"The key in {access.variable} is for {mode} mode, but this stack accepts only {accepted}."
        )


@contextmanager
def stripe_errors(advice: str = "") -> Iterator[None]:
    """Turn what Stripe does not tell into one message.

    Raises:
        CliError: Stripe did not tell, or the key cannot be used.
    """
    try:
        yield
    except (StripeUnavailableError, ConfigError) as error:
        raise CliError(f"{error}. {advice}".rstrip()) from error

"""Stripe's API with the operator's own key: the library's client, with its paging, patience and errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.stripe_options import StripeAccess
from stripe_subscription_handler.errors import ConfigError, StripeUnavailableError
from stripe_subscription_handler.stripe_side.api import StripeApi
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

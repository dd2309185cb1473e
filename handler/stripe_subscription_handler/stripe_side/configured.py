"""Stripe's API as the environment configures it. Loads the rest of this room only where there is a key.

Without a key nothing asks Stripe, and a cold start would pay for importing what does.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from stripe_subscription_handler.config import STRIPE_KEY_VARIABLES, Config

if TYPE_CHECKING:
    from stripe_subscription_handler.stripe_side.api import StripeApi


def configured_stripe(
    environment: Mapping[str, str], config: Config, before_request: Callable[[], None] = lambda: None
) -> "StripeApi | None":
    """Make Stripe's API for a function, or None where no key is configured.

    The invocation says later how much time it has to ask. `before_request` is called before each request, to
    keep a pace.

    Raises:
        ConfigError: More than one place of the key is configured.
    """
    if not any(environment.get(variable) for variable in STRIPE_KEY_VARIABLES):
        return None
    from stripe_subscription_handler.stripe_side.api import StripeApi  # noqa: PLC0415 - only with a key
    from stripe_subscription_handler.stripe_side.secret import StripeKey  # noqa: PLC0415 - only with a key

    key = StripeKey.from_environment(environment)
    return (
        StripeApi(key, lambda: 0.0, url=config.stripe_api_url, before_request=before_request) if key else None
    )

"""Finds the webhook's signing secrets. They come from the environment only: a flag would show in `ps`."""

from collections.abc import Mapping

from stripe_handler_cli.common.errors import CliError
from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.webhook_bridge.signing_secrets import split_secrets

VARIABLE = "STRIPE_WEBHOOK_SECRET"


def signing_secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The secrets of `STRIPE_WEBHOOK_SECRET`, separated by commas: several while one is rolled.

    Raises:
        CliError: There is none, or something else stands there. The message quotes nothing.
    """
    if not environment.get(VARIABLE, "").strip(" ,"):
        raise CliError(
            f"{VARIABLE} is not set; it holds the endpoint's signing secret. With Stripe's CLI: "
            f'export {VARIABLE}="$(stripe listen --print-secret)"'
        )
    try:
        return split_secrets(environment[VARIABLE], VARIABLE)
    except ConfigError as error:
        raise CliError(str(error)) from None

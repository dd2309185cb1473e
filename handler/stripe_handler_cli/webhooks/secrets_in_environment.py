"""Finds the webhook's signing secrets. They come from the environment only: a flag would show in `ps`."""

from collections.abc import Mapping

from stripe_handler_cli.errors import CliError

VARIABLE = "STRIPE_WEBHOOK_SECRET"
_PREFIX = "whsec_"


def signing_secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The secrets of `STRIPE_WEBHOOK_SECRET`, separated by commas: several while one is rolled.

    Raises:
        CliError: There is none, or something else stands there. The message quotes nothing.
    """
    found = tuple(part.strip() for part in environment.get(VARIABLE, "").split(",") if part.strip())
    if not found:
        raise CliError(
            f"{VARIABLE} is not set; it holds the endpoint's signing secret. With Stripe's CLI: "
            f'export {VARIABLE}="$(stripe listen --print-secret)"'
        )
    for number, secret in enumerate(found, start=1):
        if not secret.startswith(_PREFIX) or secret == _PREFIX or not secret.isascii():
            raise CliError(f"{VARIABLE}: secret {number} is no signing secret; those begin with {_PREFIX}")
    return found

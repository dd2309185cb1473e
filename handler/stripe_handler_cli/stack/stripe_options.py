"""The options by which an operator's command gets a Stripe key of the operator's own. Parses; asks nothing.

The key is never an option itself: other users of the machine could see it, and the shell would remember it.
"""

import os
import re

import attrs
import click
from click.core import ParameterSource

from stripe_handler_cli.common.options import Option, made_into

DEFAULT_VARIABLE = "STRIPE_API_KEY"
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")


@attrs.frozen
class StripeAccess:
    """A Stripe key, its environment variable, and where it is sent; None means where the function sends."""

    key: str = attrs.field(repr=False)
    variable: str
    url: str | None = None


def stripe_options(purpose: str) -> Option:
    """Options for a command that is called with `stripe`, a `StripeAccess` or None, in their place.

    The purpose ends the option's help: what the key must be allowed to do, and what comes of it.
    """
    return made_into(
        "stripe",
        _access,
        click.option(
            "--stripe-key-variable",
            default=DEFAULT_VARIABLE,
            show_default=True,
            metavar="NAME",
            help=f"Environment variable with a Stripe key {purpose}",
        ),
        click.option("--stripe-url", hidden=True, help="A stand-in for Stripe on this machine."),
    )


def is_stand_in(url: str) -> bool:
    """Whether an address is that of a stand-in for Stripe on this machine, to which a key may be sent."""
    return _LOOPBACK.fullmatch(url) is not None


def required(stripe: StripeAccess | None) -> StripeAccess:
    """The access to Stripe, for a command that can do nothing without."""
    if stripe is None:
        raise click.UsageError(
            f"no Stripe key in {DEFAULT_VARIABLE} (or the variable of --stripe-key-variable)"
        )
    return stripe


def _access(stripe_key_variable: str, stripe_url: str | None) -> StripeAccess | None:
    if stripe_url is not None and not is_stand_in(stripe_url):
        raise click.UsageError("a Stripe key is sent to Stripe or to this machine only")
    key = os.environ.get(stripe_key_variable, "").strip()
    source = click.get_current_context().get_parameter_source("stripe_key_variable")
    if not key and source is not ParameterSource.DEFAULT:
        raise click.UsageError(
            f"--stripe-key-variable: the environment variable {stripe_key_variable} is not set"
        )
    return StripeAccess(key, stripe_key_variable, stripe_url) if key else None

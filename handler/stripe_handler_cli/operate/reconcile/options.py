"""The options that `reconcile` and `sync` share: how Stripe is asked, and how what they find is told."""

import click

from stripe_handler_cli.common.options import together
from stripe_handler_cli.stack.stripe_options import stripe_options

reading_options = together(
    stripe_options(
        "that may read subscriptions, customers, invoices and events; a restricted one is enough."
    ),
    click.option(
        "--rate",
        type=click.FloatRange(min=0, min_open=True),
        default=20,
        show_default=True,
        help="How many requests a second to Stripe at most. Stripe allows 100 live, 25 in a sandbox.",
    ),
    click.option(
        "--json", "as_json", is_flag=True, help="Print a JSON object per difference, then a summary."
    ),
)

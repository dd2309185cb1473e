"""The options by which `dlq` commands choose messages."""

import click

from stripe_handler_cli.common.options import made_into
from stripe_handler_cli.stack.dead_letters.messages import Choice, Layer


def _choice(ids: tuple[str, ...], error_types: tuple[str, ...], layers: tuple[str, ...]) -> Choice:
    return Choice(frozenset(ids), frozenset(error_types), frozenset(map(Layer, layers)))


choice_options = made_into(
    "choice",
    _choice,
    click.option(
        "--id",
        "ids",
        metavar="ID",
        multiple=True,
        help="A Stripe event id, or an SQS message id. Can be repeated.",
    ),
    click.option(
        "--error-type",
        "error_types",
        metavar="TYPE",
        multiple=True,
        help="An error as `dlq list` shows it; `unreadable` for messages without an event. Can be repeated.",
    ),
    click.option(
        "--layer",
        "layers",
        type=click.Choice([str(layer) for layer in Layer]),
        multiple=True,
        help="delivery: EventBridge could not hand the event over; function: the function failed on it.",
    ),
)
"""Gives a command the options; it is called with `choice`, a `Choice`, in their place."""

all_option = click.option("--all", "everything", is_flag=True, help="Every message of both queues.")


def require_choice(choice: Choice, *, everything: bool) -> None:
    """Refuse a command that would change things without being told which."""
    if everything and (choice.ids or choice.error_types):
        raise click.UsageError("--all does not go with --id or --error-type")
    if not everything and choice == Choice():
        raise click.UsageError("say which messages: --id, --error-type, --layer, or --all")

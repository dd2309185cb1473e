"""The options by which `dlq` commands choose messages."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

from stripe_handler_cli.common.options import together
from stripe_handler_cli.operate.dlq.messages import Layer, Selection

_Command = TypeVar("_Command", bound=Callable[..., Any])
_options = together(
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


def selection_options(command: _Command) -> _Command:
    """Give a command the options; it is called with `selection`, a `Selection`, in their place."""

    @functools.wraps(command)
    def with_selection(
        *arguments: Any,
        ids: tuple[str, ...],
        error_types: tuple[str, ...],
        layers: tuple[str, ...],
        **options: Any,
    ) -> Any:
        selection = Selection(frozenset(ids), frozenset(error_types), frozenset(map(Layer, layers)))
        return command(*arguments, selection=selection, **options)

    return _options(with_selection)  # type: ignore[no-any-return]


all_option = click.option("--all", "everything", is_flag=True, help="Every message of both queues.")


def require_choice(selection: Selection, *, everything: bool) -> None:
    """Refuse a command that would change things without being told which."""
    if everything and (selection.ids or selection.error_types):
        raise click.UsageError("--all does not go with --id or --error-type")
    if not everything and selection == Selection():
        raise click.UsageError("say which messages: --id, --error-type, --layer, or --all")

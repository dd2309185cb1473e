"""Errors whose message is meant for the person at the terminal, and how they end a program of its own."""

from collections.abc import Callable

from stripe_handler_cli.common import interrupts


class CliError(Exception):
    """A command cannot go on; the message says what is wrong and what to do about it."""


def exit_code(work: Callable[[], object]) -> int:
    """Do the work of a program of its own; what goes wrong is told on stderr."""
    try:
        result = work()
    except KeyboardInterrupt:
        return interrupts.stopped()
    except CliError as error:
        from stripe_handler_cli.common.messages import tell  # noqa: PLC0415 - loaded by who needs it

        tell(f"Error: {error}")
        return 1
    return result if isinstance(result, int) else 0

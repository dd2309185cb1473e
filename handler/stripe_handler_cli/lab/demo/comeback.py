"""The demo's second act: Stripe goes on, its events do not arrive, `reconcile` finds that and repairs it.

The commands are those an operator types, in processes of their own. Stripe is the fake one, behind the real
client.
"""

import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.demo import life
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects

_NOTICED_SECONDS = 60
"""How long after the comeback somebody looks."""


def stripe_after_the_comeback() -> FakeStripe:
    """The account, a minute after the customer subscribed again while the event destination was disabled."""
    return FakeStripe(objects(*life.stripes_side()), now=lambda: life.BACK + _NOTICED_SECONDS)


def tell(console: Console, state_directory: Path) -> None:
    """Look, repair, look again.

    Raises:
        CliError: A look did not end as promised.
    """
    console.print(
        "\n[bold]The event destination was disabled for a while, and the customer came back.[/bold] Stripe\n"
        "does not send those events again, and the profile still says canceled. So Stripe is asked (here a\n"
        "fake one, by the real client):\n",
    )
    for arguments, expected in (((), 1), (("--apply",), 0), ((), 0)):
        _reconcile(console, state_directory, arguments, expected)


def _reconcile(console: Console, state_directory: Path, arguments: tuple[str, ...], expected: int) -> None:
    words = ["reconcile", "--local", str(state_directory), *arguments]
    console.print(f"$ stripe-handler {' '.join(words)}", style="bold", markup=False)
    completed = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "stripe_handler_cli", *words],
        env={**os.environ, "STRIPE_API_KEY": API_KEY, "COLUMNS": str(console.width)},
        check=False,
    )
    if completed.returncode != expected:
        raise CliError(f"reconcile ended with exit code {completed.returncode}, not {expected}")

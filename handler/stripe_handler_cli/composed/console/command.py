"""The command `stripe-handler console`: a stack in, pages on the loopback out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.options import given_stack_options, stack_options
from stripe_handler_cli.stack.stripe_options import stripe_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack
    from stripe_handler_cli.stack.stripe_options import StripeAccess

DEFAULT_PORT = 4680
NEEDED = ("jinja2", "starlette", "uvicorn")
"""Packages that the extra [console] brings."""


@click.command(
    epilog="""\b
Examples:
  stripe-handler console
  stripe-handler console --workspace production
  stripe-handler console --local .stripe-handler/demo --allow-actions --open
"""
)
@stack_options
@click.option(
    "--allow-actions",
    is_flag=True,
    help="Let the pages change something: send failed events again, drop them, play on local AWS.",
)
@click.option(
    "--port",
    type=click.IntRange(min=1, max=65_535),
    help=f"Of 127.0.0.1. {DEFAULT_PORT} unless given, or a free one where that is taken.",
)
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@click.option(
    "--until-ended",
    hidden=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="End with the local AWS of this state directory.",
)
@stripe_options("that may read events and subscriptions; where it is set, pages can ask Stripe too.")
def console(
    *,
    stack: "DeployedStack",
    stripe: "StripeAccess | None",
    allow_actions: bool,
    port: int | None,
    opens: bool,
    until_ended: Path | None,
) -> int:
    """Look at the pipeline and at users in a browser: pages on this machine's loopback.

    Serves until Ctrl-C, to whoever has the address that it prints, with your own AWS credentials. The pages
    show what `show`, `explain`, `dlq`, `parked`, `doctor` and `reconcile` say. Changes nothing unless
    --allow-actions is given.
    """
    require_packages()
    from stripe_handler_cli.common.console import printer
    from stripe_handler_cli.composed.console.app import make_app, warm_up
    from stripe_handler_cli.composed.console.desk import Desk
    from stripe_handler_cli.composed.console.security import Gate
    from stripe_handler_cli.composed.console.server import listening, serve
    from stripe_handler_cli.tools.local_aws import status

    options = given_stack_options(click.get_current_context())
    taken = listening(port or DEFAULT_PORT, is_named=port is not None)
    gate = Gate(taken.getsockname()[1])
    desk = Desk(stack, options, stripe, may_act=allow_actions)
    desk.threads.submit(warm_up, desk)
    app = make_app(desk, gate)
    may = "may change things" if allow_actions else "only looks"
    told = printer()
    told.print(f"The console {may}. It is open until Ctrl-C, for whoever has this address:", markup=False)
    told.print(f"  {gate.address()}", markup=False, soft_wrap=True)
    if opens:
        click.launch(gate.address())
    serve(app, taken, None if until_ended is None else lambda: status(until_ended / "local-aws") is None)
    return 0


def require_packages() -> None:
    """See that the extra is installed.

    Raises:
        CliError: It is not; the message says what to install.
    """
    from importlib.util import find_spec

    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise CliError(
            f"The console needs the package '{missing[0]}', which the extra [console] brings.\n"
            "In the checkout:\n"
            "  pip install '.[console]'"
        )

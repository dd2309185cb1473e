"""The command `stripe-handler listen`: a webhook endpoint for development."""

import itertools
import json
import os
import signal
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.options import stack_options

if TYPE_CHECKING:
    from http import HTTPStatus

    from stripe_handler_cli.stack.deployed import DeployedStack
    from stripe_handler_cli.stack.following.outcome import Outcome

_STOP_SECONDS = 5
_SECRETS = "STRIPE_WEBHOOK_SECRET"


def signing_secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The webhook's signing secrets, separated by commas: several while one is rolled.

    They come from the environment only, because an option would show in `ps`.

    Raises:
        CliError: The variable has none, or something else. The message quotes nothing.
    """
    from stripe_subscription_handler.errors import ConfigError
    from stripe_subscription_handler.webhook_bridge.signing_secrets import split_secrets

    if not environment.get(_SECRETS, "").strip(" ,"):
        raise CliError(
            f"{_SECRETS} is not set; it holds the endpoint's signing secret. With Stripe's CLI: "
            f'export {_SECRETS}="$(stripe listen --print-secret)"'
        )
    try:
        return split_secrets(environment[_SECRETS], _SECRETS)
    except ConfigError as error:
        raise CliError(str(error)) from None


@click.command(
    epilog="""\b
Examples:
  export STRIPE_WEBHOOK_SECRET="$(stripe listen --print-secret)"
  stripe-handler listen
  stripe listen --forward-to localhost:3000/api/stripe/webhook
  stripe trigger customer.subscription.created --add subscription:metadata.userId=user_42
"""
)
@stack_options
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=3000,
    show_default=True,
    help="The port; 0 takes a free one.",
)
@click.option("--path", default="/api/stripe/webhook", show_default=True, help="The webhook's path.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object per event.")
def listen(*, stack: "DeployedStack", port: int, path: str, as_json: bool) -> None:
    """Take Stripe's webhooks, put their events on the bus, and show what each did to the profile.

    For development, with `stripe listen --forward-to`. Signatures are checked; the endpoint's signing secret
    is read from STRIPE_WEBHOOK_SECRET (several, separated by commas, while one is rolled). A webhook is
    answered with 200 once its event is on the bus. Ctrl-C ends it.

    In production, Stripe's events come through EventBridge, and nothing listens.
    """
    from stripe_handler_cli.common.console import printer, reporter
    from stripe_handler_cli.operate.listen.following import Follower, Forwarder
    from stripe_handler_cli.operate.listen.server import HOST, WebhookServer
    from stripe_handler_cli.stack.event_rows import print_header
    from stripe_handler_cli.stack.following.outcome import print_outcome
    from stripe_handler_cli.stack.following.wiring import wire
    from stripe_subscription_handler.webhook_bridge.receiving import Receiver

    if not path.startswith("/") or "?" in path:
        raise click.UsageError("--path must begin with / and hold no query")
    secrets = signing_secrets(os.environ)
    wired = wire(stack)
    notes, results = reporter(), printer()
    numbers = itertools.count(1)

    def tell(outcome: "Outcome") -> None:
        if as_json:
            click.echo(json.dumps(outcome.as_json(), default=str))
        else:
            print_outcome(results, next(numbers), outcome)

    def note(status: "HTTPStatus", message: str) -> None:
        notes.print(f"{status.value} {message}", style="yellow", markup=False)

    key = stack.config.user_id_metadata_key
    follower = Follower(wired.bus, wired.tail(), wired.profiles(), key, tell)
    receiver = Receiver(lambda: secrets, Forwarder(wired.pipeline.put, wired.bus.source, follower))
    with WebhookServer(port, path, receiver, note) as server:
        url = f"http://{HOST}:{server.server_port}{path}"
        notes.print(f"Ready on {url}, to bus {stack.output('event_bus_name')}", soft_wrap=True, markup=False)
        for stopping in (signal.SIGINT, signal.SIGTERM):
            # A shell starts background jobs with SIGINT ignored; asked to stop, this one stops all the same.
            signal.signal(stopping, signal.default_int_handler)
        following = threading.Thread(target=follower.run)
        following.start()
        if not as_json:
            print_header(results)
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            notes.print("Stopped.")
        finally:
            follower.stop()
            following.join(_STOP_SECONDS)

"""A deployed workspace as a stage: what of it can be reached is found out, and production is refused."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from stripe_handler_cli.lab.chaos.day.stage import Stage
from stripe_handler_cli.lab.fake_stripe import FakeStripe
from stripe_handler_cli.stack.bus import Bus
from stripe_handler_cli.stack.deployed import DeployedStack

_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@contextmanager
def deployed_stage(stack: DeployedStack, workspace: str) -> Iterator[Stage]:
    """A workspace to play a day on; where its function asks a Stripe on this machine, that is ours meanwhile.

    Raises:
        CliError: It is production, it could not show a day's users, or nobody but Stripe can put events on
            its bus.
    """
    pipeline = stack.pipeline(Bus.of(stack).source)
    Stage(stack.endpoint, pipeline, stack.config, is_own=False).check(workspace)
    with ExitStack() as ending:
        port = free_port(stack.config.stripe_api_url)
        stripe = None if port is None else ending.enter_context(FakeStripe(port=port))
        yield Stage(stack.endpoint, pipeline, stack.config, stripe, is_own=False)


def free_port(stripe_api_url: str) -> int | None:
    """The port of this machine at which the function asks Stripe, if nobody answers there."""
    place = urlsplit(stripe_api_url)
    if place.hostname not in _LOOPBACK or place.port is None:
        return None
    with socket.socket() as taken:
        taken.settimeout(1)
        return None if taken.connect_ex(("127.0.0.1", place.port)) == 0 else place.port

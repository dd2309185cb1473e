"""What `send` and `listen` have in common: from a stack to its bus, its log and its profiles. Wires only."""

from datetime import UTC, datetime

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.bus import Bus
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.following.profile_watch import ProfileWatch
from stripe_handler_cli.stack.function_log import LogTail, tells_decisions
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.decisions.policy import Livemode

_LOCAL_POLL_SECONDS = 0.1
_AWS_POLL_SECONDS = 1.0
"""AWS answers 5 FilterLogEvents a second in a whole account."""


def poll_seconds(bus: Bus) -> float:
    """How long to wait between two looks at the function's log."""
    return _LOCAL_POLL_SECONDS if bus.is_local else _AWS_POLL_SECONDS


@attrs.frozen
class Wired:
    """A stack, connected.

    Attributes:
        stack: The stack.
        bus: Its bus.
        pipeline: Its moving parts.
    """

    stack: DeployedStack
    bus: Bus
    pipeline: Pipeline

    def tail(self) -> LogTail:
        """The function's log, from now on.

        Raises:
            CliError: The function does not log what it decides.
        """
        level = self.stack.config.log_level
        if not tells_decisions(level):
            raise CliError(
                f"The function logs only {level} and worse, so its decisions cannot be followed. Set the "
                'Terraform variable log_level = "INFO", or send with --no-follow.'
            )
        return self.stack.function_log.tail(datetime.now(UTC))

    def refuse_made_up(self) -> None:
        """Refuse to put made-up events on this stack's bus, if they would reach real profiles.

        Raises:
            CliError: They would.
        """
        if self.stack.config.livemode is Livemode.LIVE and not self.bus.is_local:
            raise CliError(
                'This environment is for live events (livemode = "live"), and made-up ones, or events given '
                "to another user, would reach real profiles."
            )

    def profiles(self) -> ProfileWatch:
        """The users' profiles."""
        return ProfileWatch(self.pipeline.profile)


def wire(stack: DeployedStack) -> Wired:
    """Connect to a stack.

    Raises:
        CliError: Nobody but Stripe can put events on its bus.
    """
    bus = Bus.of(stack)
    return Wired(stack, bus, stack.pipeline(bus.source))

"""What `send` and `listen` have in common: from a stack to its bus, its log and the profiles it changes."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.bus import Bus
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.event_rows import changed
from stripe_handler_cli.stack.following.outcome import Changes
from stripe_handler_cli.stack.function_log import LogTail, tells_decisions
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.decisions.policy import Livemode
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.selection import Selection


def named_user(event: Mapping[str, Any], metadata_key: str) -> str | None:
    """The user an event names; None if it names none, or cannot be read."""
    try:
        return parse_event(event, Selection(metadata_key)).user_id
    except InvalidEventError:
        return None


@attrs.frozen
class ProfileWatch:
    """Profiles as they were last seen; `read` gives a user's item, empty if there is none."""

    read: Callable[[str], Mapping[str, Any]]
    _seen: dict[str, Mapping[str, Any]] = attrs.Factory(dict)

    def remember(self, user_id: str | None) -> None:
        """Remember a user's profile as it is now, to compare with later."""
        if user_id is not None:
            self._seen[user_id] = self.read(user_id)

    def changes(self, user_id: str | None) -> Changes | None:
        """What changed since then, and remember what is there now; None if nothing was remembered."""
        if user_id is None:
            return {}
        before = self._seen.get(user_id)
        self.remember(user_id)
        return None if before is None else changed(before, self._seen[user_id])


@attrs.frozen
class Wired:
    """A stack, connected."""

    stack: DeployedStack
    bus: Bus
    pipeline: Pipeline

    def tail(self) -> LogTail:
        """The function's log, from now on; refused if the function does not log what it decides."""
        level = self.stack.config.log_level
        if not tells_decisions(level):
            raise CliError(
                f"The function logs only {level} and worse, so its decisions cannot be followed. Set the "
                'Terraform variable log_level = "INFO", or send with --no-follow.'
            )
        return self.stack.function_log.tail(datetime.now(UTC))

    def refuse_made_up(self) -> None:
        """Refuse to put made-up events on this stack's bus, if they would reach real profiles."""
        if self.stack.config.livemode is Livemode.LIVE and not self.bus.is_local:
            raise CliError(
                'This environment is for live events (livemode = "live"), and made-up ones, or events given '
                "to another user, would reach real profiles."
            )

    def profiles(self) -> ProfileWatch:
        return ProfileWatch(self.pipeline.profile)


def wire(stack: DeployedStack) -> Wired:
    """Connect to a stack.

    Raises:
        CliError: Nobody but Stripe can put events on its bus.
    """
    bus = Bus.of(stack)
    return Wired(stack, bus, stack.pipeline(bus.source))

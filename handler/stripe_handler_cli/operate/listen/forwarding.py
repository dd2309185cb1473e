"""Puts a webhook's event on the bus. Refuses what EventBridge would refuse, with a reason."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.listen.following import Follower
from stripe_subscription_handler.webhook_bridge.bus import refuse_larger
from stripe_subscription_handler.webhook_bridge.entry import put_events_entry
from stripe_subscription_handler.webhook_bridge.receiving import ForwardingError


@attrs.frozen
class Forwarder:
    """Puts events on the bus. Called by many threads at a time; boto3's clients allow that.

    Attributes:
        follower: Told of each event, before it is on the bus.
    """

    put: Callable[[Mapping[str, Any]], None]
    source: str
    follower: Follower

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Put an event on the bus.

        Raises:
            ForwardingError: It is not there.
        """
        refuse_larger(put_events_entry(event, self.source))
        self.follower.expect(event)
        try:
            self.put(event)
        except (CliError, BotoCoreError, ClientError) as error:
            self.follower.forget(event)
            raise ForwardingError(f"the bus did not take the event: {error}") from error
        self.follower.arrived(event)

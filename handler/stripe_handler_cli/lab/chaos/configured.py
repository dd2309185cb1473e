"""The handler under the simulator's settings: what it is told to show, and what it reads for that. Pure."""

import attrs

from stripe_handler_cli.lab.simulator import Settings
from stripe_handler_cli.lab.simulator.options import USER_ID_KEY
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.selection import Selection

_NO_TABLE = "-"


@attrs.frozen
class Configured:
    """The handler as a run's environment configures it."""

    policy: Policy
    selection: Selection

    @classmethod
    def by(cls, settings: Settings, *, can_ask_stripe: bool) -> "Configured":
        # The same by name; the simulator's stand apart, so that its truth owes nothing to the handler.
        shows = ViewSettings(**attrs.asdict(settings, recurse=False))
        config = Config(_NO_TABLE, _NO_TABLE, user_id_metadata_key=USER_ID_KEY, shows=shows)
        return cls(config.policy(can_ask_stripe=can_ask_stripe), config.selection)

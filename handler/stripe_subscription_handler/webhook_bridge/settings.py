"""The bridge's environment → typed settings. Pure: it is handed the environment.

The names in `VARIABLES` are a public contract; `terraform/modules/webhook_bridge` sets them.
"""

from collections.abc import Mapping

import attrs

from stripe_subscription_handler.config import LogLevel
from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.webhook_bridge.entry import EVENT_SOURCE

VARIABLES = {"event_bus_name": "EVENT_BUS_NAME", "event_source": "EVENT_SOURCE", "log_level": "LOG_LEVEL"}
"""Attribute of `Settings` → environment variable."""


@attrs.frozen
class Settings:
    """Settings of a bridge: the bus its events go to, their `source`, and what is logged."""

    event_bus_name: str
    event_source: str = EVENT_SOURCE
    log_level: LogLevel = LogLevel.INFO

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings.

        Raises:
            ConfigError: A variable is missing or cannot be used; the message names it.
        """
        found = {name: environment.get(variable) for name, variable in VARIABLES.items()}
        if not found["event_bus_name"]:
            raise ConfigError("EVENT_BUS_NAME is not set; it names the event bus and is required")
        level = found["log_level"] or LogLevel.INFO
        if level not in set(LogLevel):
            raise ConfigError(f"LOG_LEVEL must be one of {', '.join(LogLevel)}")
        return cls(found["event_bus_name"], found["event_source"] or EVENT_SOURCE, LogLevel(level))

"""The environment of the function → typed, validated settings. Pure: it is handed the environment.

The names in `VARIABLES` are a public contract; `terraform/modules/profile_events` sets them. Those of the
profile's key and of the log's level are the handler's.
"""

import json
from collections.abc import Mapping

import attrs

from stripe_subscription_handler import config
from stripe_subscription_handler.config import LogLevel
from stripe_subscription_handler.decisions.ledger import PREFIX
from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.profile_events.changes import Told
from stripe_subscription_handler.profile_keys import ProfileKeys
from stripe_subscription_handler.reading.contract import ATTRIBUTES

VARIABLES = {
    "bus_arn": "PROFILE_EVENTS_BUS_ARN",
    "source": "PROFILE_EVENTS_SOURCE",
    "attributes": "PROFILE_EVENTS_ATTRIBUTES",
    "failure_queue_url": "PROFILE_EVENTS_FAILURE_QUEUE_URL",
}
"""Attribute of `Settings` → environment variable of this function alone."""
SHARED = {name: config.VARIABLES[name] for name in (*config.KEY_SETTINGS, "log_level")}
"""The same, for what the handler has too."""

DEFAULT_ATTRIBUTES = (
    "subscriptionAccessUntil",
    "subscriptionProducts",
    "subscriptionId",
    "subscriptionStatus",
    "subscriptionPriceId",
    "subscriptionProductId",
    "subscriptionQuantity",
    "subscriptionCancelAt",
    "subscriptionCanceledAt",
    "subscriptionCancelAtPeriodEnd",
    "subscriptionPauseCollection",
    "lastPaymentStatus",
    "lastPaymentInvoiceId",
    "nextPaymentAttemptAt",
    "entitlements",
)
"""A change of these is one that a user can see: access, plan, seats, cancellation, payments, features."""


@attrs.frozen
class Settings:
    """Settings of the profile events.

    Attributes:
        bus_arn: The bus that the events are put on.
        source: The `source` of the events.
        attributes: The attributes a change of which is told.
        failure_queue_url: Where a record is kept that cannot be told.
    """

    bus_arn: str
    source: str
    failure_queue_url: str
    attributes: tuple[str, ...] = DEFAULT_ATTRIBUTES
    keys: ProfileKeys = attrs.Factory(ProfileKeys)
    log_level: LogLevel = LogLevel.INFO

    @property
    def told(self) -> Told:
        """All of the contract is told, and of the app's own attributes those that were chosen to count."""
        return Told(frozenset(self.attributes), frozenset({*ATTRIBUTES, *self.attributes}))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings.

        Raises:
            ConfigError: A variable is missing or cannot be used; the message names it.
        """
        found = {
            name: environment[variable] for name, variable in VARIABLES.items() if variable in environment
        }
        for name in ("bus_arn", "source", "failure_queue_url"):
            if not found.get(name):
                raise ConfigError(f"{VARIABLES[name]} is not set, and is required")
        if found["source"].startswith("aws."):
            raise ConfigError(
                f"{VARIABLES['source']} must not begin with aws., which EventBridge keeps for itself"
            )
        level = environment.get(SHARED["log_level"]) or LogLevel.INFO
        if level not in set(LogLevel):
            raise ConfigError(f"{SHARED['log_level']} must be one of {', '.join(LogLevel)}")
        names = {one: environment[SHARED[one]] for one in config.KEY_SETTINGS if SHARED[one] in environment}
        keys = ProfileKeys(**names)
        keys.check()
        attributes = _attributes(found.get("attributes"), keys)
        return cls(
            found["bus_arn"], found["source"], found["failure_queue_url"], attributes, keys, LogLevel(level)
        )


def _attributes(text: str | None, keys: ProfileKeys) -> tuple[str, ...]:
    if text is None:
        return DEFAULT_ATTRIBUTES
    try:
        names = json.loads(text)
    except ValueError:
        names = None
    variable = VARIABLES["attributes"]
    if not isinstance(names, list) or not names or not all(isinstance(one, str) and one for one in names):
        raise ConfigError(f"{variable} must be a JSON list of names, with one at least")
    kept = [
        one for one in names if one.startswith(PREFIX) or one in (keys.partition_key_name, keys.sort_key_name)
    ]
    if kept:
        raise ConfigError(f"{variable} names {kept[0]}, which is no attribute that a profile shows")
    return tuple(names)

"""The drift check's own part of the environment → typed, validated settings; `config` reads the rest. Pure.

The names in `VARIABLES` are a public contract; `terraform/modules/drift_check` sets them.
"""

from collections.abc import Mapping

import attrs

from stripe_subscription_handler.errors import ConfigError

VARIABLES = {
    "repair": "DRIFT_CHECK_REPAIR",
    "interval_hours": "DRIFT_CHECK_INTERVAL_HOURS",
    "second_look_seconds": "DRIFT_CHECK_SECOND_LOOK_SECONDS",
    "requests_per_second": "DRIFT_CHECK_REQUESTS_PER_SECOND",
}
"""Attribute of `DriftCheckSettings` → environment variable."""


@attrs.frozen
class DriftCheckSettings:
    """How the drift check works.

    Attributes:
        interval_hours: From one pass's beginning to the next one's.
        second_look_seconds: How long after a look the next one comes.
        requests_per_second: Most requests to Stripe.
    """

    repair: bool = False
    interval_hours: float = 24
    second_look_seconds: float = 600
    requests_per_second: float = 10

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "DriftCheckSettings":
        """Read the settings.

        Raises:
            ConfigError: A variable cannot be used; the message names it.
        """
        repair = environment.get(VARIABLES["repair"], "false")
        if repair not in {"true", "false"}:
            raise ConfigError(f"{VARIABLES['repair']} must be true or false")
        return cls(
            repair == "true",
            _number(environment, "interval_hours", cls().interval_hours, above_zero=True),
            _number(environment, "second_look_seconds", cls().second_look_seconds),
            _number(environment, "requests_per_second", cls().requests_per_second, above_zero=True),
        )


def _number(environment: Mapping[str, str], name: str, default: float, *, above_zero: bool = False) -> float:
    variable = VARIABLES[name]
    try:
        value = float(environment.get(variable, default))
    except ValueError:
        value = float("nan")
    if not (value > 0 if above_zero else value >= 0) or value == float("inf"):
        raise ConfigError(f"{variable} must be a number, {'above 0' if above_zero else '0 or more'}")
    return value

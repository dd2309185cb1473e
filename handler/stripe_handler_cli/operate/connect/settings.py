"""What an environment's variable file says, as far as a connection to Stripe needs it. Pure.

Defaults are those of the Terraform root. A connection follows the file that it also writes to, and no other
way to give Terraform a value (`TF_VAR_…`, `*.auto.tfvars`).
"""

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.event_destinations import Payload
from stripe_handler_cli.stack.stripe_options import is_stand_in
from stripe_subscription_handler.config import STRIPE_API_URL
from stripe_subscription_handler.decisions.policy import ConnectEvents
from stripe_subscription_handler.events.event_types import (
    ADMITTED_EVENT_TYPES,
    DEFAULT_EVENT_TYPES,
    GENERATION_FAILURE_EVENT,
    THIN_PREFIXES,
)

SOURCE_VARIABLE = "stripe_event_source_name"
_KINDS: dict[str, type] = {
    "prefix": str,
    "event_types": list,
    "livemode": str,
    "connect_events": str,
    SOURCE_VARIABLE: str,
    "aws_region": str,
    "aws_endpoint_url": str,
    "lambda_package_path": str,
    "stripe_secret_arn": str,
    "stripe_secret_parameter_name": str,
    "stripe_api_url": str,
}
VARIABLES = tuple(_KINDS)


@attrs.frozen(kw_only=True)
class Settings:
    """An environment's settings."""

    prefix: str
    event_types: tuple[str, ...] = ADMITTED_EVENT_TYPES  # which its rule admits
    livemode: Literal["live", "test", "any"] = "any"
    connect_events: str = ConnectEvents.SKIP  # what becomes of other accounts' events
    source_name: str | None = None  # its partner event source; None for a custom bus
    region: str | None = None  # None for that of the shell's AWS settings
    endpoint_url: str | None = None  # of a local AWS
    package_path: str | None = None  # the function's zip, from the Terraform root
    has_stripe_key: bool = False  # the function may ask Stripe
    stripe_url: str | None = None  # where the function asks Stripe; None for Stripe itself

    def types_of(self, payload: Payload) -> tuple[str, ...]:
        """The types that reach the function in one form.

        Raises:
            CliError: None does; the message says what to write.
        """
        is_thin = payload == "thin"
        found = tuple(name for name in self.event_types if name.startswith(THIN_PREFIXES) == is_thin)
        # That Stripe failed to generate an event does not make a destination of those that it did not.
        found = found if set(found) - {GENERATION_FAILURE_EVENT} else ()
        if found and is_thin and not self.has_stripe_key:
            raise CliError(
                "Thin events hold no object, so the function must ask Stripe: name stripe_secret_arn (or "
                "stripe_secret_parameter_name) in the variable file."
            )
        if found:
            return found
        prefix = THIN_PREFIXES[0] if is_thin else ""
        wanted = ", ".join(f'"{prefix}{name}"' for name in DEFAULT_EVENT_TYPES)
        raise CliError(
            f"The rule would let no {payload} event pass. Set in the variable file: event_types = [{wanted}]"
        )


def read_settings(values: Mapping[str, Any], place: str) -> Settings:
    """Read the `VARIABLES` that a variable file names; `place` is its name, for messages.

    Raises:
        CliError: It lacks what is needed, or says something else.
    """
    given = {name: _checked(name, values.get(name), place) for name in VARIABLES}
    prefix = given.get("prefix")
    if not prefix:
        raise CliError(f"{place}: prefix is missing")
    livemode: Any = given.get("livemode") or "any"
    if livemode not in {"live", "test", "any"}:
        raise CliError(f"{place}: livemode must be live, test or any")
    connect_events = given.get("connect_events") or ConnectEvents.SKIP
    if connect_events not in set(ConnectEvents):
        raise CliError(f"{place}: connect_events must be skip or handle")
    stripe_url = given.get("stripe_api_url")
    if stripe_url not in {None, STRIPE_API_URL} and not is_stand_in(str(stripe_url)):
        raise CliError(
            f"{place}: stripe_api_url must be {STRIPE_API_URL} or an http URL of this machine: a Stripe key "
            "is sent nowhere else"
        )
    return Settings(
        prefix=prefix,
        event_types=tuple(given.get("event_types") or ADMITTED_EVENT_TYPES),
        livemode=livemode,
        connect_events=connect_events,
        source_name=given.get(SOURCE_VARIABLE),
        region=given.get("aws_region"),
        endpoint_url=given.get("aws_endpoint_url"),
        package_path=given.get("lambda_package_path"),
        has_stripe_key=bool(given.get("stripe_secret_arn") or given.get("stripe_secret_parameter_name")),
        stripe_url=stripe_url,
    )


def _checked(name: str, value: Any, place: str) -> Any:
    strings = value if isinstance(value, list) else [value]
    if value is not None and not (
        isinstance(value, _KINDS[name]) and all(isinstance(one, str) for one in strings)
    ):
        kind = "list of strings" if _KINDS[name] is list else "string"
        raise CliError(f"{place}: {name} must be a {kind}")
    return value

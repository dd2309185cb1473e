"""The function's settings, as the checks of several areas need them."""

from typing import Any

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.site import Site, found_or_none
from stripe_subscription_handler.config import STRIPE_API_URL, VARIABLES
from stripe_subscription_handler.decisions.policy import Livemode


def look_at_settings(site: Site) -> dict[str, Any] | None:
    """GetFunctionConfiguration of what is invoked; None where there is no such function."""
    invoked = site.stack.invoked_function
    return found_or_none(site.client("lambda").get_function_configuration, FunctionName=invoked)


def settings_of(site: Site) -> dict[str, Any]:
    """The function's settings; raises `CliError` where there is no function."""
    settings = site.see(look_at_settings)
    if settings is None:
        raise CliError(f"there is no function {site.stack.invoked_function}")
    return settings


def environment_of(site: Site) -> dict[str, str]:
    variables: dict[str, str] = settings_of(site).get("Environment", {}).get("Variables", {})
    return variables


def livemode_of(site: Site) -> str:
    return environment_of(site).get(VARIABLES["livemode"], Livemode.ANY)


def stripe_url_of(site: Site) -> str:
    """Where the function asks Stripe."""
    return environment_of(site).get(VARIABLES["stripe_api_url"]) or STRIPE_API_URL

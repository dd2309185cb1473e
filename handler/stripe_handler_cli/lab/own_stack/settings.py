"""What stays of an environment's settings on local AWS, which has nothing else of the account. Pure."""

from collections.abc import Mapping
from typing import Any

from stripe_handler_cli.tools.local_aws import LocalAws
from stripe_handler_cli.tools.terraform.variables import literal

BRIDGE_SOURCE = "stripe-webhook-bridge"
_ELSEWHERE = (
    "kms_key_arn",
    "profile_table_kms_key_arn",
    "webhook_bridge",
    "stripe_secret_parameter_name",
    "profile_events_bus_arn",
)
"""These name what is in the account, or need it."""


def local_values(
    said: Mapping[str, Any],
    aws: LocalAws,
    *,
    package: str,
    stripe_url: str,
    secret_arn: str,
    source: str | None,
) -> dict[str, Any]:
    """The values to apply with; `source` is the partner event source that is connected here, if any."""
    return {
        **said,
        **dict.fromkeys(_ELSEWHERE),
        "aws_endpoint_url": aws.endpoint_url,
        "aws_region": aws.region,
        "lambda_package_path": package,
        "lambda_package_s3": None,
        "create_profile_table": True,
        "deletion_protection_enabled": False,
        "livemode": "test",
        "stripe_api_url": stripe_url,
        "stripe_secret_arn": secret_arn,
        "stripe_event_source_name": source,
        "create_forwarding_bus": bool(said.get("create_forwarding_bus")) and source is not None,
        "bridge_event_source": None if source else said.get("bridge_event_source") or BRIDGE_SOURCE,
    }


def variable_file(values: Mapping[str, Any], made_of: str) -> str:
    """A variable file; null is what a variable is by itself where nothing else is said."""
    lines = [f"{name} = {literal(value)}\n" for name, value in sorted(values.items()) if value is not None]
    return (
        f"# Local AWS alone. `stripe-handler local apply` makes this anew, of {made_of}.\n\n{''.join(lines)}"
    )

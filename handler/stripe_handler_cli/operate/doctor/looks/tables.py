"""Asks DynamoDB for the two tables."""

from typing import Any

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.areas.parked import ParkedFacts
from stripe_handler_cli.operate.doctor.areas.tables import SYNC_TABLE_KEYS, TableFacts, TablesFacts
from stripe_handler_cli.operate.doctor.looks.functions import environment_of, livemode_of
from stripe_handler_cli.operate.doctor.site import Site, found_or_none
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.operations.parked_count import count_parked

_OWN_TAG = {"Key": "project", "Value": "stripe-subscription-handler"}
"""Terraform's default tag: on everything the stack made."""


def look_at_profile_table(site: Site) -> TableFacts:
    """The profile table, with the keys of the function's settings."""
    try:
        config = Config.from_environment(environment_of(site))
    except ConfigError as error:
        raise CliError(f"the function's environment cannot be used: {error}") from error
    names = [name for name in (config.partition_key_name, config.sort_key_name) if name]
    return _table(site, site.output("profile_table_name"), tuple((name, "S") for name in names))


def look_at_sync_table(site: Site) -> TableFacts:
    """The sync table."""
    return _table(site, site.output("sync_table_name"), SYNC_TABLE_KEYS)


def look_at_tables(site: Site) -> TablesFacts:
    """Both."""
    return TablesFacts((site.see(look_at_profile_table), site.see(look_at_sync_table)), livemode_of(site))


def describe_table(site: Site, name: str) -> dict[str, Any] | None:
    """DescribeTable; None where there is no such table."""
    found = found_or_none(site.client("dynamodb").describe_table, TableName=name)
    return None if found is None else dict(found["Table"])


def look_at_parked(site: Site) -> ParkedFacts:
    """Counts in the index of parked events; reads no event."""
    table = site.output("sync_table_name")
    count = count_parked(site.client("dynamodb"), table, int(site.now.timestamp()))
    return ParkedFacts(count.parked, count.expiring)


def _table(site: Site, name: str, expected_keys: tuple[tuple[str, str], ...]) -> TableFacts:
    client = site.client("dynamodb")
    table = site.see(describe_table, name)
    if table is None:
        return TableFacts(name=name, status=None, expected_keys=expected_keys)
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    return TableFacts(
        name=name,
        status=table["TableStatus"],
        keys=tuple(
            (key["AttributeName"], types[key["AttributeName"]])
            for key in sorted(table["KeySchema"], key=lambda key: str(key["KeyType"]))  # HASH, RANGE
        ),
        expected_keys=expected_keys,
        ttl_attribute=(
            expiry.get("AttributeName") if expiry["TimeToLiveStatus"] in {"ENABLED", "ENABLING"} else None
        ),
        is_recoverable=recovery == "ENABLED",
        is_protected=bool(table.get("DeletionProtectionEnabled")),
        is_of_this_stack=_OWN_TAG in client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"],
    )

"""The profile table and the sync table: keys, expiry, recovery, protection."""

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.site import Site, environment_of, found_or_none, livemode_of
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.errors import ConfigError

TTL_ATTRIBUTE = "expiresAt"
SYNC_TABLE_KEYS = (("PK", "S"), ("SK", "S"))
ENABLE_TTL = (
    "aws dynamodb update-time-to-live --table-name {sync_table_name} "
    f"--time-to-live-specification Enabled=true,AttributeName={TTL_ATTRIBUTE}"
)
ENABLE_RECOVERY = (
    "aws dynamodb update-continuous-backups --table-name {table_name} "
    "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
)
PROTECT = "aws dynamodb update-table --table-name {table_name} --deletion-protection-enabled"
_OWN_TAG = {"Key": "project", "Value": "stripe-subscription-handler"}
"""Terraform's default tag: on everything the stack made."""


@attrs.frozen(kw_only=True)
class TableFacts:
    """A table."""

    name: str
    status: str | None = "ACTIVE"  # AWS's word; None where there is no such table
    keys: tuple[tuple[str, str], ...] = SYNC_TABLE_KEYS  # each with its type
    expected_keys: tuple[tuple[str, str], ...] = SYNC_TABLE_KEYS
    ttl_attribute: str | None = None  # None where no item expires
    is_recoverable: bool = True
    is_protected: bool = True
    is_of_this_stack: bool = True  # else it is the app's own


def look_at_profile_table(site: Site) -> TableFacts:
    """The profile table, with the keys of the function's settings."""
    try:
        config = Config.from_environment(environment_of(site))
    except ConfigError as error:
        raise CliError(f"the function's environment cannot be used: {error}") from error
    names = [name for name in (config.partition_key_name, config.sort_key_name) if name]
    return _table(site, site.output("profile_table_name"), tuple((name, "S") for name in names))


def look_at_sync_table(site: Site) -> TableFacts:
    return _table(site, site.output("sync_table_name"), SYNC_TABLE_KEYS)


def _table(site: Site, name: str, expected_keys: tuple[tuple[str, str], ...]) -> TableFacts:
    client = site.client("dynamodb")
    found = found_or_none(client.describe_table, TableName=name)
    if found is None:
        return TableFacts(name=name, status=None, expected_keys=expected_keys)
    table = found["Table"]
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


def _judge_keys(facts: TableFacts) -> Finding:
    if facts.status is None:
        return failed(f"there is no table {facts.name}")
    if facts.status not in {"ACTIVE", "UPDATING"}:
        return failed(f"{facts.name} is {facts.status}")
    if facts.keys != facts.expected_keys:
        seen, used = _keys(facts.keys), _keys(facts.expected_keys)
        return failed(f"{facts.name} has the keys {seen}; the function uses {used}")
    return passed(f"{facts.name}, {_keys(facts.keys)}")


def _keys(keys: tuple[tuple[str, str], ...]) -> str:
    return " and ".join(f"{name} ({kind})" for name, kind in keys)


@check(Area.TABLES, look_at_profile_table)
def profile_table(facts: TableFacts) -> Finding:
    """Profile table's keys.

    With other keys than the table has, every write fails.

    The table is active; its key names are the function's settings, their type is string.
    """
    return _judge_keys(facts)


@check(Area.TABLES, look_at_sync_table)
def sync_table(facts: TableFacts) -> Finding:
    """Sync table's keys.

    Without it an event that names no user finds none, and cannot wait for one.

    The table is active; its keys are PK and SK, both strings.
    """
    return _judge_keys(facts)


@check(Area.TABLES, look_at_sync_table, ENABLE_TTL, APPLY)
def sync_table_expiry(facts: TableFacts) -> Finding:
    """Parked events expire.

    A parked event is a copy of Stripe's, with the customer's data in it; it is not to stay for ever.

    Time to live is enabled on the attribute `{TTL_ATTRIBUTE}`.
    """
    if facts.status is None:
        return failed(f"there is no table {facts.name}")
    if facts.ttl_attribute is None:
        return failed("items never expire: parked events, with customers' data, stay for ever", ENABLE_TTL)
    if facts.ttl_attribute != TTL_ATTRIBUTE:
        return failed(f"items expire by {facts.ttl_attribute}, not {TTL_ATTRIBUTE}")
    return passed(f"items expire by {TTL_ATTRIBUTE}")


@attrs.frozen
class TablesFacts:
    """Both tables."""

    tables: tuple[TableFacts, TableFacts]
    livemode: str


def look_at_tables(site: Site) -> TablesFacts:
    return TablesFacts((site.see(look_at_profile_table), site.see(look_at_sync_table)), livemode_of(site))


@check(Area.TABLES, look_at_tables, ENABLE_RECOVERY)
def point_in_time_recovery(facts: TablesFacts) -> Finding:
    """Point-in-time recovery.

    Profiles overwritten by a fault of the app can be put back, and the archive replayed on top.

    Enabled for both tables. Off fails for a table of this stack, and is a warning for the app's own.
    """
    missing = [table for table in facts.tables if not table.is_recoverable]
    ours = [table for table in missing if table.is_of_this_stack]
    off = f"off for {', '.join(table.name for table in missing)}"
    if ours:
        return failed(off, ENABLE_RECOVERY, table_name=ours[0].name)
    if missing:
        return warned(f"{off}, the app's own", ENABLE_RECOVERY, table_name=missing[0].name)
    return passed("on for both tables")


@check(Area.TABLES, look_at_tables, PROTECT)
def deletion_protection(facts: TablesFacts) -> Finding:
    """Deletion protection.

    `terraform destroy` in the wrong workspace takes the profiles with it.

    Off is a warning where `LIVEMODE` is live.
    """
    bare = [table.name for table in facts.tables if not table.is_protected]
    if not bare:
        return passed("on for both tables")
    if facts.livemode == "live":
        return warned(f"off for {', '.join(bare)}, and the environment is live", PROTECT, table_name=bare[0])
    return passed(f"off for {', '.join(bare)}; the environment is not live (LIVEMODE {facts.livemode})")

"""The profile table and the sync table: keys, expiry, recovery, protection, and whether they agree."""

import attrs

from stripe_handler_cli.common.user_command import as_argument
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.site import (
    Site,
    config_of,
    config_of_tables,
    found_or_none,
    livemode_of,
)
from stripe_handler_cli.stack.stored.misplaced import Misplaced, confirmed, holdings
from stripe_subscription_handler.comparison.tables import SEGMENTS, ScanPosition, Tables

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
REPAIR_OWNER = "stripe-handler sync{stack_options} {user}"
ITEMS_LOOKED_AT = 800
"""Most items of the profile table that the doctor looks at, in equal parts of the whole table."""
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
    config = config_of(site)
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


@attrs.frozen(kw_only=True)
class OwnersFacts:
    """Some profiles held against the links of what they hold."""

    misplaced: tuple[Misplaced, ...] = ()
    profiles: int = 0  # that hold a subscription
    scanned: int = 0  # items of the table
    is_whole: bool = True  # whether these are all items


def look_at_owners(site: Site) -> OwnersFacts:
    """The first items of each part of the table: a bounded number, whatever its size."""
    config = config_of_tables(site)
    tables = Tables(site.client("dynamodb"), config, scan_limit=ITEMS_LOOKED_AT // SEGMENTS)
    pages = [tables.scan(ScanPosition(segment)) for segment in range(SEGMENTS)]
    users = [profile.user_id for page in pages for profile in page.profiles]
    found = holdings(tables, users).misplaced
    return OwnersFacts(
        misplaced=confirmed(tables, found) if found else (),
        profiles=len(users),
        scanned=sum(page.scanned for page in pages),
        is_whole=all(page.next is None or page.next.after is None for page in pages),
    )


@check(Area.TABLES, look_at_owners, REPAIR_OWNER)
def one_owner(facts: OwnersFacts) -> Finding:
    """One owner at a time.

    A subscription in a profile that does not own it gives somebody what another user pays for, and no event
    will change that.

    At most {ITEMS_LOOKED_AT} items of the profile table: each subscription that a profile holds has a link
    that names its user. `stripe-handler reconcile --owners` looks at all of them.
    """
    looked = f"{plural(facts.profiles, 'profile')} with a subscription, of {plural(facts.scanned, 'item')}"
    if not facts.is_whole:
        looked += "; `stripe-handler reconcile --owners` looks at all"
    if not facts.misplaced:
        return passed(f"every subscription is where its link says ({looked})")
    first, count = facts.misplaced[0], len(facts.misplaced)
    more = f", and {count - 1} more" if count > 1 else ""
    told = f"{first.subscription_id} is held by {first.user_id}, but {first.told}{more}"
    return failed(f"{told} ({looked})", REPAIR_OWNER, user=as_argument(first.user_id))

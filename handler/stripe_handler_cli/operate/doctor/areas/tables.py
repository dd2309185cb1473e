"""What is right for the profile table and the sync table: keys, expiry, recovery, protection. Pure."""

import attrs

from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY

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


@attrs.frozen(kw_only=True)
class TableFacts:
    """A table.

    Attributes:
        name: Its name.
        status: AWS's word; None where there is no such table.
        keys: Partition key and sort key, each with its type.
        expected_keys: What the function's settings say they are.
        ttl_attribute: Attribute by which items expire; None where none do.
        is_recoverable: Whether point-in-time recovery is on.
        is_protected: Whether it is protected from deletion.
        is_of_this_stack: Whether this stack made it; else it is the app's own.
    """

    name: str
    status: str | None = "ACTIVE"
    keys: tuple[tuple[str, str], ...] = SYNC_TABLE_KEYS
    expected_keys: tuple[tuple[str, str], ...] = SYNC_TABLE_KEYS
    ttl_attribute: str | None = None
    is_recoverable: bool = True
    is_protected: bool = True
    is_of_this_stack: bool = True


@attrs.frozen
class TablesFacts:
    """Both tables.

    Attributes:
        tables: Profile table and sync table.
        livemode: The function's `LIVEMODE`.
    """

    tables: tuple[TableFacts, TableFacts]
    livemode: str


def judge_keys(facts: TableFacts) -> Finding:
    """There, ready, and keyed as the function keys it."""
    if facts.status is None:
        return failed(f"there is no table {facts.name}", APPLY)
    if facts.status not in {"ACTIVE", "UPDATING"}:
        return failed(f"{facts.name} is {facts.status}", APPLY)
    if facts.keys != facts.expected_keys:
        return failed(
            f"{facts.name} has the keys {_keys(facts.keys)}; the function uses {_keys(facts.expected_keys)}",
            APPLY,
        )
    return passed(f"{facts.name}, {_keys(facts.keys)}")


def judge_expiry(facts: TableFacts) -> Finding:
    """Parked events go away after 30 days; they hold customers' data."""
    if facts.status is None:
        return failed(f"there is no table {facts.name}", APPLY)
    if facts.ttl_attribute is None:
        return failed("items never expire: parked events, with customers' data, stay for ever", ENABLE_TTL)
    if facts.ttl_attribute != TTL_ATTRIBUTE:
        return failed(f"items expire by {facts.ttl_attribute}, not {TTL_ATTRIBUTE}", APPLY)
    return passed(f"items expire by {TTL_ATTRIBUTE}")


def judge_recovery(facts: TablesFacts) -> Finding:
    """Both can be put back to any second of the last weeks."""
    missing = [table for table in facts.tables if not table.is_recoverable]
    ours = [table for table in missing if table.is_of_this_stack]
    if ours:
        return failed(
            f"off for {', '.join(table.name for table in missing)}", ENABLE_RECOVERY, table_name=ours[0].name
        )
    if missing:
        return warned(
            f"off for {missing[0].name}, the app's own", ENABLE_RECOVERY, table_name=missing[0].name
        )
    return passed("on for both tables")


def judge_protection(facts: TablesFacts) -> Finding:
    """In production nobody deletes a table by mistake."""
    bare = [table.name for table in facts.tables if not table.is_protected]
    if not bare:
        return passed("on for both tables")
    if facts.livemode == "live":
        return warned(f"off for {', '.join(bare)}, and the environment is live", PROTECT, table_name=bare[0])
    return passed(f"off for {', '.join(bare)}; the environment is not live (LIVEMODE {facts.livemode})")


def _keys(keys: tuple[tuple[str, str], ...]) -> str:
    return " and ".join(f"{name} ({kind})" for name, kind in keys)


PROFILE_TABLE = Check(
    key="profile-table",
    area=Area.TABLES,
    title="Profile table's keys",
    why="With other keys than the table has, every write fails.",
    checked="The table is active; its key names are the function's settings, their type is string.",
    fixes=(APPLY,),
    judge=judge_keys,
)
SYNC_TABLE = Check(
    key="sync-table",
    area=Area.TABLES,
    title="Sync table's keys",
    why="Without it an event that names no user finds none, and cannot wait for one.",
    checked="The table is active; its keys are PK and SK, both strings.",
    fixes=(APPLY,),
    judge=judge_keys,
)
SYNC_TABLE_EXPIRY = Check(
    key="sync-table-expiry",
    area=Area.TABLES,
    title="Parked events expire",
    why="A parked event is a copy of Stripe's, with the customer's data in it; it is not to stay for ever.",
    checked=f"Time to live is enabled on the attribute `{TTL_ATTRIBUTE}`.",
    fixes=(ENABLE_TTL, APPLY),
    judge=judge_expiry,
)
RECOVERY = Check(
    key="point-in-time-recovery",
    area=Area.TABLES,
    title="Point-in-time recovery",
    why="Profiles overwritten by a fault of the app can be put back, and the archive replayed on top.",
    checked=(
        "Enabled for both tables. Off fails for a table of this stack, and is a warning for the app's own."
    ),
    fixes=(ENABLE_RECOVERY,),
    judge=judge_recovery,
)
PROTECTION = Check(
    key="deletion-protection",
    area=Area.TABLES,
    title="Deletion protection",
    why="`terraform destroy` in the wrong workspace takes the profiles with it.",
    checked="Off is a warning where `LIVEMODE` is live.",
    fixes=(PROTECT,),
    judge=judge_protection,
)

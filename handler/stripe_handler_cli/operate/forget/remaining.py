"""What is left of a forgotten user where, and until when. Reads retentions; changes nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
from botocore.exceptions import ClientError

from stripe_handler_cli.common.private_files import state_directory
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.forget.letters import has_word
from stripe_handler_cli.stack.deployed import DeployedStack

_UNKNOWN = "as long as it is set to keep them (that could not be read)"


@attrs.frozen
class Left:
    """Something that is left.

    Attributes:
        until: For how long, or what ends it.
    """

    where: str
    what: str
    until: str


def places(stack: DeployedStack) -> list[Left]:
    """What no command takes out of its place: it goes by itself, or where it is kept."""
    found = [
        Left(
            f"archive {name}", "whole events; a replay skips them", _days(_archive(stack, name), "each came")
        )
        for name in (stack.outputs.get("archive_name"), stack.outputs.get("webhook_bridge_archive_name"))
        if name
    ]
    log = str(stack.outputs.get("log_group_name"))
    tables = [str(stack.outputs.get(f"{one}_table_name")) for one in ("profile", "sync")]
    return [
        *found,
        Left(
            f"log {log}", "ids of the user, of subscriptions and events", _days(_log(stack, log), "each line")
        ),
        Left("X-Ray, where it is on", "texts of errors, which hold no ids of users", "30 days"),
        Left(
            f"backups of {' and '.join(tables)}",
            "both tables as they were",
            "35 days by point-in-time recovery; a backup that somebody made, until it is deleted",
        ),
        *_drift_check(stack, tables[1]),
        Left("events on their way", "whole events; each is skipped as forgotten", "30 hours at most"),
        Left("Stripe", "the customer, and the user's id in metadata", "you delete them there"),
    ]


def _drift_check(stack: DeployedStack, sync_table: str) -> list[Left]:
    if not stack.outputs.get("drift_check_function_name"):
        return []
    what = "ids of users and subscriptions that differed from Stripe"
    return [Left(f"passes of the drift check, table {sync_table}", what, "30 days after each pass")]


def dropped_files(user_id: str, ids: frozenset[str]) -> list[Path]:
    """Files of `dlq drop` in this person's state directory that hold one of these ids, or name the user."""
    directory = state_directory() / "dropped"
    found = []
    for path in sorted(directory.glob("*.jsonl")) if directory.is_dir() else ():
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if (
            has_word(text, ids)
            or json.dumps(user_id) in text
            or json.dumps(json.dumps(user_id))[1:-1] in text
        ):
            found.append(path)
    return found


def of_person(
    app_attributes: tuple[str, ...], others: int, held: int, files: list[Path], table: str
) -> list[Left]:
    """What is left of this person in particular."""
    found = []
    if app_attributes:
        what = f"the app's own: {', '.join(app_attributes)}"
        found.append(Left(f"profile, table {table}", what, "the app deletes them"))
    if others:
        what = f"{plural(others, 'claim')} of other users: the former owner of what is theirs now"
        found.append(Left("sync table", what, "something names their user anew"))
    if held:
        what = f"{plural(held, 'message')} that somebody else was looking at"
        found.append(Left("queues", what, "run this again in a minute"))
    found += [Left(f"file {path}", "messages that `dlq drop` took", "you delete it") for path in files]
    return found


def _archive(stack: DeployedStack, name: str) -> int | None:
    return _read(lambda: stack.endpoint.events.describe_archive(ArchiveName=name).get("RetentionDays"))


def _log(stack: DeployedStack, group: str) -> int | None:
    def read() -> Any:
        groups: Any = stack.endpoint.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        return next((one.get("retentionInDays") for one in groups if one["logGroupName"] == group), None)

    return _read(read)


def _read(read: Callable[[], Any]) -> int | None:
    try:
        found = read()
    except ClientError:
        return None
    return int(found) if found else None


def _days(days: int | None, since: str) -> str:
    return f"{plural(days, 'day')} after {since}" if days else _UNKNOWN

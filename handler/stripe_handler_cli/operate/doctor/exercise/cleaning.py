"""Takes away what an exercise made: the profile, what the sync table has of it, its messages. Nothing else.

The customer's partition of the sync table is the exercise's alone, and so is the profile, as long as what it
shows is the made-up customer's. A message is deleted only if it is of a made-up event.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs
from botocore.exceptions import ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.exercise.made_up import CUSTOMER, is_ours
from stripe_handler_cli.stack.dead_letters.messages import Layer
from stripe_handler_cli.stack.dead_letters.of_stack import queues_of
from stripe_handler_cli.stack.dead_letters.queues import Pass, Queue
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_subscription_handler.dynamodb.sync_table import partition_query
from stripe_subscription_handler.dynamodb.wire import to_wire

_NOT_ALLOWED = "AccessDeniedException"
_HOLD_SECONDS = 10
_SHOWN_CUSTOMER, _SHOWN_START = "stripeCustomerId", "subscriptionCurrentPeriodStart"
_NOBODYS = "attribute_not_exists(#customer) OR #customer = :ours"


@attrs.frozen
class Leftovers:
    """What an exercise has made and not taken away.

    Attributes:
        began_at: When that exercise began, where the profile tells.
        items: How many items of the sync table.
    """

    has_profile: bool
    began_at: dt.datetime | None
    items: int

    def __bool__(self) -> bool:
        return self.has_profile or self.items > 0


@attrs.frozen
class Cleaned:
    """What was taken away.

    Attributes:
        is_kept: Whether the empty item of the profile had to stay, because whoever cleans may not delete it.
    """

    profile: bool
    items: int
    messages: int
    is_kept: bool = False

    def __str__(self) -> str:
        parts = [
            *(["the profile"] if self.profile else []),
            *([plural(self.items, "item") + " of the sync table"] if self.items else []),
            *([plural(self.messages, "message")] if self.messages else []),
        ]
        return ", ".join(parts) or "nothing"


def look(stack: DeployedStack, user_id: str) -> Leftovers:
    """Look for what an earlier exercise left.

    Raises:
        CliError: The user is somebody's: the profile shows another customer, or attributes of an app alone.
    """
    item = stack.tables.profile(user_id) or {}
    keys = set(stack.config.profile_key(user_id))
    if item.keys() - keys and item.get(_SHOWN_CUSTOMER) != CUSTOMER:
        raise CliError(
            f"There is a profile of a user {user_id}, and it is not the exercise's. Name a user that nobody"
            " has: --exercise-user ID"
        )
    began = item.get(_SHOWN_START)
    at = dt.datetime.fromisoformat(began) if isinstance(began, str) else None
    return Leftovers(bool(item), at, len(_partition(stack)))


def clean(stack: DeployedStack, user_id: str) -> Cleaned:
    """Take it all away; what is gone already is no error."""
    removed, is_kept = _remove_profile(stack, user_id)
    items = _partition(stack)
    for item in items:
        stack.endpoint.dynamodb.delete_item(
            TableName=stack.config.sync_table_name, Key={name: item[name] for name in ("PK", "SK")}
        )
    messages = sum(_remove_messages(queue) for queue in queues_of(stack, *Layer))
    return Cleaned(removed, len(items), messages, is_kept)


def _partition(stack: DeployedStack) -> list[Mapping[str, Any]]:
    """All that the sync table has of the made-up customer, on the wire."""
    query = partition_query(stack.config.sync_table_name, CUSTOMER)
    pages: Any = stack.endpoint.dynamodb.get_paginator("query").paginate(**query)
    return [item for page in pages for item in page["Items"]]


def _remove_profile(stack: DeployedStack, user_id: str) -> tuple[bool, bool]:
    """Delete the item, or empty it where it may not be deleted.

    Returns:
        Whether there was something of ours, and whether an empty item stays.
    """
    config, client = stack.config, stack.endpoint.dynamodb
    about: dict[str, Any] = {
        "TableName": config.table_name,
        "Key": to_wire(config.profile_key(user_id)),
        "ConditionExpression": _NOBODYS,
        "ExpressionAttributeValues": to_wire({":ours": CUSTOMER}),
    }
    names = {"#customer": _SHOWN_CUSTOMER}
    try:
        gone: Any = client.delete_item(**about, ExpressionAttributeNames=names, ReturnValues="ALL_OLD")
    except ClientError as error:
        if error.response["Error"].get("Code") != _NOT_ALLOWED:
            raise
    else:
        return "Attributes" in gone, False
    item = stack.tables.profile(user_id) or {}
    others = sorted(item.keys() - config.profile_key(user_id).keys())
    if others:
        places = {f"#n{number}": name for number, name in enumerate(others)}
        update = f"REMOVE {', '.join(places)}"
        client.update_item(**about, ExpressionAttributeNames=names | places, UpdateExpression=update)
    return bool(others), bool(item)


def _remove_messages(queue: Queue) -> int:
    if queue.counts().visible == 0:
        return 0
    removed = 0
    with Pass(queue, _HOLD_SECONDS) as messages:
        for taken in messages:
            if is_ours(taken.letter.event_id):
                removed += messages.remove(taken.letter)
    return removed


def still_there(stack: DeployedStack, user_id: str) -> bool:
    """Whether anything came back meanwhile, by an event that was on its way."""
    item = stack.tables.profile(user_id) or {}
    others = item.keys() - stack.config.profile_key(user_id).keys()
    return bool(others) or bool(_partition(stack))

"""What an app does that writes its users with `PutItem`: the item is replaced, the ledger with it."""

from collections.abc import Mapping
from typing import Any

from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.decisions.view import VIEW

EMAIL = "ada@example.com"
"""What the app puts there."""


def put_over(pipeline: Pipeline, user_id: str) -> None:
    """Replace a user's item with one that has only an e-mail address."""
    key: Any = {name: {"S": value} for name, value in pipeline.config.profile_key(user_id).items()}
    pipeline.dynamodb.put_item(TableName=pipeline.config.table_name, Item={**key, "email": {"S": EMAIL}})


def shown(profile: Mapping[str, Any]) -> dict[str, Any]:
    """What an app reads of a profile."""
    return {name: profile[name] for name in VIEW if name in profile}

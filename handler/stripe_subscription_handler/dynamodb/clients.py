"""Makes the clients of DynamoDB: botocore's, or the lean one where the environment is plain.

Their time-outs and retries are alike, and fit in the function's 30 seconds.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from stripe_subscription_handler.config import ClientKind, Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CONNECT_TIMEOUT_SECONDS = 2
_READ_TIMEOUT_SECONDS = 4
_ATTEMPTS = 4


def dynamodb_client() -> "DynamoDBClient":
    """Make botocore's client."""
    # Importing it is most of a cold start (docs/performance.md).
    from stripe_subscription_handler.aws_clients import aws_client  # noqa: PLC0415

    client: DynamoDBClient = aws_client(
        "dynamodb",
        connect_timeout=_CONNECT_TIMEOUT_SECONDS,
        read_timeout=_READ_TIMEOUT_SECONDS,
        tcp_keepalive=True,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    )
    return client


def client_for_events(environment: Mapping[str, str], config: Config) -> "DynamoDBClient":
    """Make the client of the function that handles events: the lean one where nothing speaks against it."""
    # A table that is named by its ARN can be another account's, whose requests go to an address of its own.
    named_by_arn = any(name.startswith("arn:") for name in (config.table_name, config.sync_table_name))
    may_be_lean = config.dynamodb_client is ClientKind.AUTO and not named_by_arn
    return (may_be_lean and _lean_client(environment)) or dynamodb_client()


def _lean_client(environment: Mapping[str, str]) -> "DynamoDBClient | None":
    try:
        from stripe_subscription_handler.dynamodb.lean.client import LeanClient  # noqa: PLC0415
        from stripe_subscription_handler.dynamodb.lean.plain_environment import (  # noqa: PLC0415
            PlainEnvironment,
        )

        plain = PlainEnvironment.of(environment)
        lean = plain and LeanClient(
            plain,
            dynamodb_client,
            connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            read_timeout=_READ_TIMEOUT_SECONDS,
            attempts=_ATTEMPTS,
        )
    except (ImportError, AttributeError):
        # AWS has changed the runtime's botocore or urllib3, and what is needed is elsewhere there.
        return None
    return cast("DynamoDBClient | None", lean)

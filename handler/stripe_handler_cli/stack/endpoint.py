"""Where AWS is: makes boto3 clients from the same variables Terraform reads. Holds no global client."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs
import boto3
from botocore.config import Config

from stripe_handler_cli.stack.missing import name_what_is_missing
from stripe_subscription_handler.user_agent import USER_AGENT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sqs import SQSClient

_PATIENT = Config(retries={"mode": "standard"}, connect_timeout=5, read_timeout=30)


@attrs.frozen
class Endpoint:
    """An AWS to talk to, by `AWS_*` variables; the ones not given come from the process's environment."""

    variables: Mapping[str, str]
    make_client: Callable[[str], Any] | None = None

    def client(self, service: str, config: Config = _PATIENT) -> Any:
        """Make a client of a service by boto3's name. One of `make_client` has its own settings."""
        if self.make_client is not None:
            return self.make_client(service)
        session = boto3.Session(
            aws_access_key_id=self.variables.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=self.variables.get("AWS_SECRET_ACCESS_KEY"),
            region_name=self.variables.get("AWS_DEFAULT_REGION"),
        )
        name_what_is_missing(session.events)
        return session.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.variables.get("AWS_ENDPOINT_URL"),
            config=config,
        )

    @property
    def dynamodb(self) -> "DynamoDBClient":
        return self.client("dynamodb")  # type: ignore[no-any-return]

    def dynamodb_for(self, workers: int) -> "DynamoDBClient":
        """A client for many requests of several threads: each has a connection of its own.

        What costs CPU time with every request is left out, as the functions' clients do (`aws_clients`).
        """
        lean = Config(max_pool_connections=workers + 1, parameter_validation=False, user_agent=USER_AGENT)
        return self.client("dynamodb", _PATIENT.merge(lean))  # type: ignore[no-any-return]

    @property
    def events(self) -> "EventBridgeClient":
        return self.client("events")  # type: ignore[no-any-return]

    @property
    def functions(self) -> "LambdaClient":
        return self.client("lambda")  # type: ignore[no-any-return]

    @property
    def logs(self) -> "CloudWatchLogsClient":
        return self.client("logs")  # type: ignore[no-any-return]

    @property
    def queues(self) -> "SQSClient":
        return self.client("sqs")  # type: ignore[no-any-return]

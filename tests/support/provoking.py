"""Faults, provoked through boto3 and undone at the end, also when the test in between fails."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stripe_handler_cli.stack.endpoint import Endpoint

TABLE_FAULT_TAG = "stripe-handler-local:fault"


@contextmanager
def table_fault(endpoint: Endpoint, table_name: str, fault: str) -> Iterator[None]:
    """Let local AWS answer requests for the table's items with an error code. Injected: docs/local-aws.md."""
    arn = endpoint.dynamodb.describe_table(TableName=table_name)["Table"]["TableArn"]
    endpoint.dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": TABLE_FAULT_TAG, "Value": fault}])
    try:
        yield
    finally:
        endpoint.dynamodb.untag_resource(ResourceArn=arn, TagKeys=[TABLE_FAULT_TAG])


def _wait_until_updated(endpoint: Endpoint, function_name: str) -> None:
    # The waiter's own pace is 5 seconds.
    pace: Any = {"Delay": 0.1, "MaxAttempts": 300}
    endpoint.functions.get_waiter("function_updated").wait(FunctionName=function_name, WaiterConfig=pace)


@contextmanager
def configuration(
    endpoint: Endpoint, function_name: str, *, timeout_seconds: int | None = None, **variables: str
) -> Iterator[None]:
    """Run the function with other settings: its time-out, and environment variables laid over its own."""
    found: Any = endpoint.functions.get_function_configuration(FunctionName=function_name)
    own: dict[str, str] = found["Environment"]["Variables"]

    def configure(timeout: int, environment: dict[str, str]) -> None:
        endpoint.functions.update_function_configuration(
            FunctionName=function_name, Timeout=timeout, Environment={"Variables": environment}
        )
        _wait_until_updated(endpoint, function_name)

    configure(timeout_seconds or found["Timeout"], {**own, **variables})
    try:
        yield
    finally:
        configure(found["Timeout"], own)


@contextmanager
def code(endpoint: Endpoint, function_name: str, bad: bytes, good: Path) -> Iterator[None]:
    """Deploy a zip, and roll back to the packaged one at the end."""

    def deploy(package: bytes) -> None:
        endpoint.functions.update_function_code(FunctionName=function_name, ZipFile=package)
        _wait_until_updated(endpoint, function_name)

    deploy(bad)
    try:
        yield
    finally:
        deploy(good.read_bytes())


@contextmanager
def permission_withdrawn(endpoint: Endpoint, function: str, rule_arn: str) -> Iterator[None]:
    """Let EventBridge not invoke the function (or `function:alias`) for a rule."""
    functions = endpoint.functions
    statements = json.loads(functions.get_policy(FunctionName=function)["Policy"])["Statement"]
    [statement] = [one for one in statements if one["Condition"]["ArnLike"]["AWS:SourceArn"] == rule_arn]
    functions.remove_permission(FunctionName=function, StatementId=statement["Sid"])
    try:
        yield
    finally:
        functions.add_permission(
            FunctionName=function,
            StatementId=statement["Sid"],
            Action=statement["Action"],
            Principal=statement["Principal"]["Service"],
            SourceArn=rule_arn,
        )


def zip_without_its_dependencies() -> bytes:
    """A zip whose handler module imports what is not there."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("stripe_subscription_handler/__init__.py", "")
        archive.writestr("stripe_subscription_handler/app.py", "import a_dependency_left_out_of_the_zip\n")
    return buffer.getvalue()


@contextmanager
def secret(endpoint: Endpoint, name: str, value: str) -> Iterator[str]:
    """A secret of Secrets Manager; yields its ARN."""
    client = endpoint.client("secretsmanager")
    arn: str = client.create_secret(Name=name, SecretString=value)["ARN"]
    try:
        yield arn
    finally:
        client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


@contextmanager
def scheduled_for_deletion(endpoint: Endpoint, secret_arn: str) -> Iterator[None]:
    """Delete a secret, and restore it at the end."""
    client = endpoint.client("secretsmanager")
    client.delete_secret(SecretId=secret_arn, RecoveryWindowInDays=7)
    try:
        yield
    finally:
        client.restore_secret(SecretId=secret_arn)

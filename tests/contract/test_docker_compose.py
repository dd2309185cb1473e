"""docker-compose.yml holds one LocalStack: the last tag without a token, on loopback only."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

# What the stack and the integration tests call.
SERVICES = {"cloudwatch", "dynamodb", "events", "iam", "lambda", "logs", "s3", "sns", "sqs", "sts"}


@pytest.fixture(scope="module")
def localstack() -> dict[str, Any]:
    """The only service of the file."""
    document = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert set(document["services"]) == {"localstack"}
    service: dict[str, Any] = document["services"]["localstack"]
    return service


def test_the_image_is_pinned_to_the_last_tag_without_a_token(localstack: dict[str, Any]) -> None:
    """Later tags ask for an account; `latest` is such a tag."""
    assert localstack["image"] == "localstack/localstack:4.14.0"


def test_the_port_is_open_on_loopback_only(localstack: dict[str, Any]) -> None:
    """The emulator checks no credentials: nobody else on the network may reach it."""
    assert localstack["ports"] == ["127.0.0.1:4566:4566"]


def test_lambdas_can_be_started(localstack: dict[str, Any]) -> None:
    """LocalStack starts functions as containers: it needs the Docker socket."""
    assert "/var/run/docker.sock:/var/run/docker.sock" in localstack["volumes"]


def test_the_arm64_function_runs_on_any_machine(localstack: dict[str, Any]) -> None:
    """The zip is pure Python, so the container may have the machine's own architecture."""
    assert localstack["environment"]["LAMBDA_IGNORE_ARCHITECTURE"] == "1"


def test_only_the_services_of_the_stack_are_on(localstack: dict[str, Any]) -> None:
    """A call to a service that nobody meant to use fails instead of passing silently."""
    assert set(localstack["environment"]["SERVICES"].split(",")) == SERVICES

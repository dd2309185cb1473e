"""AWS clients: what they send, and what importing the handler brings with it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, DataNotFoundError

from stripe_subscription_handler.aws_clients import aws_client
from stripe_subscription_handler.user_agent import USER_AGENT

UNNEEDED = (
    "asyncio.events",
    "boto3",
    "botocore.client",
    "botocore.session",
    "pydantic",
    "requests",
    "s3transfer",
    "stripe",
)
"""Modules that no usual event needs, and that a cold start would pay for."""


class _Body:
    """A response's body."""

    def __init__(self, text: bytes) -> None:
        self.text = text

    def stream(self, *_: Any, **__: Any) -> Any:
        """Hand it over in one piece."""
        yield self.text


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials and a region in the environment, as Lambda sets them."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def answering(client: Any, *answers: tuple[int, dict[str, Any]]) -> list[Any]:
    """Have a client's requests answered without a network; returns them as they come."""
    sent, waiting = [], list(answers)

    def send(request: Any, **_: Any) -> AWSResponse:
        sent.append(request)
        status, body = waiting.pop(0)
        return AWSResponse(request.url, status, {}, _Body(json.dumps(body).encode()))

    client.meta.events.register("before-send.*.*", send)
    return sent


@pytest.mark.usefixtures("keys")
def test_a_request_names_us_and_goes_to_the_regions_endpoint() -> None:
    """CloudTrail shows the name; the endpoint is AWS's own for the region."""
    client = aws_client("dynamodb")
    sent = answering(client, (200, {}))
    client.get_item(TableName="t", Key={"PK": {"S": "1"}})
    [request] = sent
    assert request.url == "https://dynamodb.us-east-1.amazonaws.com/"
    assert request.headers["User-Agent"] == USER_AGENT.encode()


@pytest.mark.usefixtures("keys")
def test_a_transaction_that_is_sent_again_has_the_same_token() -> None:
    """So DynamoDB does it once, although requests are not validated here."""
    client = aws_client("dynamodb", retries={"mode": "standard", "total_max_attempts": 2})
    sent = answering(client, (500, {"__type": "InternalServerError"}), (200, {}))
    client.transact_write_items(TransactItems=[])
    first, second = (json.loads(request.body)["ClientRequestToken"] for request in sent)
    assert first == second


@pytest.mark.usefixtures("keys")
def test_a_request_that_is_wrong_is_refused_by_the_service() -> None:
    """Not before it is sent: checking twice would cost a fifth of each request's CPU time."""
    client = aws_client("dynamodb")
    sent = answering(client, (400, {"__type": "ValidationException", "message": "wrong"}))
    with pytest.raises(ClientError, match="ValidationException"):
        client.get_item(TableName="t", Key={"PK": {"S": 1}})
    assert len(sent) == 1


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("service", ["events", "secretsmanager"])
def test_clients_of_other_services_are_made_the_same_way(service: str) -> None:
    """Each finds its own service's data."""
    assert aws_client(service).meta.service_model.service_name == service


@pytest.mark.usefixtures("keys")
def test_a_service_that_does_not_exist_is_an_error() -> None:
    """Although the services are not listed first."""
    with pytest.raises(DataNotFoundError):
        aws_client("no-such-service")


def test_starting_imports_nothing_unneeded(tmp_path: Path) -> None:
    """Neither stripe and what asks it, nor botocore's clients and asyncio, nor what answers operations."""
    code = "import sys, stripe_subscription_handler.app; print(*sys.modules, sep='\\n')"
    environment = {
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "DYNAMODB_TABLE_NAME": "profiles",
        "SYNC_TABLE_NAME": "sync",
    }
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    imported = set(done.stdout.split())
    assert not imported & set(UNNEEDED)
    ours = {name for name in imported if name.startswith("stripe_subscription_handler.")}
    rooms = {"comparison", "drift_check", "webhook_bridge"}
    assert not [name for name in ours if name.split(".")[1] in rooms]
    unneeded = {"stripe_side.api", "stripe_side.secret", "operations.self_check", "operations.parked_count"}
    assert not {name.partition(".")[2] for name in ours} & unneeded
    assert "stripe_subscription_handler.operations.dispatch" in ours
    assert "stripe_subscription_handler.dynamodb.lean.client" in ours

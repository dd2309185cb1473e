"""What the choice of a client comes to: with renewed credentials, by a setting, elsewhere, and for the rest.

Which environments are plain stands in test_plain_environment.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import botocore.session
import pytest

from stripe_subscription_handler.aws_clients import aws_client
from stripe_subscription_handler.config import ClientKind, Config
from stripe_subscription_handler.dynamodb.clients import client_for_events
from stripe_subscription_handler.dynamodb.lean.client import LeanClient
from stripe_subscription_handler.dynamodb.lean.plain_environment import PlainEnvironment
from support.dynamodb_wire.clients import ENVIRONMENT, LEAN, MODEL, driving
from support.dynamodb_wire.server import WireDynamoDB
from support.dynamodb_wire.steps import ok, refusal

CONFIG = Config(table_name="profiles", sync_table_name="sync")
ON_DEMAND = {**ENVIRONMENT, "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}
WITHOUT_KEYS = {
    name: value
    for name, value in ON_DEMAND.items()
    if name not in {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
}
CONTAINER = {
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9001/2021-04-23/credentials",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a token",
}
"""What Lambda sets in the place of keys with SnapStart and provisioned concurrency. Source: the same page."""


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home directory without any files of AWS's."""
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize("kept", [{}, ENVIRONMENT], ids=["without keys", "with keys"])
def test_renewed_credentials_are_botocores(kept: Mapping[str, str]) -> None:
    """With SnapStart or provisioned concurrency an endpoint tells credentials, later new ones."""
    assert PlainEnvironment.of({**WITHOUT_KEYS, **CONTAINER, **kept}) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"dynamodb_client": ClientKind.BOTOCORE},
        {"table_name": "arn:aws:dynamodb:eu-west-1:123456789012:table/profiles"},
        {"sync_table_name": "arn:aws:dynamodb:eu-west-1:123456789012:table/sync"},
    ],
    ids=str,
)
def test_a_setting_or_an_arn_takes_botocores(
    changes: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ARN names an account, whose tables botocore asks at an address of their own."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    client = client_for_events(ON_DEMAND, attrs.evolve(CONFIG, **changes))
    assert not isinstance(client, LeanClient)
    config = client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 4)  # type: ignore[attr-defined]
    assert config.retries == {"mode": "standard", "total_max_attempts": 4}  # type: ignore[attr-defined]


def _where_botocore_sends(client: Any) -> str:
    sent: list[str] = []

    def stop(request: Any, **_: Any) -> None:
        sent.append(request.url)
        raise ZeroDivisionError

    client.meta.events.register("before-send.*.*", stop)
    with pytest.raises(ZeroDivisionError):
        client.get_item(TableName="profiles", Key={})
    return sent[0]


def test_other_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """China and the US government's Regions: where botocore sends to. All others are botocore's."""
    session = botocore.session.Session()
    known = [
        (partition, region)
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("dynamodb", partition)
        if partition != "aws"
    ]
    lean = set[str]()
    monkeypatch.setattr("stripe_subscription_handler.aws_clients._OneServiceLoader", lambda _: MODEL)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for partition, region in known:
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
        found = PlainEnvironment.of({**ON_DEMAND, "AWS_REGION": region, "AWS_DEFAULT_REGION": region})
        if found is not None:
            assert f"{found.endpoint_url}/" == _where_botocore_sends(aws_client("dynamodb"))
            lean.add(partition)
    assert lean == {"aws-cn", "aws-us-gov"}


def test_what_the_lean_client_does_not_do_botocores_does(wire: WireDynamoDB) -> None:
    """Operations that no event needs, and the classes of errors; its client is made then, once."""
    made = []

    class Botocore:
        exceptions = "its errors"

        def put_item(self, **parameters: Any) -> dict[str, Any]:
            return parameters

    def otherwise() -> Botocore:
        made.append(1)
        return Botocore()

    with driving(LEAN, wire.url):
        plain = PlainEnvironment.of({**ENVIRONMENT, "AWS_ENDPOINT_URL": wire.url})
        assert plain is not None
        client: Any = LeanClient(plain, otherwise, connect_timeout=2, read_timeout=4, attempts=4)
        wire.begin(ok())
        client.get_item(TableName="profiles", Key={})
        assert not made
        assert client.put_item(TableName="profiles") == {"TableName": "profiles"}
        assert client.exceptions == "its errors"
        assert made == [1]


def test_a_botocore_whose_signer_is_elsewhere_is_asked_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS changes the runtime's botocore beneath a function, which must not stop because of that."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(sys.modules, "stripe_subscription_handler.dynamodb.lean.client", None)
    client = client_for_events(ON_DEMAND, CONFIG)
    assert client.meta.service_model.service_name == "dynamodb"


@pytest.mark.parametrize(
    "changed",
    [SimpleNamespace(), SimpleNamespace(register_retry_handler=lambda *_: None)],
    ids=["gone", "silent"],
)
def test_a_botocore_with_other_rules_for_retries_is_handed_what_failed(
    wire: WireDynamoDB, changed: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request as it was, with the token of its transaction; what does not fail is sent the lean way."""

    class Botocore:
        def transact_write_items(self, **parameters: Any) -> dict[str, Any]:
            return parameters

    monkeypatch.setattr("botocore.retries.standard", changed)
    with driving(LEAN, wire.url):
        plain = PlainEnvironment.of({**ENVIRONMENT, "AWS_ENDPOINT_URL": wire.url})
        assert plain is not None
        client: Any = LeanClient(plain, Botocore, connect_timeout=2, read_timeout=4, attempts=4)
        wire.begin(ok(), refusal("ThrottlingException"))
        assert client.transact_write_items(TransactItems=[])["ResponseMetadata"]["RetryAttempts"] == 0
        handed = client.transact_write_items(TransactItems=[])
    assert json.loads(wire.received[-1].body) == handed

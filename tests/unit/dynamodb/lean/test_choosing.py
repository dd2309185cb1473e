"""The lean client is taken only where botocore's would do exactly the same; anything else gets botocore's."""

from collections.abc import Mapping
from pathlib import Path
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
from support.dynamodb_wire.steps import ok

CONFIG = Config(table_name="profiles", sync_table_name="sync")
ON_DEMAND = {
    **ENVIRONMENT,
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
    "_X_AMZN_TRACE_ID": "Root=1",
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
    "PATH": "/usr/bin",
    "DYNAMODB_TABLE_NAME": "profiles",
}
"""All that Lambda sets. Source: Lambda, "defined runtime environment variables"."""
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
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without AWS's files."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_what_lambda_sets_on_demand_is_plain() -> None:
    """The lean client, with Lambda's keys, for the Region's endpoint."""
    client: object = client_for_events(ON_DEMAND, CONFIG)
    assert isinstance(client, LeanClient)
    found = PlainEnvironment.of(ON_DEMAND)
    assert found is not None
    assert found.endpoint_url == "https://dynamodb.eu-west-1.amazonaws.com"
    assert ENVIRONMENT["AWS_SECRET_ACCESS_KEY"] not in repr(found)
    assert ENVIRONMENT["AWS_SESSION_TOKEN"] not in repr(found)


@pytest.mark.parametrize("kept", [{}, ENVIRONMENT], ids=["without keys", "with keys"])
def test_renewed_credentials_are_botocores(kept: Mapping[str, str]) -> None:
    """With SnapStart or provisioned concurrency an endpoint tells credentials, later new ones."""
    assert PlainEnvironment.of({**WITHOUT_KEYS, **CONTAINER, **kept}) is None


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_CREDENTIAL_EXPIRATION": "2026-12-01T00:00:00Z"},
        {"AWS_ACCOUNT_ID": "123456789012"},
        {"AWS_ACCOUNT_ID_ENDPOINT_MODE": "required"},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
        {"AWS_PROFILE": "another"},
        {"AWS_DEFAULT_PROFILE": "another"},
        {"AWS_CONFIG_FILE": "/some/config"},
        {"AWS_SHARED_CREDENTIALS_FILE": "/some/credentials"},
        {"AWS_DATA_PATH": "/some/models"},
        {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/another"},
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "/some/token"},
        {"AWS_CA_BUNDLE": "/some/ca.pem"},
        {"REQUESTS_CA_BUNDLE": "/some/ca.pem"},
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"AWS_DEFAULTS_MODE": "in-region"},
        {"AWS_A_WORD_OF_THE_FUTURE": "1"},
        {"BOTO_CONFIG": "/some/boto"},
        {"BOTO_EXPERIMENTAL__ADD_PROXY_HOST_HEADER": "true"},
        {"HTTPS_PROXY": "http://proxy:3128"},
        {"https_proxy": "http://proxy:3128"},
        {"http_proxy": "http://proxy:3128"},
        {"ALL_PROXY": "http://proxy:3128"},
        {"no_proxy": "*"},
        {"AWS_SECURITY_TOKEN": "another"},
        {"AWS_REGION": "us-east-1"},
        {"AWS_DEFAULT_REGION": ""},
        {"AWS_ACCESS_KEY_ID": ""},
        {"AWS_SECRET_ACCESS_KEY": ""},
        {"AWS_ENDPOINT_URL": "http://localhost/path"},
        {"AWS_ENDPOINT_URL": "http://[::1]:8000"},
        {"AWS_ENDPOINT_URL": "http://user@localhost"},
        {"AWS_ENDPOINT_URL": "ftp://localhost"},
    ],
    ids=str,
)
def test_what_only_botocore_understands(variables: Mapping[str, str]) -> None:
    """Each wants something of botocore, or is no ordinary function's; so does a word not known yet."""
    assert PlainEnvironment.of({**ON_DEMAND, **variables}) is None


@pytest.mark.parametrize("file", [".aws/config", ".aws/credentials", ".aws/models/dynamodb", ".boto"])
def test_files_that_botocore_reads(home: Path, file: str) -> None:
    """Whatever stands in them."""
    assert PlainEnvironment.of(ON_DEMAND) is not None
    path = home / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert PlainEnvironment.of(ON_DEMAND) is None


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


def test_every_regions_endpoint_is_botocores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all Regions that botocore knows, the same address, or botocore's client is taken."""
    session = botocore.session.Session()
    known = [
        (partition, region)
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("dynamodb", partition)
    ]
    lean = dict[str, int]()
    monkeypatch.setattr("stripe_subscription_handler.aws_clients._OneServiceLoader", lambda _: MODEL)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for partition, region in known:
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
        found = PlainEnvironment.of({**ON_DEMAND, "AWS_REGION": region, "AWS_DEFAULT_REGION": region})
        if found is not None:
            assert f"{found.endpoint_url}/" == _where_botocore_sends(aws_client("dynamodb"))
            lean[partition] = lean.get(partition, 0) + 1
    assert lean["aws"] == sum(partition == "aws" for partition, _ in known)
    assert set(lean) == {"aws", "aws-cn", "aws-us-gov"}


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

"""Which environments are an ordinary Lambda function's, and where DynamoDB is then."""

from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.dynamodb.clients import client_for_events
from stripe_subscription_handler.dynamodb.lean.client import LeanClient
from stripe_subscription_handler.dynamodb.lean.plain_environment import PlainEnvironment

ON_LAMBDA = {
    "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "a secret",
    "AWS_SESSION_TOKEN": "a token",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_LAMBDA_FUNCTION_NAME": "handler",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/handler",
    "AWS_LAMBDA_LOG_STREAM_NAME": "2026/12/01/[$LATEST]1",
    "AWS_LAMBDA_RUNTIME_API": "169.254.100.1:9001",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1:2000",
    "_AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793",
    "_HANDLER": "stripe_subscription_handler.app.lambda_handler",
    "LAMBDA_TASK_ROOT": "/var/task",
    "LANG": "en_US.UTF-8",
    "PATH": "/var/lang/bin",
    "TZ": ":UTC",
    "DYNAMODB_TABLE_NAME": "profiles",
    "SYNC_TABLE_NAME": "sync",
}
"""What Lambda sets (source: Lambda, defined runtime environment variables), and two settings of ours."""


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory without any files of AWS's."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_lambdas_environment_is_plain() -> None:
    """What Lambda sets by itself is understood."""
    found = PlainEnvironment.of(ON_LAMBDA)
    assert found is not None
    assert [found.access_key, found.secret_key, found.token] == ["ASIAEXAMPLE", "a secret", "a token"]
    assert (found.region, found.endpoint_url) == ("eu-west-1", "https://dynamodb.eu-west-1.amazonaws.com")
    assert found.in_lambda


def test_credentials_are_not_shown() -> None:
    """What can be printed of an environment holds no secret."""
    shown = str(PlainEnvironment.of(ON_LAMBDA))
    assert "a secret" not in shown
    assert "a token" not in shown


@pytest.mark.parametrize("region", Session().get_available_regions("dynamodb", allow_non_regional=False))
def test_the_endpoint_is_botocores(region: str) -> None:
    """In every region that botocore knows, the address is the same."""
    found = PlainEnvironment.of({**ON_LAMBDA, "AWS_REGION": region, "AWS_DEFAULT_REGION": region})
    client = Session().create_client("dynamodb", region_name=region)
    assert found is not None
    assert found.endpoint_url == client.meta.endpoint_url


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"])
@pytest.mark.parametrize("url", ["http://127.0.0.1:4566", "http://localhost:8000/", "https://example.com"])
def test_an_endpoint_can_be_named(name: str, url: str) -> None:
    """Local AWS, or an address inside a network."""
    found = PlainEnvironment.of({**ON_LAMBDA, name: url})
    assert found is not None
    assert found.endpoint_url == url.rstrip("/")


def test_the_services_own_endpoint_comes_first() -> None:
    """AWS's rule: the variable of a service beats that of all."""
    both = {"AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_DYNAMODB": "http://one:2"}
    found = PlainEnvironment.of(ON_LAMBDA | both)
    assert found is not None
    assert found.endpoint_url == "http://one:2"


ISOLATED = "us-iso-east-1"
FIPS = "fips-us-east-1"
UNUSUAL = {
    "snap start and provisioned concurrency": {"AWS_ACCESS_KEY_ID": ""},
    "credentials from a container": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/credentials"},
    "no secret": {"AWS_SECRET_ACCESS_KEY": ""},
    "credentials that expire": {"AWS_CREDENTIAL_EXPIRATION": "2026-12-01T00:00:00Z"},
    "an old token that differs": {"AWS_SECURITY_TOKEN": "another"},
    "a profile": {"AWS_PROFILE": "work"},
    "a role": {"AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/one"},
    "a file of settings": {"AWS_CONFIG_FILE": "/etc/aws"},
    "a proxy": {"HTTPS_PROXY": "http://proxy:3128"},
    "a proxy in small letters": {"http_proxy": "http://proxy:3128"},
    "exceptions from a proxy": {"NO_PROXY": "*"},
    "FIPS": {"AWS_USE_FIPS_ENDPOINT": "true"},
    "both IP versions": {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
    "own certificates": {"AWS_CA_BUNDLE": "/etc/ca.pem"},
    "own certificates, for all": {"REQUESTS_CA_BUNDLE": "/etc/ca.pem"},
    "an account's endpoint": {"AWS_ACCOUNT_ID": "111122223333"},
    "endpoints that do not count": {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    "something that AWS invents": {"AWS_SOMETHING_NEW": "yes"},
    "something of botocore's": {"BOTO_CONFIG": "/etc/boto"},
    "two regions": {"AWS_REGION": "us-east-1"},
    "only the region that botocore does not read": {"AWS_DEFAULT_REGION": ""},
    "a partition with addresses of its own": {
        "AWS_REGION": "us-iso-east-1",
        "AWS_DEFAULT_REGION": "us-iso-east-1",
    },
    "no region": {"AWS_REGION": "local", "AWS_DEFAULT_REGION": "local"},
    "FIPS in a region's name": {"AWS_REGION": FIPS, "AWS_DEFAULT_REGION": FIPS},
    "an endpoint with a path": {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566/aws"},
    "an endpoint with a user": {"AWS_ENDPOINT_URL": "http://me@127.0.0.1:4566"},
    "an endpoint of IP version 6": {"AWS_ENDPOINT_URL": "http://[::1]:4566"},
}


@pytest.mark.parametrize("unusual", UNUSUAL.values(), ids=UNUSUAL)
def test_anything_unusual_is_botocores(unusual: dict[str, str]) -> None:
    """What the lean way does not know is never ignored."""
    assert PlainEnvironment.of(ON_LAMBDA | unusual) is None


@pytest.mark.parametrize("path", [".aws/config", ".aws/credentials", ".boto"])
def test_a_file_of_settings_is_botocores(path: str, at_home: Path) -> None:
    """Botocore reads these without being told to."""
    (at_home / path).parent.mkdir(exist_ok=True)
    (at_home / path).touch()
    assert PlainEnvironment.of(ON_LAMBDA) is None


def test_what_is_empty_is_not_set() -> None:
    """As botocore sees it."""
    assert PlainEnvironment.of({**ON_LAMBDA, "AWS_PROFILE": "", "HTTPS_PROXY": ""}) is not None


CONFIG = Config(table_name="profiles", sync_table_name="sync")


def test_the_lean_client_is_the_usual_one() -> None:
    """In Lambda's environment, with nothing set."""
    assert isinstance(client_for_events(ON_LAMBDA, CONFIG), LeanClient)


ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/profiles"


@pytest.mark.parametrize(
    ("environment", "config"),
    [
        (ON_LAMBDA | {"HTTPS_PROXY": "http://proxy:3128"}, CONFIG),
        (ON_LAMBDA, Config.from_environment(ON_LAMBDA | {"DYNAMODB_CLIENT": "botocore"})),
        (ON_LAMBDA, Config(table_name=ARN, sync_table_name="sync")),
    ],
    ids=["an unusual environment", "the setting", "a table by its ARN"],
)
def test_botocores_client_otherwise(
    environment: dict[str, str], config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unusual environment, the setting, and a table that may be another account's lead to botocore."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    client = client_for_events(environment, config)
    assert not isinstance(client, LeanClient)
    assert client.meta.service_model.service_name == "dynamodb"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://dynamodb.eu-west-1.amazonaws.com", "dynamodb.eu-west-1.amazonaws.com"),
        ("https://example.com:443", "example.com"),
        ("http://example.com:80", "example.com"),
        ("http://example.com:443", "example.com:443"),
        ("http://LOCALHOST:4566", "localhost:4566"),
    ],
)
def test_the_host_is_named_without_its_schemes_own_port(url: str, host: str) -> None:
    """As it is signed (source: Signature Version 4, which signs what HTTP sends)."""
    found = PlainEnvironment.of({**ON_LAMBDA, "AWS_ENDPOINT_URL": url})
    assert found is not None
    assert found.host == host
    request = AWSRequest("POST", f"{found.endpoint_url}/", data=b"{}")
    assert SigV4Auth(None, "dynamodb", "eu-west-1").headers_to_sign(request)["host"] == host

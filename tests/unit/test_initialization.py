"""What is made before the first event, and what after a snapshot; in processes of their own, as on Lambda."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import attrs
import pytest

from stripe_subscription_handler import app
from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.initialization import INITIALIZATION_TYPE, prepare, renew_randomness

CONFIGURED = {"DYNAMODB_TABLE_NAME": "profiles", "SYNC_TABLE_NAME": "sync", "AWS_DEFAULT_REGION": "us-east-1"}
STATIC_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
SNAP_START = {INITIALIZATION_TYPE: "snap-start"}
WITH_KEY = {"STRIPE_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:1:secret:s"}
WHAT_THERE_IS = """
import sys
from stripe_subscription_handler import app
print(app.runtime.cache_info().currsize, "stripe._stripe_client" in sys.modules)
"""
INVOKE = """
from stripe_subscription_handler import app
try:
    app.lambda_handler({"id": "evt_1", "type": "none"}, None)
except Exception as error:
    print(type(error).__name__, error)
"""
USE_TABLE = """
import sys
from stripe_subscription_handler import app
print(app.runtime.cache_info().currsize, "stripe" in sys.modules)
app.runtime().store.client.get_item(TableName="profiles", Key={"PK": {"S": "x"}})
"""


class Context:
    """Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Half a minute."""
        return 30_000


def run(program: str, **environment: str) -> str:
    """Run a program in a fresh interpreter, and return what it printed."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program],
        env={"PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, []),
        ({INITIALIZATION_TYPE: "on-demand"}, ["for all"]),
        ({INITIALIZATION_TYPE: "provisioned-concurrency"}, ["for all", "unless waited for"]),
        (SNAP_START, ["for all", "unless waited for"]),
    ],
)
def test_what_is_done_before_the_first_event(environment: dict[str, str], expected: list[str]) -> None:
    """What only some environments need would make the start longer for an event that waits."""
    done: list[str] = []
    prepare(environment, lambda: done.append("for all"), lambda: done.append("unless waited for"))
    assert done == expected


def test_work_that_fails_is_left_to_the_first_invocation() -> None:
    """The rest is done all the same."""
    done: list[str] = []
    prepare(SNAP_START, lambda: 1 / 0, lambda: done.append("done"))
    assert done == ["done"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (WITH_KEY, "0 False"),
        ({**WITH_KEY, INITIALIZATION_TYPE: "on-demand"}, "1 False"),
        ({**WITH_KEY, **SNAP_START}, "1 True"),
    ],
)
def test_what_is_there_before_the_first_event(environment: dict[str, str], expected: str) -> None:
    """The runtime with its client; in a snapshot stripe too where there is a key, which nobody has read."""
    assert run(WHAT_THERE_IS, **CONFIGURED, **STATIC_CREDENTIALS, **environment).strip() == expected


def test_settings_that_cannot_be_used_do_not_keep_the_version_from_being_published() -> None:
    """The import goes through, and each invocation says what is wrong, as without SnapStart."""
    printed = run(INVOKE, **SNAP_START).splitlines()
    assert json.loads(printed[0])["error_type"] == "ConfigError"
    assert printed[1].startswith("ConfigError DYNAMODB_TABLE_NAME is not set")


@pytest.fixture
def snapshot_of_randomness() -> Iterator[Callable[[], None]]:
    """Puts this process back to where it was when "the snapshot" was taken."""
    before, taken = random.getstate(), random.Random(1).getstate()  # noqa: S311 - not a secret

    def restore() -> None:
        renew_randomness.cache_clear()
        random.setstate(taken)

    yield restore
    renew_randomness.cache_clear()
    random.setstate(before)


def test_no_two_functions_of_a_snapshot_wait_the_same_random_time(
    snapshot_of_randomness: Callable[[], None],
) -> None:
    """Both begin in its state; the first invocation of each leads out of it, later ones do not."""
    numbers = []
    for _ in range(2):
        snapshot_of_randomness()
        with pytest.raises(ConfigError):
            app.lambda_handler({}, Context())
        state = random.getstate()
        with pytest.raises(ConfigError):
            app.lambda_handler({}, Context())
        assert random.getstate() == state
        numbers.append(random.random())  # noqa: S311 - not a secret
    snapshot_of_randomness()
    assert len({*numbers, random.random()}) == 3  # noqa: S311


@attrs.define
class Lambdas:
    """Where a function finds its credentials, and DynamoDB beside it.

    Attributes:
        handed_out: Access keys handed out.
        used: Access keys that requests to DynamoDB were signed with.
    """

    handed_out: list[str] = attrs.Factory(list)
    used: list[str] = attrs.Factory(list)
    url: str = ""


@pytest.fixture
def surroundings() -> Iterator[Lambdas]:
    """Each pair of credentials expires in 5 minutes, as after a snapshot was taken hours ago."""
    seen = Lambdas()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.handed_out.append(f"KEY{len(seen.handed_out)}")
            self._answer(
                {
                    "AccessKeyId": seen.handed_out[-1],
                    "SecretAccessKey": "none",
                    "Token": "none",
                    "Expiration": (datetime.now(UTC) + timedelta(minutes=5)).isoformat(),
                }
            )

        def do_POST(self) -> None:
            seen.used.append(self.headers["Authorization"].partition("Credential=")[2].partition("/")[0])
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer({})

        def _answer(self, body: object) -> None:
            content = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        seen.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield seen
        server.shutdown()


def test_a_client_of_the_snapshot_renews_its_credentials(surroundings: Lambdas) -> None:
    """No request carries those it had when the snapshot was taken."""
    environment = {
        **CONFIGURED,
        **SNAP_START,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": surroundings.url,
        "AWS_ENDPOINT_URL": surroundings.url,
    }
    assert run(USE_TABLE, **environment).split() == ["1", "False"]
    assert surroundings.used == surroundings.handed_out[-1:]
    assert len(surroundings.handed_out) > 1

"""The clients that are tried on the stand-in: botocore's, which is the measure, and the lean one.

Both are made as the function makes them, in an environment of their own, and their pauses are noted instead
of waited for.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from stripe_subscription_handler.aws_clients import _OneServiceLoader, aws_client
from stripe_subscription_handler.dynamodb.lean.client import LeanClient
from stripe_subscription_handler.dynamodb.lean.plain_environment import PlainEnvironment

REGION = "eu-west-1"
SECRET = "a-secret"  # noqa: S105 - made up
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": "a-token",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_LAMBDA_FUNCTION_NAME": "handler",
}
"""What Lambda sets, as far as it matters here."""
PATIENT_SECONDS = 10.0
"""A time-out that no test waits for."""
ATTEMPTS = 4
_KEPT = ("PATH", "TMPDIR", "LANG", "PYTHONPATH")

Sleep = Callable[[float], None]


@attrs.frozen
class Kind:
    """A kind of client.

    Attributes:
        make: Makes one for `os.environ`, given what to pause with and a time-out in seconds.
    """

    name: str
    make: Callable[[Sleep, float], Any] = attrs.field(repr=False)

    def __str__(self) -> str:
        """The name, for test ids."""
        return self.name


@attrs.frozen
class Driven:
    """A client at work.

    Attributes:
        pauses: How long it paused, in seconds, each time it did.
    """

    client: Any
    pauses: list[float]


@contextmanager
def driving(
    kind: Kind,
    url: str,
    environment: Mapping[str, str] = ENVIRONMENT,
    *,
    timeout_seconds: float = PATIENT_SECONDS,
    during_pause: Callable[[], object] = lambda: None,
) -> Iterator[Driven]:
    """Make a client that is sent to a URL, in an environment that has nothing else of AWS.

    `during_pause` is done whenever it pauses between attempts.
    """
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        during_pause()

    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(_KEPT):
            patch.delenv(name)
        for name, value in {**environment, "AWS_ENDPOINT_URL": url, "HOME": "/nowhere"}.items():
            patch.setenv(name, value)
        # botocore offers no other way: its endpoint uses nothing else of the module.
        patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=sleep))
        # Reading the service's model anew is most of a client's making.
        patch.setattr("stripe_subscription_handler.aws_clients._OneServiceLoader", lambda _: MODEL)
        yield Driven(kind.make(sleep, timeout_seconds), pauses)


def _botocore(_: Sleep, timeout_seconds: float) -> Any:
    retries = {"mode": "standard", "total_max_attempts": ATTEMPTS}
    timeouts = {"connect_timeout": timeout_seconds, "read_timeout": timeout_seconds}
    return aws_client("dynamodb", tcp_keepalive=True, retries=retries, **timeouts)


def _lean(sleep: Sleep, timeout_seconds: float) -> Any:
    environment = PlainEnvironment.of(os.environ)
    assert environment is not None
    return LeanClient(
        environment,
        _no_other,
        connect_timeout=timeout_seconds,
        read_timeout=timeout_seconds,
        attempts=ATTEMPTS,
        sleep=sleep,
    )


def _no_other() -> Any:
    raise AssertionError("the lean client does not do it itself")


MODEL = _OneServiceLoader("dynamodb")
"""Reads DynamoDB's model once for all clients."""
BOTOCORE, LEAN = Kind("botocore", _botocore), Kind("lean", _lean)
KINDS = (BOTOCORE, LEAN)

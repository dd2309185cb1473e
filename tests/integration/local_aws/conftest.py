"""A server with our replacements and one without any."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stripe_handler_cli.tools.local_aws import start, stop
from support.cloud import Cloud

PROJECT_ROOT = Path(__file__).parents[3]

#: One venv for all tests and for `stripe-handler local up` in this checkout: it takes a while to make.
SHARED_VENV = PROJECT_ROOT / ".stripe-handler" / "local-aws" / "venv"


@pytest.fixture(scope="session")
def shared_venv() -> Path:
    """The venv of every emulator that a test starts."""
    return SHARED_VENV


def _serve(directory: Path, settings: dict[str, str]) -> Iterator[Cloud]:
    local_aws = start(directory, venv_path=SHARED_VENV, settings=settings)
    try:
        yield Cloud(local_aws.endpoint_url, local_aws.environment())
    finally:
        stop(directory)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Local AWS as we ship it, with faster clocks for alarms, event ages and schedules."""
    clocks = {
        "STRIPE_HANDLER_LOCAL_ALARM_SPEEDUP": "30",
        "STRIPE_HANDLER_LOCAL_EVENT_AGE_SPEEDUP": "60",
        "STRIPE_HANDLER_LOCAL_SCHEDULE_SPEEDUP": "1800",
    }
    yield from _serve(tmp_path_factory.mktemp("emulator"), clocks)


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """MiniStack without any replacement, to see whether it still needs them."""
    yield from _serve(tmp_path_factory.mktemp("stock"), {"STRIPE_HANDLER_LOCAL_WITHOUT": "all"})

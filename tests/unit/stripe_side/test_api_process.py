"""What importing and using the API does to the process: nothing at import, and no trace in logs or files."""

import os
import subprocess
import sys
from pathlib import Path

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, Fault, objects
from support import events

IMPORT = """
import sys
import stripe_subscription_handler.stripe_side.api
print(sorted({"stripe", "requests"} & set(sys.modules)))
"""

USE = """
import logging, sys
logging.basicConfig(level=logging.DEBUG)
from stripe_subscription_handler.stripe_side.api import StripeApi
from stripe_subscription_handler.stripe_side.secret import StripeKey
key = StripeKey.from_environment({"STRIPE_SECRET_KEY": sys.argv[2]})
api = StripeApi(key, lambda: 30.0, url=sys.argv[1], sleep=lambda seconds: None)
print(api.fetch_subscription("sub_1").object["status"])
"""


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a fresh interpreter."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, *arguments],
        env={"PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def test_importing_the_module_does_not_import_stripe() -> None:
    """Most events never need it, and a cold start would pay for it."""
    assert run(IMPORT).stdout.strip() == "[]"


def test_using_it_leaves_no_trace(tmp_path: Path) -> None:
    """With every logger at DEBUG and STRIPE_LOG set: no key, no content, no telemetry file or header."""
    subscription = events.subscription(description="private words")
    with FakeStripe(objects(subscription), faults=[Fault(status=500, message="private words")]) as fake:
        result = run(USE, fake.url, API_KEY, STRIPE_LOG="debug", HOME=str(tmp_path))
    assert result.stdout == "active\n"
    assert not any(word in result.stderr for word in (API_KEY, "private words", "user_1", "cus_1"))
    assert list(tmp_path.iterdir()) == []
    assert len(fake.received) == 2
    assert not any("Telemetry" in name for _, headers in fake.received for name in headers)
    assert not any("telemetry" in str(headers) for _, headers in fake.received)

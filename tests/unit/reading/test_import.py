"""Reading a profile needs attrs and no other package."""

import subprocess
import sys

from support.imports import HANDLER

OTHERS = ("boto3", "botocore", "click", "jmespath", "rich", "stripe", "structlog")
PROGRAM = f"""
import sys
for name in {OTHERS!r}:
    sys.modules[name] = None
from stripe_subscription_handler.reading import Profile
assert Profile.from_item({{"subscriptionStatus": "active"}}).status == "active"
"""


def test_it_is_imported_where_no_other_package_is() -> None:
    """Although the library above it has rooms that need boto3, stripe and structlog."""
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, cwd=HANDLER)  # noqa: S603 - our own program

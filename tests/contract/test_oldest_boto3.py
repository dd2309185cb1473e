"""The second run of the tests is on the oldest boto3 that we say we run on.

What the function's runtime has is AWS's choice.
"""

import os
import re
import tomllib
from pathlib import Path

import boto3
import botocore
import pytest
import urllib3

ROOT = Path(__file__).parents[2]
PINNED = dict(
    re.findall(
        r"^(\w+)==(\S+)", (ROOT / "requirements/oldest_boto3.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
)


def test_it_is_the_oldest_that_we_take() -> None:
    """What pyproject.toml allows at the least is what is tested."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (least,) = (one.removeprefix("boto3>=") for one in project["dependencies"] if one.startswith("boto3>="))
    assert PINNED["boto3"] == f"{least}.0"


def test_it_is_locked_as_it_was_asked_for() -> None:
    """`make lock` writes the hashes of what stands in oldest_boto3.in."""
    asked = (ROOT / "requirements/oldest_boto3.in").read_text(encoding="utf-8")
    assert dict(re.findall(r"^(\w+)==(\S+)", asked, re.MULTILINE)) == PINNED


@pytest.mark.skipif("STRIPE_HANDLER_BOTO3" not in os.environ, reason="only tests/on_each_python.py sets it")
def test_the_second_run_is_on_it() -> None:
    """Not on the one that the first run has."""
    assert boto3.__version__ == os.environ["STRIPE_HANDLER_BOTO3"] == PINNED["boto3"]
    assert botocore.__version__ == PINNED["botocore"]
    assert urllib3.__version__ == PINNED["urllib3"]

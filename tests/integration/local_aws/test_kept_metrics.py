"""Data points are not lost while somebody asks CloudWatch."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from stripe_handler_cli.tools import local_aws

pytestmark = pytest.mark.embedded

PROGRAM = """
import sys, time
from ministack.services import cloudwatch
sys.path.insert(0, sys.argv[1])
if sys.argv[2] == "ours":
    import emulator.kept_metrics

def key(name):
    return "Namespace", name, cloudwatch._dims_key({})

def record(points, age_seconds):
    points.append({"Timestamp": time.time() - age_seconds, "Value": 1.0, "Unit": "Count", "Dimensions": {}})

cloudwatch.record_metric("Namespace", "Fresh", 1.0)
held = cloudwatch._metric_bucket(key("Fresh"))
for name, ages in (("Old", [15]), ("Mixed", [15, 1])):
    for days in ages:
        record(cloudwatch._metric_bucket(key(name)), days * 86_400)
cloudwatch._evict_old_metrics()
record(held, 0)  # by a thread that had the list in its hands when old points were dropped
print([len(cloudwatch._metric_bucket(key(name))) for name in ("Fresh", "Old", "Mixed")])
"""


def _points(venv: Path, replacements: str) -> str:
    """How many points are there of a fresh metric, an old one, and one with an old and a newer point."""
    # `start` makes the venv, for this test as for the others.
    directory = Path(str(local_aws.__file__)).parent
    arguments: list[Any] = [venv / "bin" / "python", "-c", PROGRAM, directory, replacements]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    return done.stdout.strip()


@pytest.mark.usefixtures("emulator")
def test_a_point_recorded_while_old_ones_are_dropped_is_kept(shared_venv: Path) -> None:
    """And the old ones are gone."""
    assert _points(shared_venv, "ours") == "[2, 0, 1]"


@pytest.mark.usefixtures("emulator")
def test_stock_ministack_still_loses_it(shared_venv: Path) -> None:
    """When this fails, see whether `kept_metrics` is still needed."""
    assert _points(shared_venv, "none") == "[1, 0, 1]"

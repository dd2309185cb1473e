"""What Python finds on Lambda, as directories on this machine: the unpacked zip, the runtime's boto3 apart.

The runtime's boto3 and what a usual handler brings come from the benchmarks' venv, compiled, so that every
contender finds the same files in the same state.
"""

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from benchmarks.setting import ROOT, STATE, Setting
from stripe_handler_cli.tools.packaging import build_zip

PATTERNS = Path(__file__).with_name("patterns")
WORKERS = Path(__file__).with_name("workers")
USUAL = ("aws-lambda-powertools", "pydantic", "stripe")
"""What a usual handler imports besides boto3."""
_DISTRIBUTIONS = Path(__file__).with_name("workers") / "distributions.py"
_KEYS = {
    "AWS_DEFAULT_REGION": "us-east-1",
    # Temporary credentials, as a Lambda function has them: a session token is signed and sent too.
    "AWS_ACCESS_KEY_ID": "ASIABENCHMARKBENCHMA",
    "AWS_SECRET_ACCESS_KEY": "benchmark-benchmark-benchmark-benchmark-",
    "AWS_SESSION_TOKEN": "benchmark" * 60,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@attrs.frozen
class Layout:
    """Directories for Python's path, and who reads them.

    Attributes:
        python: The interpreter, of the runtime's version where there is one.
        versions: Its version and those of its packages.
        task: The unpacked zip.
        task_without_bytecode: The same without `.pyc`.
        runtime: boto3 and what it brings.
        usual: What a usual handler brings besides, and that handler.
        usual_without_bytecode: The same without `.pyc`.
    """

    python: Path
    versions: Mapping[str, str]
    task: Path
    task_without_bytecode: Path
    runtime: Path
    usual: Path
    usual_without_bytecode: Path

    def command(self, script: str, *arguments: str) -> list[str]:
        """How to run one of the workers: isolated, without site-packages, writing no bytecode."""
        return [str(self.python), "-I", "-S", "-B", str(WORKERS / script), *arguments]


def environment(endpoint_url: str, **others: str) -> dict[str, str]:
    """The environment of a function that talks to an endpoint of this machine."""
    return {
        "PATH": os.defpath,
        **_KEYS,
        "AWS_ENDPOINT_URL": endpoint_url,
        "DYNAMODB_TABLE_NAME": "profiles",
        "SYNC_TABLE_NAME": "sync",
        "IDEMPOTENCY_TABLE_NAME": "idempotency",
        **others,
    }


def lay_out(setting: Setting) -> Layout:
    """Build the zip and lay everything out; existing directories are replaced.

    Raises:
        CliError: The venv or the zip cannot be made.
    """
    python = setting.python()
    setting.say("building the zip, and laying out what Lambda has beside it")
    answer = subprocess.run(  # noqa: S603 - our own script
        [python, "-I", _DISTRIBUTIONS, *USUAL], capture_output=True, text=True, check=True
    )
    found = json.loads(answer.stdout)
    layout = Layout(
        python=python,
        versions=found["versions"],
        task=STATE / "task",
        task_without_bytecode=STATE / "task-without-bytecode",
        runtime=STATE / "runtime",
        usual=STATE / "usual",
        usual_without_bytecode=STATE / "usual-without-bytecode",
    )
    zip_path = STATE / "handler.zip"
    build_zip(ROOT, zip_path, progress=lambda _: None)
    _unzip(zip_path, layout.task)
    _lay_runtime(found["runtime"], layout.runtime)
    patterns = [str(path) for path in sorted(PATTERNS.glob("*.py"))]
    _copy([*found["usual"], *patterns], layout.usual)
    for compiled, bare in (
        (layout.task, layout.task_without_bytecode),
        (layout.usual, layout.usual_without_bytecode),
    ):
        shutil.rmtree(bare, ignore_errors=True)
        shutil.copytree(compiled, bare, ignore=shutil.ignore_patterns("__pycache__"))
    compile_all = [python, "-m", "compileall", "-q", layout.usual, layout.runtime]
    subprocess.run(compile_all, check=False, capture_output=True)  # noqa: S603 - some files are for other Pythons
    return layout


def _unzip(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    with zipfile.ZipFile(source) as archive:
        archive.extractall(target)


def _lay_runtime(paths: Sequence[str], target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in map(Path, paths):
        if path.is_dir():
            (target / path.name).symlink_to(path)
        else:
            # The bytecode of a module that is one file stands beside it, so a link to it alone has none.
            shutil.copy2(path, target / path.name)


def _copy(paths: Sequence[str], target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in map(Path, paths):
        if path.is_dir():
            shutil.copytree(path, target / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(path, target / path.name)

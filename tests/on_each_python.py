"""Runs pytest on this Python, and on the newest other one that is supported and on this machine.

Arguments are pytest's. The other Python gets a venv of its own, `.venv-3.…`, from the same requirements but
for boto3: there it is the oldest one that pyproject.toml takes. For the function's code runs on the runtime's
boto3, which is AWS's choice; AWS says that it depends on runtime and Region, and names no versions.
Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html#python-sdk-included
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.pinned_venv import PinnedVenv
from stripe_handler_cli.tools.python_versions import Interpreter, candidate_interpreters, find_interpreter

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
OLDEST_BOTO3 = ROOT / "requirements" / "oldest_boto3.txt"
ALIKE = (
    # Whether other tests would notice a fault, what the tests are made of, and the benchmarks.
    "property/test_negative_controls.py",
    "unit/benchmarks",
    "unit/support",
    # What pages, Terraform and sources say of one another.
    "contract/test_costs.py",
    "contract/test_docker_compose.py",
    "contract/test_docs.py",
    "contract/test_environment_contract.py",
    "contract/test_layers.py",
    "contract/test_named_commands.py",
    "contract/test_needed_permissions.py",
    "contract/test_performance_page.py",
    "contract/test_provider_schema.py",
    "contract/test_terraform_readmes.py",
    "contract/test_terraform_root.py",
)
"""What no Python and no boto3 makes any difference to, below tests/; the rest runs code that is shipped."""
EXAMPLES_THERE = "30"
"""Two Pythons differ in the language; few examples show that, and the first run tries the rules."""
PROPERTIES = ROOT / "tests" / "property"
"""The semantics, which touch no AWS."""
CLASSIFIER = "Programming Language :: Python :: 3."


def supported_minors() -> list[int]:
    """The minor versions of Python 3 that pyproject.toml names, newest first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = (name.removeprefix(CLASSIFIER) for name in project["classifiers"] if CLASSIFIER in name)
    return sorted((int(minor) for minor in found), reverse=True)


def newest_other() -> Interpreter | None:
    """The newest supported Python on this machine that is not this one's version."""
    for minor in supported_minors():
        version = f"3.{minor}"
        found = find_interpreter(candidate_interpreters(os.environ, version), version)
        if minor != sys.version_info.minor and found is not None and found.makes_venvs():
            return found
    return None


def say(line: str) -> None:
    """Print a line at once, before what pytest prints."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run_pytest(python: Path, arguments: list[str], **variables: str) -> int:
    """Run pytest on a Python, with variables in its environment, and return its exit code."""
    command = [str(python), "-m", "pytest", *arguments]
    return subprocess.call(command, cwd=ROOT, env={**variables, **os.environ})  # noqa: S603 - our own command


def oldest_boto3() -> str:
    """The version of boto3 that the second run is on."""
    (found,) = re.findall(r"^boto3==(\S+)", OLDEST_BOTO3.read_text(encoding="utf-8"), re.MULTILINE)
    return str(found)


def make_venv(name: str, interpreter: Path) -> Path:
    """Make the second run's venv, where it is missing or out of date; returns its interpreter."""
    venv = PinnedVenv(
        ROOT / name, REQUIREMENTS, lambda: interpreter, "Tests", "the requirements", may_build=True
    )
    python = venv.ensure(say)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    for what in (
        ["--require-hashes", "--requirement", str(OLDEST_BOTO3)],
        ["--no-build-isolation", "--editable", str(ROOT)],
    ):
        subprocess.run([*install, *what], check=True)  # noqa: S603 - our own command
    return python


def main(arguments: list[str]) -> int:
    """Run them, the second time only if they pass on this Python; returns pytest's exit code.

    Where there is no other Python, the second run is this one's, with the oldest boto3 and without what
    touches no AWS.
    """
    other = newest_other()
    with tempfile.TemporaryDirectory() as kept:
        return run_both(arguments, other, Path(kept))


def run_both(arguments: list[str], other: Interpreter | None, kept: Path) -> int:
    """Run them; what Terraform plans is kept for the second run."""
    here, boto3 = ".".join(map(str, sys.version_info[:3])), oldest_boto3()
    there = other.version if other else here
    say(f"Tests on Python {here}, then on Python {there} with boto3 {boto3}, the oldest that is supported.")
    status = run_pytest(Path(sys.executable), arguments, STRIPE_HANDLER_PLANNED=str(kept))
    if status:
        return status
    name = ".venv-" + ".".join(other.version.split(".")[:2]) if other else ".venv-oldest-boto3"
    try:
        python = make_venv(name, other.path if other else Path(sys.executable))
    except CliError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    left_out = [ROOT / "tests" / name for name in ALIKE] + ([] if other else [PROPERTIES])
    say(f"Tests on Python {there} with boto3 {boto3}:")
    return run_pytest(
        python,
        [*arguments, *(f"--ignore={path}" for path in left_out)],
        STRIPE_HANDLER_EXAMPLES=EXAMPLES_THERE,
        STRIPE_HANDLER_BOTO3=boto3,
        STRIPE_HANDLER_PLANNED=str(kept),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

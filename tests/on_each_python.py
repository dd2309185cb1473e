"""Runs pytest on this Python, and on the newest other one that is supported and on this machine.

Arguments are pytest's. The other Python gets a venv of its own, `.venv-3.…`, from the same requirements.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.pinned_venv import PinnedVenv
from stripe_handler_cli.tools.python_versions import Interpreter, candidate_interpreters, find_interpreter

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
ABOUT_THE_TESTS = ROOT / "tests" / "property" / "test_negative_controls.py"
"""Says whether other tests would notice a fault: the same on any Python, and it takes a minute."""
EXAMPLES_THERE = "100"
"""Two Pythons differ in the language; few examples show that, and the first one tries the rules."""
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


def main(arguments: list[str]) -> int:
    """Run them, on the other Python only if they pass on this one; returns pytest's exit code."""
    other = newest_other()
    here = ".".join(map(str, sys.version_info[:3]))
    after = f"then on Python {other.version}" if other else "the only supported one on this machine"
    say(f"Tests on Python {here}, {after}.")
    status = run_pytest(Path(sys.executable), arguments)
    if status or other is None:
        return status
    minor = ".".join(other.version.split(".")[:2])
    venv = PinnedVenv(
        ROOT / f".venv-{minor}", REQUIREMENTS, lambda: other.path, "Tests", "the requirements", may_build=True
    )
    try:
        python = venv.ensure(say)
    except CliError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run(  # noqa: S603 - our own command
        [str(python), *install, "--no-build-isolation", "--editable", str(ROOT)], check=True
    )
    say(f"Tests on Python {other.version}:")
    return run_pytest(
        python, [*arguments, f"--ignore={ABOUT_THE_TESTS}"], STRIPE_HANDLER_EXAMPLES=EXAMPLES_THERE
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

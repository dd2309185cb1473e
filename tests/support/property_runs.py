"""Runs one property of convergence in a process of its own, with a seed that makes the run repeatable.

For `make prove`; a negative control (`support.mutated`) ends in the same way. What the property says stands
in tests/property.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import attrs

DIRECTORY = "tests/property"
"""Where a test is that is named without its directory."""
PROPERTIES = tuple(f"{DIRECTORY}/{name}" for name in ("test_convergence.py", "test_owners.py"))
"""The files with the properties of convergence."""
_PASSING = re.compile(r"(\d+) passing")


@attrs.frozen
class Run:
    """How one run of a property ended.

    Attributes:
        exit_code: Pytest's: 0 passed, 1 failed, anything else means that no verdict was reached.
        output: What pytest wrote.
        seconds: How long it took, start of the process included.
    """

    exit_code: int
    output: str = attrs.field(repr=False)
    seconds: float

    @property
    def passing_examples(self) -> int:
        """How many examples passed, by Hypothesis's own count."""
        return sum(int(count) for count in _PASSING.findall(self.output))

    def found_a_counterexample(self, test: str) -> bool:
        """Whether this test failed with an assertion, as opposed to an error anywhere on the way.

        That an error which is expected does not come is an assertion too.
        """
        failed = re.search(rf"^FAILED {re.escape(located(test))}[^ ]*( |$)", self.output, re.MULTILINE)
        asserted = re.search(
            r"^E +\|? *AssertionError|^E +assert |^E +Failed: DID NOT RAISE", self.output, re.MULTILINE
        )
        return self.exit_code == 1 and failed is not None and asserted is not None


def located(test: str) -> str:
    """A test with its directory."""
    return test if test.startswith("tests/") else f"{DIRECTORY}/{test}"


def collected_properties(root: Path) -> list[str]:
    """The properties in a tree, each as `file::test[parameters]`."""
    arguments = ("--collect-only", "-q", "-m", "hypothesis", *PROPERTIES)
    done = _pytest(root, arguments, _environment(root))
    lines = done.stdout.splitlines()
    names = [line.removeprefix(f"{DIRECTORY}/") for line in lines if line.startswith(f"{DIRECTORY}/")]
    if done.returncode or not names:
        raise RuntimeError(f"pytest found no properties in {DIRECTORY}:\n{done.stdout}")
    return names


def run_property(root: Path, test: str, *, examples: int, seed: int, shrink: bool, scratch: Path) -> Run:
    """Run one property on the library of a source tree.

    Args:
        root: The tree: pyproject.toml, handler/ and tests/.
        test: `file::test[parameters]`, the file of tests/property.
        examples: How many examples.
        seed: Hypothesis's seed.
        shrink: Whether a counterexample is made as small as possible.
        scratch: A directory for Hypothesis's database, not shared with any other run.
    """
    arguments = (
        "-x",
        "-q",
        "--tb=short",
        "--hypothesis-profile=default",  # the one Hypothesis chooses on CI ignores the seed
        f"--hypothesis-seed={seed}",
        "--hypothesis-show-statistics",
        located(test),
    )
    started = time.monotonic()
    variables = variables_of(root, examples=examples, shrink=shrink, scratch=scratch)
    done = _pytest(root, arguments, variables)
    return Run(done.returncode, done.stdout, time.monotonic() - started)


def variables_of(root: Path, *, examples: int, shrink: bool, scratch: Path) -> dict[str, str]:
    """The environment of such a run; its arguments are those of `run_property`."""
    return {
        **_environment(root),
        "STRIPE_HANDLER_EXAMPLES": str(examples),
        "STRIPE_HANDLER_SHRINK": str(int(shrink)),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(scratch),
    }


def _environment(root: Path) -> dict[str, str]:
    found = {**os.environ, "PYTHONPATH": str(root / "handler"), "PYTHONHASHSEED": "0", "COLUMNS": "200"}
    found.pop("PYTEST_ADDOPTS", None)
    return found


def _pytest(
    root: Path, arguments: tuple[str, ...], variables: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=root,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

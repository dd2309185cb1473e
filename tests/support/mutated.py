"""Runs single tests on the library with one edit each, in processes forked from one that has imported much.

Most of a control's time would go into starting Python and importing pytest and Hypothesis. `python -m
support.mutated` imports these once, reads from its standard input what to run, and forks for each run. The
edit is made while the edited module is imported: no file changes, and the rest comes from its bytecode.
"""

import contextlib
import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import IO, Any

import attrs
import pytest

from support.mutants import Mutant
from support.property_runs import Run, located, variables_of

ROOT = Path(__file__).parents[2]
PACKAGE = "stripe_subscription_handler"
_WITH_THE_REST = ("_hypothesis_pytestplugin", "hypothesis.strategies", "jmespath", "structlog")
"""What nearly every run imports; nothing of ours, which may be edited."""


class _EditedSource(SourceFileLoader):
    """Compiles a module's source with the edit; neither reads bytecode nor writes any."""

    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        """Compile it."""
        path = self.get_filename(fullname)
        source = Path(path).read_text(encoding="utf-8")
        return self.source_to_code(source.replace(self._mutant.old, self._mutant.new).encode(), path)


@attrs.frozen
class _Edit(MetaPathFinder):
    """Finds the edited module before anybody else does."""

    mutant: Mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find it, with a loader that edits it."""
        if fullname.partition(".")[0] != PACKAGE:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        wanted = ROOT / "handler" / PACKAGE / self.mutant.file
        if spec is None or spec.origin is None or Path(spec.origin) != wanted:
            return None
        spec.loader = _EditedSource(fullname, spec.origin, self.mutant)
        return spec


@attrs.frozen
class Controls:
    """A process that is ready to run tests on edited libraries."""

    _asked: IO[str]
    _answers: IO[str]

    def run(self, mutant: Mutant, *, seed: int) -> Run:
        """Run the test that must notice the edit."""
        self._asked.write(json.dumps({"mutant": attrs.asdict(mutant), "seed": seed}) + "\n")
        self._asked.flush()
        return Run(**json.loads(self._answers.readline()))


@contextlib.contextmanager
def controls(*, examples: int) -> Iterator[Controls]:
    """Start such a process, and end it.

    Args:
        examples: How many examples each property may try.
    """
    with tempfile.TemporaryDirectory() as scratch:
        variables = variables_of(ROOT, examples=examples, shrink=False, scratch=Path(scratch))
        process = subprocess.Popen(
            [sys.executable, "-m", "support.mutated"],
            cwd=ROOT,
            env={**variables, "PYTHONPATH": f"{ROOT / 'handler'}{os.pathsep}{ROOT / 'tests'}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            assert process.stdin is not None
            assert process.stdout is not None
            yield Controls(process.stdin, process.stdout)


def _run(asked: dict[str, Any], output: IO[str]) -> int:
    """Run one test in this process, which must be one of its own; returns pytest's exit code."""
    mutant = Mutant(**asked["mutant"])
    sys.meta_path.insert(0, _Edit(mutant))
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    arguments = ["-p", "no:cacheprovider", "-p", "no:xdist", "-x", "-q", "--tb=short"]
    # Hypothesis was imported before pytest could rewrite it, and needs no rewriting.
    arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    # The profile that Hypothesis chooses on CI ignores the seed.
    arguments += ["--hypothesis-profile=default", f"--hypothesis-seed={asked['seed']}"]
    return int(pytest.main([*arguments, "--hypothesis-show-statistics", located(mutant.caught_by)]))


def _forked(asked: dict[str, Any]) -> dict[str, Any]:
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        child = os.fork()
        if child == 0:
            status = 3
            try:
                status = _run(asked, output)
                sys.stdout.flush()
            except BaseException:  # noqa: BLE001 - whatever it is, this process must not go on
                traceback.print_exc()
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        output.seek(0)
        return {
            "exit_code": os.waitstatus_to_exitcode(status),
            "output": output.read(),
            "seconds": time.monotonic() - started,
        }


def main() -> None:
    """Answer each line with the run that it asks for."""
    for name in _WITH_THE_REST:
        importlib.import_module(name)
    assert PACKAGE not in sys.modules, "what is to be edited is imported already"
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_forked(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

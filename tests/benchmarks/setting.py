"""What a benchmark is handed: where things are, how long it may measure, and how it says what it is doing."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from benchmarks.machine import machine, versions
from benchmarks.result import Measurement, Ratio, Result
from stripe_handler_cli.tools.pinned_venv import PinnedVenv
from stripe_handler_cli.tools.python_versions import runtime_interpreter

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".stripe-handler" / "benchmarks"
_REQUIREMENTS = ROOT / "requirements" / "benchmarks.txt"


@attrs.frozen
class Setting:
    """A run's setting.

    Attributes:
        quick: Whether few repetitions are enough: to see that a benchmark works, not for figures.
        say: Says what is under way, one line at a time.
    """

    quick: bool
    say: Callable[[str], None]

    def rounds(self, usual: int, *, quick: int = 3) -> int:
        """How many rounds to measure."""
        return quick if self.quick else usual

    def python(self) -> Path:
        """The interpreter of the benchmarks' own venv, of the runtime's Python version where there is one.

        Raises:
            CliError: The venv cannot be made.
        """
        venv = PinnedVenv(
            STATE / "venv", _REQUIREMENTS, runtime_interpreter, "Benchmarks", "what they compare with"
        )
        return venv.ensure(self.say)

    def result(
        self,
        name: str,
        *,
        measurements: Sequence[Measurement] = (),
        ratios: Sequence[Ratio] = (),
        facts: Mapping[str, Any] | None = None,
        ran_with: Mapping[str, str] | None = None,
    ) -> Result:
        """Make a result of what was found; `ran_with` names versions of another interpreter's."""
        return Result(
            name=name,
            command=f"make bench NAME={name}",
            date=dt.datetime.now(dt.UTC).date().isoformat(),
            machine=machine(),
            versions=versions(**(ran_with or {})),
            measurements=tuple(measurements),
            ratios=tuple(ratios),
            facts=facts or {},
        )

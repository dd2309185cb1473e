"""What a benchmark found, as types and as the JSON file in `results/`. No host names, no paths."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from benchmarks.summary import Summary, paired_ratios, summarise

RESULTS_PATH = Path(__file__).with_name("results")


@attrs.frozen
class Measurement:
    """One thing that was measured.

    Attributes:
        name: What, in words that a table can show.
        unit: `ms`, `µs`, `events/s`, ….
        summary: The figures.
    """

    name: str
    unit: str
    summary: Summary


@attrs.frozen
class Ratio:
    """One thing against its baseline, paired round by round. Lower is better.

    Attributes:
        name: What, in words that a table can show; the same in every run, so that runs can be compared.
        baseline: What it was divided by.
        summary: The ratios.
        goal: The most it should be, or None.
        margin: How much greater (0.1: a tenth) a later median may be before `bench-check` calls it slower.
        checked: Whether `bench-check` compares it.
    """

    name: str
    baseline: str
    summary: Summary
    goal: float | None = None
    margin: float = 0.15
    checked: bool = True


@attrs.frozen(kw_only=True)
class Result:
    """One benchmark's findings.

    Attributes:
        name: The benchmark.
        command: What to type to run it again.
        date: The day it ran, ISO-8601.
        machine: Processor, cores, memory and system; no names.
        versions: What it ran with: Python and packages.
        measurements: What was measured.
        ratios: Those compared.
        facts: Whatever else the benchmark's own table or plot is drawn from, ready for JSON.
    """

    name: str
    command: str
    date: str
    machine: Mapping[str, Any]
    versions: Mapping[str, str]
    measurements: tuple[Measurement, ...] = ()
    ratios: tuple[Ratio, ...] = ()
    facts: Mapping[str, Any] = attrs.Factory(dict)

    def ratio(self, name: str) -> Ratio:
        """Return a ratio by its name.

        Raises:
            KeyError: There is none.
        """
        found = {ratio.name: ratio for ratio in self.ratios}
        return found[name]


def measured(
    samples: Mapping[str, Sequence[float]], unit: str, *, factor: float = 1.0
) -> tuple[Measurement, ...]:
    """Summarise interleaved samples; `factor` turns their unit into `unit`."""
    return tuple(Measurement(name, unit, summarise(taken).scaled(factor)) for name, taken in samples.items())


def compared(
    samples: Mapping[str, Sequence[float]],
    name: str,
    baseline: str,
    *,
    title: str | None = None,
    goal: float | None = None,
    margin: float = 0.15,
) -> Ratio:
    """Compare one contender's samples with the baseline's of the same rounds."""
    ratios = paired_ratios(samples[name], samples[baseline])
    return Ratio(title or name, baseline, summarise(ratios), goal, margin)


def with_own_margin(ratio: Ratio, *, least: float) -> Ratio:
    """Give a ratio a margin that its rounds justify: twice their middle half's width, or `least`."""
    found = ratio.summary
    width = (found.upper_quartile - found.lower_quartile) / found.median
    return attrs.evolve(ratio, margin=max(least, 2 * width))


def to_json(result: Result) -> str:
    """Write a result as the text of its file."""
    return json.dumps(_rounded(attrs.asdict(result)), indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> Result:
    """Read a result's file."""
    values = json.loads(text)
    values["measurements"] = tuple(
        Measurement(**one | {"summary": Summary(**one["summary"])}) for one in values["measurements"]
    )
    values["ratios"] = tuple(
        Ratio(**one | {"summary": Summary(**one["summary"])}) for one in values["ratios"]
    )
    return Result(**values)


def read_results(directory: Path = RESULTS_PATH) -> dict[str, Result]:
    """Read every result of a directory: benchmark → result."""
    results = (from_json(path.read_text(encoding="utf-8")) for path in sorted(directory.glob("*.json")))
    return {result.name: result for result in results}


def write_result(result: Result, directory: Path = RESULTS_PATH) -> Path:
    """Write a result's file, in place of an earlier one."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{result.name}.json"
    path.write_text(to_json(result), encoding="utf-8")
    return path


def _rounded(value: Any) -> Any:
    # Five significant digits: more is noise, and makes the files' differences unreadable.
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value

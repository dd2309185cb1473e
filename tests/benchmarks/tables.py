"""Results as Markdown tables. Pure."""

from collections.abc import Sequence

from benchmarks.result import Measurement, Ratio, Result
from benchmarks.summary import Summary

_LEAST_WHOLE = 100
_LEAST_TENTHS = 10


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table; every column but the first is aligned right."""
    rule = "|---|" + "---:|" * (len(heads) - 1)
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(heads) + " |", rule, *lines])


def number(value: float) -> str:
    """Write a figure with about three significant digits."""
    if abs(value) >= _LEAST_WHOLE:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= _LEAST_TENTHS else f"{value:.2f}"


def spread(summary: Summary) -> str:
    """Write a median with its quartiles."""
    return f"{number(summary.median)} ({number(summary.lower_quartile)} to {number(summary.upper_quartile)})"


def measurements_table(measurements: Sequence[Measurement]) -> str:
    """Write what was measured: the median with its quartiles, and the least."""
    rows = [
        [one.name, f"{spread(one.summary)} {one.unit}", f"{number(one.summary.least)} {one.unit}"]
        for one in measurements
    ]
    return table(["", "median (quartiles)", "least"], rows)


def ratios_table(ratios: Sequence[Ratio]) -> str:
    """Write the ratios: the median with its quartiles, the baseline, the goal."""
    rows = [
        [
            one.name,
            one.baseline,
            spread(one.summary),
            "" if one.goal is None else f"≤ {one.goal:.2f}",
        ]
        for one in ratios
    ]
    return table(["", "divided by", "ratio (quartiles)", "goal"], rows)


def measured_with(result: Result) -> str:
    """Say how, where and with what a result was measured."""
    found = result.machine
    machine = f"{found['processor']}, {found['cores']} cores, {found['memory_gib']} GiB, {found['system']}"
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    return f"`{result.command}` on {result.date}: {machine}; {versions}."


def plain_section(result: Result) -> str:
    """Write a result without a form of its own: its measurements, its ratios, how it was measured."""
    parts = []
    if result.measurements:
        parts.append(measurements_table(result.measurements))
    if result.ratios:
        parts.append(ratios_table(result.ratios))
    return "\n\n".join([*parts, measured_with(result)])

"""The first table of docs/performance.md: every goal of every benchmark, and what came out. Pure."""

from collections.abc import Iterable

from benchmarks.result import Result
from benchmarks.tables import spread, table

NAME = "overview"


def overview(results: Iterable[Result]) -> str:
    """Write a row for each ratio that has a goal, in the order of the results."""
    rows = [
        [
            f"`{result.name}`",
            ratio.name,
            ratio.baseline,
            spread(ratio.summary),
            f"≤ {ratio.goal:.2f}",
            "met" if round(ratio.summary.median, 2) <= ratio.goal else "**missed**",
        ]
        for result in results
        for ratio in result.ratios
        if ratio.goal is not None
    ]
    return table(["`NAME=`", "", "divided by", "ratio (quartiles)", "goal", ""], rows)

"""Draws panels as one SVG, the same bytes for the same panels. Runs in the benchmarks' own venv.

Standard input: a JSON object, path of the SVG → panels (`plots.Panel`). Knows matplotlib and nothing of ours.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot as plt

WIDTH_INCHES, HEIGHT_INCHES = 4.6, 3.4
BAR_INCHES, BAR_FRAME_INCHES = 0.35, 0.8
#: What matplotlib would otherwise draw at random, or take from the machine.
REPEATABLE = {"svg.hashsalt": "stripe-subscription-handler", "svg.fonttype": "none", "font.size": 8.0}


def main() -> None:
    """Draw every plot."""
    for path, panels in json.load(sys.stdin).items():
        with mpl.rc_context(REPEATABLE):
            draw(panels, Path(path))


def draw(panels: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw panels side by side, four as two by two; panels of bars stand below each other."""
    if all(panel["kind"] == "bars" for panel in panels):
        rows, columns = len(panels), 1
        heights = [BAR_FRAME_INCHES + BAR_INCHES * len(panel["series"]) for panel in panels]
        size = 2 * WIDTH_INCHES, sum(heights)
    else:
        columns = 2 if len(panels) == 4 else len(panels)
        rows = -(-len(panels) // columns)
        heights = [1.0] * rows
        size = columns * WIDTH_INCHES, rows * HEIGHT_INCHES
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=size,
        squeeze=False,
        layout="constrained",
        gridspec_kw={"height_ratios": heights},
    )
    for axes, panel in zip(grid.flat, panels, strict=False):
        (bars if panel["kind"] == "bars" else lines)(axes, panel)
        axes.set_title(panel["title"])
        axes.grid(visible=True, alpha=0.3)
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    drawn = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in drawn) + "\n", encoding="utf-8")


def lines(axes: Any, panel: Mapping[str, Any]) -> None:
    """Draw a line for each series."""
    marker, logarithmic = "o" if panel.get("markers", True) else None, panel.get("log", "")
    for one in panel["series"]:
        axes.plot(one["x"], one["y"], marker=marker, markersize=3, label=one["label"])
    axes.set_xlabel(panel["x"])
    axes.set_ylabel(panel["y"])
    for name in logarithmic:
        getattr(axes, f"set_{name}scale")("log")
        axis = getattr(axes, f"{name}axis")
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter("{x:g}" if name == "y" else "")
    if "y" not in logarithmic:
        axes.set_ylim(bottom=0)
    axes.legend(fontsize=6)


def bars(axes: Any, panel: Mapping[str, Any]) -> None:
    """Draw a horizontal bar for each series, its middle half as a line."""
    series = panel["series"][::-1]
    middles = [one["y"] for one in series]
    errors = [[one["y"] - one["low"] for one in series], [one["high"] - one["y"] for one in series]]
    axes.barh([one["label"] for one in series], middles, xerr=errors, height=0.6, alpha=0.8, capsize=2)
    axes.set_xlabel(panel["x"])


if __name__ == "__main__":
    main()

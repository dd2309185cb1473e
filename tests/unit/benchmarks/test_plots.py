"""What the plots show: a panel for each question, from results alone."""

from benchmarks.plots import plots
from benchmarks.result import Measurement, Result
from benchmarks.summary import summarise

ROW = {"requests": 1, "write_units": 2, "cpu_per_bare": 1.5}
GROWTH = {
    "subscriptions": [
        {**ROW, "case": case, "subscriptions": size} for case in ("update", "invoice") for size in (1, 10)
    ],
    "parked": [{**ROW, "case": "drained event", "parked": size} for size in (1, 10)],
    "profiles": [{**ROW, "case": "new user", "profiles": size} for size in (0, 10)],
}


def result(name: str, **content: object) -> Result:
    """A result of this name."""
    return Result(name=name, command="", date="2026-11-24", machine={}, versions={}, **content)


def test_only_results_that_are_there_are_drawn() -> None:
    """A benchmark that has not run leaves no empty plot."""
    assert plots({}) == {}
    assert list(plots({"growth": result("growth", facts=GROWTH), "other": result("other")})) == ["growth"]


def test_cases_with_the_same_line_share_it() -> None:
    """A line hidden behind another one would look forgotten."""
    panels = plots({"growth": result("growth", facts=GROWTH)})["growth"]
    [units] = panels[1]["series"]
    assert units == {"label": "update, invoice: write units", "x": [1, 10], "y": [2, 2]}


def test_draining_is_shown_for_each_event() -> None:
    """The requests of one drain are divided by the events it applied."""
    requests = plots({"growth": result("growth", facts=GROWTH)})["growth"][2]["series"][0]
    assert requests["y"] == [1.0, 0.1]


def test_measurements_of_one_unit_share_a_panel() -> None:
    """Bars can only be compared within one unit."""
    measured = tuple(
        Measurement(name, unit, summarise([1.0, 2.0, 3.0]))
        for name, unit in (("boto3", "ms"), ("ours", "ms"), ("modules", "files"))
    )
    first, second = plots({"cold_start": result("cold_start", measurements=measured)})["cold_start"]
    assert [one["label"] for one in first["series"]] == ["boto3", "ours"]
    assert first["series"][0] == {"label": "boto3", "y": 2.0, "low": 1.5, "high": 2.5}
    assert second["x"] == "files"

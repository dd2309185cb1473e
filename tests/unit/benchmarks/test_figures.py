"""The benchmarks' own arithmetic: summaries, turns, ratios, results as files, the page."""

from pathlib import Path

import pytest

from benchmarks.interleaving import interleaved
from benchmarks.page import filled
from benchmarks.result import (
    Ratio,
    Result,
    compared,
    from_json,
    measured,
    read_results,
    to_json,
    write_result,
)
from benchmarks.summary import Summary, paired_ratios, summarise
from benchmarks.tables import number, plain_section

SAMPLES = {"ours": [2.0, 4.0, 6.0, 8.0, 10.0], "bare": [1.0, 2.0, 3.0, 4.0, 5.0]}
MACHINE = {"processor": "one", "cores": 2, "memory_gib": 4, "system": "Linux 6.1"}
RESULT = Result(
    name="some",
    command="make bench NAME=some",
    date="2026-11-24",
    machine=MACHINE,
    versions={"python": "3.13.0"},
    measurements=measured(SAMPLES, "ms"),
    ratios=(compared(SAMPLES, "ours", "bare", goal=1.5),),
    facts={"sizes": [1, 2.123456789]},
)


def test_a_summary_has_the_median_and_the_quartiles() -> None:
    """Of the samples in any order."""
    assert summarise([5, 1, 4, 2, 3]) == Summary(5, 1.0, 2.0, 3.0, 4.0)
    assert summarise([7]) == Summary(1, 7.0, 7.0, 7.0, 7.0)
    assert summarise([2, 4]).scaled(10).median == 30


def test_nothing_cannot_be_summarised() -> None:
    """A benchmark that measured nothing is an error, not a zero."""
    with pytest.raises(ValueError, match="no samples"):
        summarise([])


def test_ratios_are_taken_round_by_round() -> None:
    """A round that was slow for both sides changes no ratio; a missing round is an error."""
    assert paired_ratios([2.0, 20.0], [1.0, 10.0]) == [2.0, 2.0]
    with pytest.raises(ValueError, match="shorter"):
        paired_ratios([1.0, 2.0], [1.0])


def test_contenders_take_turns() -> None:
    """Each once a round, another one first each time; the warm-up is thrown away."""
    order: list[str] = []

    def contender(name: str) -> float:
        order.append(name)
        return float(len(order))

    samples = interleaved({name: lambda name=name: contender(name) for name in "ab"}, rounds=2)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert samples == {"a": [4.0, 5.0], "b": [3.0, 6.0]}


def test_a_result_survives_its_file(tmp_path: Path) -> None:
    """All of it, but for digits that mean nothing."""
    write_result(RESULT, tmp_path)
    found = read_results(tmp_path)["some"]
    assert found.ratio("ours") == Ratio("ours", "bare", Summary(5, 2.0, 2.0, 2.0, 2.0), 1.5)
    assert found.facts == {"sizes": [1, 2.1235]}
    assert to_json(found) == to_json(RESULT) == to_json(from_json(to_json(RESULT)))


def test_a_page_keeps_its_text_and_gets_its_figures() -> None:
    """What stands between the markers is replaced, again and again; the rest stays."""
    page = "Before.\n<!-- benchmark some -->\nold\n<!-- end of some -->\nAfter.\n"
    once = filled(page, {"some": plain_section(RESULT)})
    assert once.startswith("Before.\n<!-- benchmark some -->\n")
    assert once.endswith("<!-- end of some -->\nAfter.\n")
    assert "old" not in once
    assert "| ours | bare | 2.00 (2.00 to 2.00) | ≤ 1.50 |" in once
    assert filled(once, {"some": plain_section(RESULT)}) == once


def test_a_page_without_a_benchmarks_place_is_an_error() -> None:
    """A new benchmark must be given a place, or its figures would be lost."""
    with pytest.raises(ValueError, match="markers of some"):
        filled("nothing", {"some": "figures"})


@pytest.mark.parametrize(("value", "shown"), [(0.934, "0.93"), (12.34, "12.3"), (1234.5, "1,234")])
def test_figures_are_shown_with_three_digits(value: float, shown: str) -> None:
    """More would be noise."""
    assert number(value) == shown

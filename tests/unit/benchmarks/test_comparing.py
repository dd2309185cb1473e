"""`make bench-check`: a worse ratio fails, noise does not, and nothing is missing unnoticed."""

import attrs
import pytest

from benchmarks.comparing import verdicts
from benchmarks.result import Ratio, Result, from_json, to_json, with_own_margin
from benchmarks.summary import summarise


def result(*samples: float, margin: float = 0.15, checked: bool = True, ratio: str = "CPU") -> Result:
    """A result with one ratio of these rounds."""
    found = Ratio(ratio, "bare", summarise(samples), margin=margin, checked=checked)
    return Result(
        name="handler", command="", date="2026-11-24", machine={}, versions={}, ratios=(found,), facts={}
    )


COMMITTED = {"handler": result(1.0, 1.1, 1.2)}


@pytest.mark.parametrize(
    ("now", "is_worse"),
    [
        pytest.param((1.0, 1.1, 1.2), False, id="the same"),
        pytest.param((0.5, 0.6, 0.7), False, id="better"),
        pytest.param((1.1, 1.25, 1.3), False, id="within the margin"),
        pytest.param((1.3, 1.4, 1.5), True, id="beyond it"),
        pytest.param((0.9, 1.0, 1.5, 1.9, 2.0), False, id="beyond it in disturbed rounds only"),
    ],
)
def test_a_worsened_ratio_is_a_problem(now: tuple[float, ...], is_worse: bool) -> None:  # noqa: FBT001 - a column
    """Worse is a median beyond the margin, in rounds that lie above the committed median; noise is not."""
    [verdict] = verdicts(COMMITTED, {"handler": result(*now)})
    assert (verdict.problem is not None) is is_worse
    assert verdict.limit == pytest.approx(1.1 * 1.15, rel=1e-3)


def test_the_margin_is_the_committed_one() -> None:
    """A run cannot widen the margin it is judged by."""
    [verdict] = verdicts(COMMITTED, {"handler": result(1.5, 1.5, 1.5, margin=9.0)})
    assert verdict.problem == "more than 15% worse"


def test_a_count_may_not_rise() -> None:
    """What is counted has one figure and hardly a margin."""
    committed = {"handler": result(1.0, margin=0.01)}
    assert verdicts(committed, {"handler": result(1.0)})[0].problem is None
    assert verdicts(committed, {"handler": result(2.0)})[0].problem == "more than 1% worse"


def test_a_count_that_was_rounded_in_its_file_has_not_risen() -> None:
    """A third is kept as 0.33333, without any margin."""
    third = result(1 / 3, margin=0.0)
    committed = {"handler": from_json(to_json(third))}
    assert committed["handler"].ratios[0].summary.median < 1 / 3
    assert verdicts(committed, {"handler": third})[0].problem is None


def test_a_missing_result_is_a_problem() -> None:
    """Nothing to compare with is no success."""
    [verdict] = verdicts({}, {"handler": result(1.0)})
    assert verdict.problem == "no committed result"


def test_a_missing_ratio_is_a_problem() -> None:
    """A ratio that is gone or was renamed, on either side, is named."""
    found = verdicts(COMMITTED, {"handler": result(1.0, ratio="memory")})
    assert {(verdict.ratio, verdict.problem) for verdict in found} == {
        ("CPU", "not measured any more"),
        ("memory", "not in the committed result"),
    }


def test_only_what_was_measured_is_judged() -> None:
    """Naming one benchmark leaves the others alone, and a ratio for show is no promise."""
    others = {"load": attrs.evolve(COMMITTED["handler"], name="load")}
    assert len(verdicts(COMMITTED | others, {"handler": result(1.0)})) == 1
    assert verdicts({"handler": result(1.0, checked=False)}, {"handler": result(9.0, checked=False)}) == []


def test_a_margin_comes_from_the_spread_of_the_rounds() -> None:
    """Twice the middle half's width, or the least that is given; it is kept with the result."""
    ratio = Ratio("CPU", "bare", summarise([1.0, 1.1, 1.2, 1.3, 1.4]))
    assert with_own_margin(ratio, least=0.1).margin == pytest.approx(2 * 0.2 / 1.2)
    assert with_own_margin(ratio, least=0.5).margin == pytest.approx(0.5)
    kept = attrs.evolve(COMMITTED["handler"], ratios=(with_own_margin(ratio, least=0.5),))
    assert from_json(to_json(kept)).ratios[0].margin == pytest.approx(0.5)

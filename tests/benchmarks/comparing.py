"""Compares ratios with those of an earlier run: what got worse by more than its margin. Pure."""

from collections.abc import Mapping

import attrs

from benchmarks.result import Ratio, Result

_ROUNDING = 1e-4
"""Committed results are kept with five digits."""


@attrs.frozen
class Verdict:
    """One ratio, then and now.

    Attributes:
        benchmark: The benchmark.
        ratio: The ratio's name.
        committed: Its median in the committed result; None where that is missing.
        measured: Its median now; None where that is missing.
        limit: The most the median may be now.
        problem: What is wrong; None when all is well.
    """

    benchmark: str
    ratio: str
    committed: float | None
    measured: float | None
    limit: float | None
    problem: str | None


def verdicts(committed: Mapping[str, Result], measured: Mapping[str, Result]) -> list[Verdict]:
    """Compare every checked ratio of the benchmarks that were measured.

    Args:
        committed: Benchmark → the result in the repository.
        measured: Benchmark → the result of now.
    """
    found = []
    for name, now in measured.items():
        then = committed.get(name)
        if then is None:
            found.append(Verdict(name, "", None, None, None, "no committed result"))
            continue
        old = {ratio.name: ratio for ratio in then.ratios if ratio.checked}
        new = {ratio.name: ratio for ratio in now.ratios if ratio.checked}
        found += [_verdict(name, ratio, old.get(ratio), new.get(ratio)) for ratio in {**old, **new}]
    return found


def _verdict(benchmark: str, name: str, then: Ratio | None, now: Ratio | None) -> Verdict:
    if then is None or now is None:
        problem = "not in the committed result" if then is None else "not measured any more"
        return Verdict(benchmark, name, _median(then), _median(now), None, problem)
    limit = then.summary.median * (1 + then.margin) * (1 + _ROUNDING)
    # A median beyond the limit whose rounds reach down to the committed median is a disturbed run, no proof.
    is_worse = now.summary.median > limit and now.summary.lower_quartile > then.summary.median
    problem = f"more than {then.margin:.0%} worse" if is_worse else None
    return Verdict(benchmark, name, then.summary.median, now.summary.median, limit, problem)


def _median(ratio: Ratio | None) -> float | None:
    return None if ratio is None else ratio.summary.median

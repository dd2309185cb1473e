"""Samples → median and spread. Pure."""

import statistics
from collections.abc import Sequence

import attrs

_QUARTERS = 4


@attrs.frozen
class Summary:
    """What is kept of repeated measurements of one thing.

    Attributes:
        count: How many there were.
        least: The smallest: for times, the one that other work on the machine disturbed least.
        lower_quartile: A quarter of them is below it.
        median: Half of them is below it.
        upper_quartile: Three quarters of them are below it.
    """

    count: int
    least: float
    lower_quartile: float
    median: float
    upper_quartile: float

    def scaled(self, factor: float) -> "Summary":
        """The same in another unit."""
        return Summary(
            self.count,
            self.least * factor,
            self.lower_quartile * factor,
            self.median * factor,
            self.upper_quartile * factor,
        )


def summarise(samples: Sequence[float]) -> Summary:
    """Summarise samples.

    Raises:
        ValueError: There are none.
    """
    if not samples:
        raise ValueError("there are no samples")
    if len(samples) == 1:
        return Summary(1, *[float(samples[0])] * 4)
    lower, median, upper = statistics.quantiles(samples, n=_QUARTERS, method="inclusive")
    return Summary(len(samples), float(min(samples)), lower, median, upper)


def paired_ratios(samples: Sequence[float], baseline: Sequence[float]) -> list[float]:
    """Divide each sample by the baseline's of the same round, so that a slow moment hits both sides.

    Raises:
        ValueError: One side has more samples than the other.
    """
    return [one / other for one, other in zip(samples, baseline, strict=True)]

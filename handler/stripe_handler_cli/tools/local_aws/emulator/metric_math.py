"""Metric math, as far as the alarms of the stack need it: sums and differences of filled metrics. Pure.

AWS rules modelled: `FILL(m1, 0)` puts a number where the metric has no data, and `+` and `-` calculate
period by period; where one side has no data, neither has the result. Everything else is refused when an
alarm is put, so that nobody waits for an alarm that can't ring.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import re
from collections.abc import Mapping, Sequence

Values = Sequence[float | None]
_FILL = r"FILL\(\s*([a-z][A-Za-z0-9_]*)\s*,\s*(-?[0-9]+(?:\.[0-9]+)?)\s*\)"
_TERM = re.compile(rf"\s*([+-])\s*(?:{_FILL}|([a-z][A-Za-z0-9_]*))\s*")


class UnsupportedExpressionError(ValueError):
    """The expression is none that local AWS models; the message quotes it."""


def terms(expression: str) -> list[tuple[int, str, float | None]]:
    """The expression's terms: sign, the metric's id, and what fills its gaps (None: nothing does)."""
    found, rest = list[tuple[int, str, float | None]](), f"+{expression}"
    while rest:
        term = _TERM.match(rest)
        if term is None:
            raise UnsupportedExpressionError(f"not modelled by local AWS: {expression}")
        sign, filled, filler, plain = term.groups()
        found.append((1 if sign == "+" else -1, filled or plain, float(filler) if filled else None))
        rest = rest[term.end() :]
    return found


def calculated(expression: str, metrics: Mapping[str, Values]) -> list[float | None]:
    """The expression's value in each period.

    Raises:
        UnsupportedExpressionError: It is not modelled.
        KeyError: It names a metric that is not there.
    """
    columns = [
        [None if (one := _or(value, filler)) is None else sign * one for value in metrics[name]]
        for sign, name, filler in terms(expression)
    ]
    return [
        None if None in row else sum(one for one in row if one is not None)
        for row in zip(*columns, strict=True)
    ]


def _or(value: float | None, filler: float | None) -> float | None:
    return filler if value is None else value

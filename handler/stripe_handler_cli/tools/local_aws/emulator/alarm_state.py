"""The state of an alarm from the values of its evaluation range. Pure.

AWS rules modelled: M out of N data points, every comparison with a fixed threshold, the four ways to treat
missing data, and the evaluation range. CloudWatch looks at more periods than an alarm has, and takes the
newest values that it finds there; only where these are fewer than the alarm's periods does it fill in what
is missing. So an alarm on a metric that comes only with failures goes on for as long as the last failure is
in the range.

AWS does not say how long the range is ("depends on the length of the alarm period"); its example looks at
five data points for three, and people saw three to four periods for one. Here it is `EXTRA_PERIODS` more,
for all.

Simplified: periods end now instead of on whole minutes.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

EXTRA_PERIODS = 3
"""How many periods CloudWatch looks further back than the alarm's own."""
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def next_state(alarm: Mapping[str, Any], values: Sequence[float | None]) -> str:
    """The alarm's state, given a value per period of its range, newest first; None where there is no data."""
    compare = _COMPARISONS.get(alarm.get("ComparisonOperator", ""))
    if compare is None:
        return str(alarm["StateValue"])
    periods = alarm.get("EvaluationPeriods", 1)
    needed = alarm.get("DatapointsToAlarm") or periods
    threshold = float(alarm["Threshold"])
    present = [value for value in values if value is not None][:periods]
    filled = periods - len(present)
    breaching = sum(compare(value, threshold) for value in present)
    treat_missing = alarm.get("TreatMissingData") or "missing"
    if not present and treat_missing in {"missing", "ignore"}:
        return "INSUFFICIENT_DATA" if treat_missing == "missing" else str(alarm["StateValue"])
    if treat_missing == "breaching":
        breaching += filled
    if breaching >= needed:
        return "ALARM"
    if (
        filled
        and treat_missing in {"missing", "ignore"}
        and _is_lonely_breach(values, needed, threshold, compare)
    ):
        return "ALARM" if treat_missing == "missing" else str(alarm["StateValue"])
    return "OK"


def _is_lonely_breach(
    values: Sequence[float | None], needed: int, threshold: float, compare: Callable[[float, float], bool]
) -> bool:
    """Whether nothing has come since a breach that is at least as many periods old as must breach.

    CloudWatch takes that for an alarm with too little data, not for the end of one.
    """
    ages = [age for age, value in enumerate(values, start=1) if value is not None]
    is_old_enough = bool(ages) and ages[-1] >= needed
    return is_old_enough and all(compare(value, threshold) for value in values if value is not None)

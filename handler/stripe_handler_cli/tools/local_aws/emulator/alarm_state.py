"""The state of an alarm from the values of its last periods. Pure.

AWS rules modelled: M out of N datapoints, every comparison with a fixed threshold, and the four ways to
treat missing data. Simplified: exactly the last N periods are looked at (CloudWatch looks further back
when some are missing), and periods end now instead of on whole minutes.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def next_state(alarm: Mapping[str, Any], values: Sequence[float | None]) -> str:
    """The alarm's state, given one value per period, None where the metric has no data."""
    compare = _COMPARISONS.get(alarm.get("ComparisonOperator", ""))
    if compare is None:
        return str(alarm["StateValue"])
    treat_missing = alarm.get("TreatMissingData") or "missing"
    present = [value for value in values if value is not None]
    if not present and treat_missing == "missing":
        return "INSUFFICIENT_DATA"
    if not present and treat_missing == "ignore":
        return str(alarm["StateValue"])
    breaching = sum(compare(value, float(alarm["Threshold"])) for value in present)
    if treat_missing == "breaching":
        breaching += len(values) - len(present)
    needed = alarm.get("DatapointsToAlarm") or alarm.get("EvaluationPeriods", 1)
    return "ALARM" if breaching >= needed else "OK"

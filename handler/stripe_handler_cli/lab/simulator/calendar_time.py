"""Unix seconds ↔ calendar: billing periods and ISO-8601 text. Pure; reads no clock."""

import calendar
from datetime import UTC, datetime

MINUTE = 60
HOUR = 3_600
DAY = 86_400
_MONTHS_PER_YEAR = 12


def iso(second: int) -> str:
    """ISO-8601 UTC with a `Z`."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def add_months(second: int, months: int, anchor: int) -> int:
    """The moment so many months later, on the anchor's day of the month or the month's last."""
    moment = datetime.fromtimestamp(second, UTC)
    index = moment.year * _MONTHS_PER_YEAR + moment.month - 1 + months
    year, month = divmod(index, _MONTHS_PER_YEAR)
    wanted = datetime.fromtimestamp(anchor, UTC).day
    day = min(wanted, calendar.monthrange(year, month + 1)[1])
    return int(moment.replace(year=year, month=month + 1, day=day).timestamp())

"""What AWS takes for what this project uses: list prices in dollars, us-east-1, seen in November 2026. Pure.

One table for everything that tells a cost: the doctor's exercise, and the tables of docs/costs.md, which are
written from it. Free tiers are left out. Sources: the price pages of each service, which the rows name.
"""

from collections.abc import Mapping
from decimal import Decimal

import attrs


@attrs.frozen
class Price:
    """What so many of something cost.

    Attributes:
        dollars: For `per` of them.
        per: How many that is the price of.
        what: What is counted, and by what rule.
    """

    dollars: Decimal
    per: int
    what: str


def _price(dollars: str, per: int, what: str) -> Price:
    return Price(Decimal(dollars), per, what)


PRICES: Mapping[str, Price] = {
    "event": _price("1.00", 1_000_000, "EventBridge: partner and custom events, each begun 64 KB of one"),
    "invocation": _price("0.20", 1_000_000, "Lambda: requests"),
    "gb_second": _price("0.0000133334", 1, "Lambda, arm64: memory in GB times seconds"),
    "write_unit": _price("0.625", 1_000_000, "DynamoDB on demand: 1 KB of an item; double in a transaction"),
    "read_unit": _price("0.125", 1_000_000, "DynamoDB on demand: 4 KB, read consistently"),
    "queue_request": _price("0.40", 1_000_000, "SQS: requests, each begun 64 KB of one"),
    "log_gb": _price("0.50", 1, "CloudWatch Logs: GB taken in"),
    "archive_gb_month": _price("0.10", 1, "EventBridge: GB kept in an archive for a month"),
    "alarm_month": _price("0.10", 1, "CloudWatch: an alarm on one metric, a month"),
    "metric_month": _price("0.30", 1, "CloudWatch: a metric of one's own, for each hour that it has data"),
    "metric_request": _price("0.01", 1_000, "CloudWatch: requests such as DescribeAlarms"),
    "dashboard_month": _price("3.00", 1, "CloudWatch: a dashboard, a month; three are free"),
    "key_month": _price("1.00", 1, "KMS: a key of one's own, a month"),
    "trace": _price("5.00", 1_000_000, "X-Ray: traces recorded"),
    "schedule": _price("1.00", 1_000_000, "EventBridge Scheduler: invocations"),
    "secret_request": _price("0.05", 10_000, "Secrets Manager: requests"),
}
"""Name → price."""
MONTH_HOURS = 730
"""As AWS counts a month."""


def cost(name: str, amount: Decimal | int) -> Decimal:
    """What so many of something cost, in dollars; raises `KeyError` for what has no price here."""
    price = PRICES[name]
    return price.dollars * amount / price.per

"""What the stack costs on AWS, computed: prices, units that the real code takes, and a few named assumptions.

    python -m support.costs

writes the table of the README and those of docs/costs.md; tests/contract/test_costs.py holds them equal.
"""

import functools
import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from benchmarks.request_cases import Customer
from stripe_handler_cli.lab.simulator import CURRENT, EVENT_TYPES, SimulationOptions, iterate_lives
from stripe_handler_cli.stack.prices import MONTH_HOURS, PRICES, cost
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES, MAIN_EVENT_TYPES
from support import events
from support.metered import Metered

ROOT = Path(__file__).parents[2]
MILLION = 1_000_000
GB = 1_000_000_000
MEMORY_GB = Decimal("0.5")
INVOCATION_SECONDS = Decimal("0.03")
"""Of a warm invocation on AWS: an assumption, most of it the round trip to DynamoDB."""
TELLING_SECONDS = Decimal("0.02")
"""The same, of the profile events."""
LINE_BYTES = 800
"""Of one invocation in the log, with Lambda's own lines: an assumption; the profile events' have half."""
EVENT_BYTES = json.loads((ROOT / "tests/benchmarks/results/handler_cpu.json").read_text(encoding="utf-8"))[
    "facts"
]["event_bytes"]
"""Of a measured update, in its envelope."""
SUBSCRIPTIONS = 100_000
DRIFT_SECONDS, DRIFT_READ_UNITS = 480, 200_000
"""Of one pass over so many: estimated, docs/reconcile.md says how."""
DRIFT_INVOCATIONS_A_DAY = 24 * 4
MONTH_DAYS = 30
METRICS_OF_EVENTS = 4
"""Written, skipped and refused events, and how long a write took; others have data in rare hours."""
SUBSCRIBERS = 10_000
LIVES = 300


@attrs.frozen
class Mix:
    """Events of some kind, handled by the real decisions.

    Attributes:
        events: How many.
        requests: To DynamoDB.
        changes: How many changed what a profile shows.
        companions: How many are of the companions' types.
    """

    events: int
    requests: int
    write_units: float
    read_units: float
    changes: int
    companions: int

    def of(self, amount: float) -> Decimal:
        """So much, for each event."""
        return Decimal(str(round(amount / self.events, 4)))


def _handled(raw: Iterable[Mapping[str, Any]], tables: Metered) -> Mix:
    tables.asked, tables.write_units, tables.read_units = 0, 0, 0
    count = changes = companions = 0
    for event in raw:
        outcome = tables.deliver(parse_event(event))
        count += 1
        changes += bool(outcome.applied and outcome.changed)
        companions += event.get("detail", event)["type"] not in MAIN_EVENT_TYPES
    return Mix(count, tables.asked, tables.write_units, tables.read_units, changes, companions)


def renewals() -> Mix:
    """A month of a subscription that goes on: it is renewed, its invoice is paid, and that is told twice."""
    tables, one = Metered(), Customer(1)
    _handled([one.created(), one.paid()], tables)
    month = one.subscription(period_start=events.T0 + 2_592_000, period_end=events.T0 + 5_184_000)
    bill = events.invoice(
        id="in_1RnBenchma00000100000002",
        customer=month["customer"],
        sub=month["id"],
        user=month["metadata"]["userId"],
        created=events.T0 + 2_592_000,
    )
    second = 2_592_000
    previous = {"items": {"data": one.subscription()["items"]["data"]}}
    return _handled(
        [
            one.event(events.updated, month, 10_001, second, previous=previous),
            one.event(events.paid, bill, 20_002, second),
            one.event(_paid_too, bill, 20_003, second),
        ],
        tables,
    )


def _paid_too(body: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return events.event("invoice.paid", body, **rest)


@functools.cache
def lives() -> Mix:
    """Whole lives as the simulator plays them, which likes what is rare: trials, dunning, late labels."""
    options = SimulationOptions(
        eras=(CURRENT.era,),
        event_types=tuple(one for one in DEFAULT_EVENT_TYPES if one in EVENT_TYPES),
        sessions=True,
        customers=True,
        entitlements=True,
        expanded_share=0,
        same_second_cycles=False,
        long_entitlements=False,
    )
    raw = [event for life in iterate_lives(1, LIVES, options) for event in life.events]
    return _handled([event for event in raw if _passes(event)], Metered())


def _passes(event: Mapping[str, Any]) -> bool:
    """What the rule lets through of customers' events; of sessions the simulator makes no others."""
    before = (event["data"].get("previous_attributes") or {}).get("metadata") or {}
    named = event["data"]["object"].get("metadata") or {}
    match event["type"]:
        case "customer.created":
            return "userId" in named
        case "customer.updated":
            return "userId" in before
    return True


@attrs.frozen
class Row:
    """One row of a table: what, by which rule, and what it costs in dollars."""

    what: str
    dollars: Decimal


def handling(mix: Mix) -> list[Row]:
    """A million events of a mix."""
    seconds = INVOCATION_SECONDS * MEMORY_GB * MILLION
    written, read = mix.of(mix.write_units), mix.of(mix.read_units)
    stored = Decimal(EVENT_BYTES * MILLION) / GB
    return [
        Row("EventBridge: partner events", cost("event", MILLION)),
        Row(
            f"Lambda: a million requests, {seconds:,.0f} GB-s",
            cost("invocation", MILLION) + cost("gb_second", seconds),
        ),
        Row(
            f"DynamoDB: {written:.2f} write units and {read:.2f} read units an event",
            cost("write_unit", written * MILLION) + cost("read_unit", read * MILLION),
        ),
        Row("Logs: 0.8 GB", cost("log_gb", Decimal(LINE_BYTES * MILLION) / GB)),
        Row(f"Archive: {stored:.0f} GB for a month", cost("archive_gb_month", stored)),
    ]


def more_per_million() -> list[Row]:
    """What is off by default, a million times."""
    second = cost("invocation", MILLION) + cost("gb_second", INVOCATION_SECONDS * MEMORY_GB * MILLION)
    telling = cost("invocation", MILLION) + cost("gb_second", TELLING_SECONDS * MEMORY_GB * MILLION)
    logs = cost("log_gb", Decimal(LINE_BYTES * MILLION) / GB)
    return [
        Row(
            "X-Ray (`xray_tracing_enabled`), at most: at low rates nearly each is sampled",
            cost("trace", MILLION),
        ),
        Row("the forwarding bus: each event once more", cost("event", MILLION)),
        Row(
            "the webhook bridge: a second invocation, with its log; its event in place of a partner's",
            second + logs,
        ),
        Row("the profile events, for each change that is told", cost("event", MILLION) + telling + logs / 2),
    ]


_OPTIONAL = {
    "bridge": ("bridge_errors", "bridge_refusals"),
    "bridge bus": ("bridge_rule_", "bridge_silence"),
    "drift check": ("drift_",),
    "forwarding": ("forwarding_",),
    "profile events": ("profile_events_",),
}
"""What brings alarms → how their names begin."""


def alarm_names() -> set[str]:
    """All alarms that a stack can have, by Terraform's catalogues."""
    folder = ROOT / "terraform/modules/alarms"
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("catalogue*.tf"))
    return set(re.findall(r"^    ([a-z_]+) *= \{$", text, re.MULTILINE))


def alarms() -> dict[str, int]:
    """How many alarms there are, by what brings them; empty: what every stack has."""
    names = alarm_names()
    found = {what: sum(one.startswith(beginnings) for one in names) for what, beginnings in _OPTIONAL.items()}
    return {**found, "": len(names) - sum(found.values())}


def hourly_metrics() -> int:
    """How many metrics the hourly count has data for."""
    text = (ROOT / "terraform/modules/metrics/main.tf").read_text(encoding="utf-8")
    return len(re.findall(r'pattern .*"parked_count\\"', text))


def monthly() -> list[Row]:
    """What is there every month, whether anything happens or not."""
    count = alarms()
    busy = hourly_metrics() + METRICS_OF_EVENTS
    busy_cost = cost("metric_month", busy)
    hourly = cost("invocation", MONTH_HOURS) + cost("gb_second", MEMORY_GB * MONTH_HOURS / 10)
    invocations = DRIFT_INVOCATIONS_A_DAY * MONTH_DAYS
    drift = (
        cost("invocation", invocations)
        + cost("schedule", invocations)
        + cost("gb_second", MEMORY_GB * (DRIFT_SECONDS * MONTH_DAYS + invocations))
        + cost("read_unit", DRIFT_READ_UNITS * MONTH_DAYS)
    )
    return [
        Row(f"{count['']} alarms (an account's first ten are free)", cost("alarm_month", count[""])),
        Row(
            f"{hourly_metrics()} metrics of one's own; up to {busy} in hours with events, ${busy_cost:.2f}",
            cost("metric_month", hourly_metrics()),
        ),
        Row("the dashboard, where an account has three already (else free)", cost("dashboard_month", 1)),
        Row("the parked count, once an hour", hourly + cost("read_unit", MONTH_HOURS)),
        Row(f"with a Stripe key: the drift check of {SUBSCRIPTIONS:,} subscriptions, once a day", drift),
        Row(f"and its {count['drift check']} alarms", cost("alarm_month", count["drift check"])),
        Row(
            "and the key, read every five minutes (of each warm function)",
            cost("secret_request", MONTH_HOURS * 12),
        ),
        Row(f"{count['bridge']} alarms of the webhook bridge", cost("alarm_month", count["bridge"])),
        Row(
            f"{count['bridge bus']} more where it has a bus of its own",
            cost("alarm_month", count["bridge bus"]),
        ),
        Row(
            f"{count['profile events']} alarms of the profile events",
            cost("alarm_month", count["profile events"]),
        ),
        Row("an alarm of the forwarding bus", cost("alarm_month", count["forwarding"])),
        Row("a KMS key of one's own, and $0.03 for 10,000 uses", cost("key_month", 1)),
    ]


def together(rows: Iterable[Row]) -> Decimal:
    """Their sum."""
    return sum((row.dollars for row in rows), Decimal(0))


def table(heading: str, rows: Iterable[Row], *, total: str | None = None) -> str:
    """A table for people."""
    lines = [f"| {heading} | |", "|---|---:|"]
    lines += [f"| {row.what} | {_dollars(row.dollars)} |" for row in rows]
    if total:
        lines.append(f"| **{total}** | **{_dollars(together(rows))}** |")
    return "\n".join(lines) + "\n"


def _dollars(amount: Decimal) -> str:
    return f"${amount:.2f}" if amount >= Decimal("0.005") else "less than a cent"


def price_rows() -> str:
    """The prices, one a row."""
    rows = [f"| {price.what} | ${price.dollars} | {price.per:,} |" for price in PRICES.values()]
    return "\n".join(["| what | dollars | for |", "|---|---:|---:|", *rows]) + "\n"


def a_month_of(subscribers: int, mix: Mix) -> str:
    """What the events of so many monthly plans cost in a month, as a sentence."""
    count = subscribers * mix.events
    dollars = together(handling(mix)) * count / MILLION
    share = 100 * mix.companions // mix.events
    return (
        f"A monthly plan that goes on makes {mix.events} events a month, {share} % of them the companions':"
        f" {subscribers:,} subscribers make {count:,}, for {_dollars(dollars)}.\n"
    )


def blocks() -> Mapping[str, str]:
    """Name of a part → its text."""
    plain, rare = renewals(), lives()
    share = round(100 * rare.companions / rare.events)
    return {
        "costs of a million renewals": table("a million events", handling(plain), total="together"),
        "costs of a million events of lives": table("a million events", handling(rare), total="together"),
        "events of lives": (
            f"{LIVES} lives, {rare.events:,} events, {share} % of them the companions';"
            f" {rare.of(rare.requests):.1f} requests an event;"
            f" {round(100 * rare.changes / rare.events)} % changed what a profile shows.\n"
        ),
        "costs of what is off by default": table("a million more", more_per_million()),
        "costs of a month": table("a month", monthly()),
        "costs of subscribers": a_month_of(SUBSCRIBERS, plain),
        "prices": price_rows(),
    }


PAGES = (ROOT / "README.md", ROOT / "docs/costs.md")


def written(page: str, made: Mapping[str, str]) -> str:
    """A page with its parts as they must be."""
    for name, text in made.items():
        start, end = f"<!-- computed: {name} -->\n", "<!-- end -->"
        pattern = f"({re.escape(start)}).*?({re.escape(end)})"
        page = re.sub(pattern, lambda found, text=text: f"{found[1]}{text}{found[2]}", page, flags=re.DOTALL)
    return page


def main() -> None:
    """Write both pages."""
    made = blocks()
    for path in PAGES:
        path.write_text(written(path.read_text(encoding="utf-8"), made), encoding="utf-8")


if __name__ == "__main__":
    main()

"""The load benchmark: runs at each concurrency, the crowd in the model, and their section of the page."""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from rich.console import Console

from benchmarks.load.crowd import crowd_figures
from benchmarks.load.figures import quantile
from benchmarks.load.hot_user import hot_events, truth
from benchmarks.load.running import Flows, Hot, Run, run_at
from benchmarks.load.scale import FULL, LONG, QUICK, Scale
from benchmarks.result import Measurement, Ratio, Result, with_own_margin
from benchmarks.setting import Setting
from benchmarks.summary import paired_ratios, summarise
from benchmarks.tables import measured_with, number, ratios_table, table
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.chaos.counterexamples import differences
from stripe_handler_cli.lab.simulator import told_by

NAME = "load"
LONG_NAME = "load_long"
_NOOP = "no-op Lambda"
_CROWDS = (4, 100, 1_000)
_CROWD_SUBSCRIPTIONS = (1, 5, 20)
_LEAST_MARGIN = 0.25
"""Two runs on a quiet machine differ by less; other work on its cores hits handler and no-op alike."""


def run(setting: Setting) -> Result:
    """Measure at each concurrency."""
    return _run(setting, NAME, QUICK if setting.quick else FULL)


def run_long(setting: Setting) -> Result:
    """Measure one long run."""
    return _run(setting, LONG_NAME, QUICK if setting.quick else LONG)


def _run(setting: Setting, name: str, scale: Scale) -> Result:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    runs = [run_at(concurrency, scale, setting, console) for concurrency in scale.concurrency]
    facts: dict[str, Any] = {"runs": [_facts(one) for one in runs]}
    if name == NAME:
        setting.say("the crowd, in the model")
        facts["crowd"] = crowds(scale.hot_events)
    return setting.result(
        name,
        measurements=[one for run_ in runs for one in _measurements(run_)],
        ratios=[one for run_ in runs for one in _ratios(run_)],
        facts=facts,
    )


def crowds(events: int) -> list[dict[str, Any]]:
    """The figures of every crowd in the model.

    Raises:
        CliError: A profile is not the truth.
    """
    rows = []
    for subscriptions in _CROWD_SUBSCRIPTIONS:
        made = hot_events(events, subscriptions=subscriptions, user="hot")
        expected = truth(made)
        for handlers in _CROWDS:
            figures, tables = crowd_figures(made, handlers)
            if differing := differences(expected, told_by(tables.profiles["hot"])):
                raise CliError(f"a crowd of {handlers} left a profile that is not the truth: {differing}")
            rows.append({"subscriptions": subscriptions, "events": events, **attrs.asdict(figures)})
    return rows


def _measurements(run_: Run) -> list[Measurement]:
    at = f"{run_.concurrency} at a time"
    rates = {_NOOP: run_.noop, "handler": run_.ours}
    return [
        Measurement(f"{who}, {at}", "events/s", summarise([flow.events_per_second for flow in flows]))
        for who, flows in rates.items()
    ]


def _ratios(run_: Run) -> list[Ratio]:
    at = f"{run_.concurrency} at a time"
    pairs = {
        f"time per event, {at}": (_seconds(run_.ours), _seconds(run_.noop)),
        f"CPU per event, {at}": (_cpu(run_.ours), _cpu(run_.noop)),
        f"put to profile at half the rate, {at}": (_medians(run_.ours_steady), _medians(run_.noop_steady)),
    }
    return [
        with_own_margin(Ratio(name, _NOOP, summarise(paired_ratios(ours, noop))), least=_LEAST_MARGIN)
        for name, (ours, noop) in pairs.items()
    ]


def _seconds(flows: Flows) -> list[float]:
    return [1 / flow.events_per_second for flow in flows]


def _cpu(flows: Flows) -> list[float]:
    return [flow.emulator_cpu_ms + flow.worker_cpu_ms for flow in flows]


def _medians(flows: Flows) -> list[float]:
    return [quantile(flow.waits_ms, 0.5) for flow in flows]


def _facts(run_: Run) -> dict[str, Any]:
    return {
        "concurrency": run_.concurrency,
        "profiles_compared": run_.profiles,
        "noop": _flow_facts(run_.noop),
        "handler": _flow_facts(run_.ours),
        "noop_steady": _flow_facts(run_.noop_steady),
        "handler_steady": _flow_facts(run_.ours_steady),
        "effort": attrs.asdict(run_.effort),
        "memory": attrs.asdict(run_.memory),
        "hot": [_hot_facts(hot) for hot in run_.hot],
    }


def _flow_facts(flows: Flows) -> dict[str, Any]:
    events = sum(flow.events for flow in flows)
    waits = [wait for flow in flows for wait in flow.waits_ms]
    return {
        "events": events,
        "events_per_second": events / sum(flow.events / flow.events_per_second for flow in flows),
        "p50_ms": quantile(waits, 0.5),
        "p99_ms": quantile(waits, 0.99),
        "emulator_cpu_ms": sum(flow.emulator_cpu_ms * flow.events for flow in flows) / events,
        "worker_cpu_ms": sum(flow.worker_cpu_ms * flow.events for flow in flows) / events,
    }


def _hot_facts(hot: Hot) -> dict[str, Any]:
    return {
        "subscriptions": hot.subscriptions,
        **_flow_facts((hot.flow,)),
        "effort": attrs.asdict(hot.effort),
    }


def section(result: Result) -> str:
    """Write the figures of each concurrency, the hot users and the crowd."""
    runs = result.facts["runs"]
    parts = [
        table(
            ["at a time", *(str(one["concurrency"]) for one in runs)],
            [[title, *(read(one) for one in runs)] for title, read in _ROWS.items()],
        ),
        ratios_table(result.ratios),
        "Many events for one user at once, put as fast as the bus takes them:",
        table(_HOT_HEADS, [_hot_row(one["concurrency"], hot) for one in runs for hot in one["hot"]]),
    ]
    if "crowd" in result.facts:
        parts += [
            _CROWD_TEXT,
            table(_CROWD_HEADS, [_crowd_row(one) for one in result.facts["crowd"]]),
        ]
    plot = f"![Throughput, latency and memory](plots/{result.name}.svg)"
    return "\n\n".join([plot, *parts, measured_with(result)])


_ROWS = {
    "events": lambda one: f"{one['handler']['events'] + one['handler_steady']['events']:,}",
    "profiles compared, all right": lambda one: f"{one['profiles_compared']:,}",
    "events/s, no-op": lambda one: number(one["noop"]["events_per_second"]),
    "events/s, handler": lambda one: number(one["handler"]["events_per_second"]),
    "put to profile at half the rate, p50": lambda one: f"{number(one['handler_steady']['p50_ms'])} ms",
    "the same, p99": lambda one: f"{number(one['handler_steady']['p99_ms'])} ms",
    "the same for the no-op, p50": lambda one: f"{number(one['noop_steady']['p50_ms'])} ms",
    "the same for the no-op, p99": lambda one: f"{number(one['noop_steady']['p99_ms'])} ms",
    "CPU per event, emulator": lambda one: f"{number(one['handler']['emulator_cpu_ms'])} ms",
    "CPU per event, Lambda workers": lambda one: f"{number(one['handler']['worker_cpu_ms'])} ms",
    "requests per event": lambda one: number(one["effort"]["requests_per_event"]),
    "the same events, one handler alone": lambda one: number(one["effort"]["requests_alone_per_event"]),
    "requests for conflicts, in all": lambda one: f"{one['effort']['conflicts']:,}",
    "most requests of one event": lambda one: str(one["effort"]["most_requests"]),
    "attempts": lambda one: f"{one['effort']['attempts']:,}",
    "failed attempts": lambda one: str(one["effort"]["failed"]),
    "events in the failure queue": lambda one: str(one["effort"]["dropped"]),
    "emulator's memory, first and last": lambda one: _ends(one["memory"]["emulator_mib"]),
    "all workers' memory, first and last": lambda one: _ends(one["memory"]["workers_mib"]),
    "a worker's growth in the second half": lambda one: f"{number(one['memory']['worker_growth_mib'])} MiB",
}
_HOT_HEADS = (
    "at a time",
    "events",
    "subscriptions",
    "events/s",
    "requests per event",
    "alone",
    "conflicts",
    "most requests",
    "failed attempts",
)
_CROWD_TEXT = (
    "The same in the model, for numbers of handlers that no machine here can run: the handler's real "
    "decisions and pauses; an update takes 3 to 8 ms, a transaction, which holds its items, 8 to 20 ms. A "
    "failed attempt is tried again by Lambda a minute later; the profile was right in the end every time."
)
_CROWD_HEADS = (
    "handlers",
    "events",
    "subscriptions",
    "requests per event",
    "most requests",
    "lost races",
    "transaction conflicts",
    "failed attempts",
    "seconds",
)


def _ends(values: Sequence[float]) -> str:
    return f"{values[0]:,.0f} and {values[-1]:,.0f} MiB"


def _hot_row(concurrency: int, hot: Mapping[str, Any]) -> list[str]:
    effort = hot["effort"]
    return [
        str(concurrency),
        f"{hot['events']:,}",
        str(hot["subscriptions"]),
        number(hot["events_per_second"]),
        number(effort["requests_per_event"]),
        number(effort["requests_alone_per_event"]),
        str(effort["conflicts"]),
        str(effort["most_requests"]),
        str(effort["failed"]),
    ]


def _crowd_row(crowd: Mapping[str, Any]) -> list[str]:
    return [
        f"{crowd['handlers']:,}",
        f"{crowd['events']:,}",
        str(crowd["subscriptions"]),
        number(crowd["requests_per_event"]),
        str(crowd["most_requests"]),
        f"{crowd['lost_races']:,}",
        f"{crowd['transaction_conflicts']:,}",
        str(crowd["retries"]),
        number(crowd["seconds"]),
    ]

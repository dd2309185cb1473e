"""What the plots of docs/performance.md show, from results. Pure; `workers/draw.py` draws it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.result import Result

Panel = dict[str, Any]
"""`title`, `x`, `y`, `kind` (`line`, `bars`), `series` (`label`, `x`, `y`, for bars `low`, `high`), `log`."""
Plot = list[Panel]
_COLD_START = "cold_start"


def plots(results: Mapping[str, Result]) -> dict[str, Plot]:
    """Every plot whose result is there: the file's name without its ending → panels."""
    return {name: make(results[name]) for name, make in _PLOTS.items() if name in results}


def _cold_start(result: Result) -> Plot:
    units = dict.fromkeys(one.unit for one in result.measurements)
    return [
        _panel(
            "Median; the line spans the middle half" if number == 0 else "",
            unit,
            "",
            [
                {
                    "label": one.name,
                    "y": one.summary.median,
                    "low": one.summary.lower_quartile,
                    "high": one.summary.upper_quartile,
                }
                for one in result.measurements
                if one.unit == unit
            ],
            kind="bars",
        )
        for number, unit in enumerate(units)
    ]


def _load(result: Result) -> Plot:
    runs = result.facts["runs"]
    at = [one["concurrency"] for one in runs]
    rates = [
        _series(label, at, [one[who]["events_per_second"] for one in runs])
        for who, label in (("noop", "no-op"), ("handler", "handler"))
    ]
    waits = [
        _series(f"{label}, {share}", at, [one[who][f"{share}_ms"] for one in runs])
        for who, label in (("noop_steady", "no-op"), ("handler_steady", "handler"))
        for share in ("p50", "p99")
    ]
    memory = [
        _series(f"{label}, {one['concurrency']} at a time", one["memory"]["seconds"], one["memory"][key])
        for one in runs
        for key, label in (("emulator_mib", "emulator"), ("workers_mib", "all workers"))
    ]
    over_time = _panel("Resident memory", "seconds", "MiB", memory, markers=False)
    if len(runs) == 1:
        return [over_time]
    return [
        _panel("As fast as they go", "Lambdas at a time", "events/s", rates),
        _panel("Put to profile, at half that rate", "Lambdas at a time", "ms", waits, log="y"),
        over_time,
    ]


def _growth(result: Result) -> Plot:
    facts = result.facts
    subscriptions = [
        *_by_case(facts["subscriptions"], "subscriptions", "requests", "requests"),
        *_by_case(facts["subscriptions"], "subscriptions", "cpu_per_bare", "CPU"),
    ]
    parked = [
        _series(
            label,
            [row["parked"] for row in facts["parked"]],
            [row[key] / row["parked"] for row in facts["parked"]],
        )
        for key, label in (("requests", "requests"), ("write_units", "write units"), ("cpu_per_bare", "CPU"))
    ]
    profiles = [
        *_by_case(facts["profiles"], "profiles", "requests", "requests"),
        *_by_case(facts["profiles"], "profiles", "cpu_per_bare", "CPU"),
    ]
    units = _by_case(facts["subscriptions"], "subscriptions", "write_units", "write units")
    multiples = "requests; CPU in bare updates"
    return [
        _panel("A user's subscriptions", "subscriptions", multiples, subscriptions, log="x"),
        _panel("A user's subscriptions", "subscriptions", "write units", units, log="x"),
        _panel("Draining, for each event", "parked events", f"{multiples}; write units", parked, log="x"),
        _panel("The table", "profiles", multiples, profiles),
    ]


def _by_case(rows: Sequence[Mapping[str, Any]], x: str, y: str, label: str) -> list[dict[str, Any]]:
    """A line for each case; cases with the same line share it."""
    cases: dict[tuple[tuple[float, float], ...], list[str]] = {}
    for case in dict.fromkeys(row["case"] for row in rows):
        points = tuple((row[x], row[y]) for row in rows if row["case"] == case)
        cases.setdefault(points, []).append(case)
    return [
        _series(f"{', '.join(names)}: {label}", *([*values] for values in zip(*points, strict=True)))
        for points, names in cases.items()
    ]


def _series(label: str, x: Sequence[float], y: Sequence[float]) -> dict[str, Any]:
    return {"label": label, "x": list(x), "y": list(y)}


def _panel(title: str, x: str, y: str, series: Sequence[Mapping[str, Any]], **options: Any) -> Panel:
    return {"title": title, "x": x, "y": y, "series": list(series), "kind": "line", **options}


_PLOTS: Mapping[str, Callable[[Result], Plot]] = {
    _COLD_START: _cold_start,
    "load": _load,
    "load_long": _load,
    "growth": _growth,
}

"""The growth benchmark: its result, and its section of the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.growth.measuring import (
    BARE,
    PARKED,
    SUBSCRIPTIONS,
    Growth,
    by_parked,
    by_profiles,
    by_subscriptions,
)
from benchmarks.growth.subject import subject
from benchmarks.result import Ratio, Result, with_own_margin
from benchmarks.setting import ROOT, STATE, Setting
from benchmarks.summary import paired_ratios, summarise
from benchmarks.tables import measured_with, number, ratios_table, table
from stripe_handler_cli.tools.local_aws import DEFAULT_STATE_DIRECTORY

NAME = "growth"
_LEAST_MARGIN = 0.2
_COUNT_MARGIN = 0.01
"""Of what is counted and not timed: any increase is one."""


def run(setting: Setting) -> Result:
    """Measure the three kinds of growth on a local AWS of their own."""
    with subject(STATE / "growth", ROOT / DEFAULT_STATE_DIRECTORY / "venv") as found:
        setting.say("a user's subscriptions")
        subscriptions = by_subscriptions(found, setting)
        setting.say("a customer's parked events")
        parked = by_parked(found, setting)
        setting.say("the table")
        profiles = by_profiles(found, setting)
    ratios = [
        *_ledger_ratios(subscriptions),
        *_parked_ratios(parked),
        *_table_ratios(profiles),
    ]
    facts = {"subscriptions": subscriptions.rows, "parked": parked.rows, "profiles": profiles.rows}
    return setting.result(NAME, ratios=ratios, facts=facts)


def _ledger_ratios(growth: Growth) -> list[Ratio]:
    few, many = SUBSCRIPTIONS[0], SUBSCRIPTIONS[-1]
    found = []
    for case in ("update of the primary", "invoice of the primary"):
        least, most = (f"{case}, {size} subscriptions" for size in (few, many))
        ratio = Ratio(
            f"CPU: {case}, {many} subscriptions",
            "1 subscription",
            summarise(paired_ratios(growth.samples[most], growth.samples[least])),
        )
        found.append(with_own_margin(ratio, least=_LEAST_MARGIN))
        found.append(_counted(growth, case, "requests", {"subscriptions": many}, {"subscriptions": few}))
        found.append(_counted(growth, case, "write_units", {"subscriptions": many}, {"subscriptions": few}))
    return found


def _parked_ratios(growth: Growth) -> list[Ratio]:
    few, many = PARKED[1], PARKED[-1]
    each = {size: [seconds / size for seconds in growth.samples[f"{size} parked"]] for size in (few, many)}
    ratio = Ratio(
        f"CPU for each drained event: {many} parked",
        f"{few} parked",
        summarise(paired_ratios(each[many], each[few])),
    )
    rows = {row["parked"]: row for row in growth.rows}
    requests = rows[many]["requests"] / many / (rows[few]["requests"] / few)
    return [
        with_own_margin(ratio, least=_LEAST_MARGIN),
        Ratio(
            f"requests for each drained event: {many} parked",
            f"{few} parked",
            summarise([requests]),
            margin=_COUNT_MARGIN,
        ),
    ]


def _table_ratios(growth: Growth) -> list[Ratio]:
    sizes = sorted({row["profiles"] for row in growth.rows})
    found = []
    for case in ("update of the primary", "new user"):
        empty, full = (
            paired_ratios(
                growth.samples[f"{case}, {size} profiles"], growth.samples[f"{BARE}, {size} profiles"]
            )
            for size in (sizes[0], sizes[-1])
        )
        ratio = Ratio(f"CPU: {case}, full table", "empty table", summarise(paired_ratios(full, empty)))
        found.append(with_own_margin(ratio, least=_LEAST_MARGIN))
        name = {"profiles": sizes[-1]}, {"profiles": sizes[0]}
        found.append(_counted(growth, case, "requests", *name, label="full table", base="empty table"))
    return found


def _counted(  # noqa: PLR0913 - two rows and their names
    growth: Growth,
    case: str,
    what: str,
    many: Mapping[str, int],
    few: Mapping[str, int],
    *,
    label: str | None = None,
    base: str | None = None,
) -> Ratio:
    found = [
        next(row for row in growth.rows if row["case"] == case and row.items() >= at.items())[what]
        for at in (many, few)
    ]
    ((kind, size),) = many.items()
    ((_, least),) = few.items()
    title = f"{what.replace('_', ' ')}: {case}, {label or f'{size} {kind}'}"
    return Ratio(
        title,
        base or (f"{least} {kind}" if least > 1 else f"1 {kind.removesuffix('s')}"),
        summarise([found[0] / found[1]]),
        margin=_COUNT_MARGIN,
    )


def section(result: Result) -> str:
    """Write the three tables and the ratios."""
    facts = result.facts
    parts = [
        "![Requests, write units and CPU time as things grow](plots/growth.svg)",
        "A user's subscriptions; of 100, half are over:",
        _table(facts["subscriptions"], "subscriptions", item="item_bytes"),
        "A customer's parked events, applied by the event that names the user; all of it together:",
        _table(facts["parked"], "parked", item="record_bytes", each=True),
        "Profiles in the table:",
        _table(facts["profiles"], "profiles", item="item_bytes"),
        ratios_table(result.ratios),
        measured_with(result),
    ]
    return "\n\n".join(parts)


def _table(rows: Sequence[Mapping[str, Any]], kind: str, *, item: str, each: bool = False) -> str:
    heads = [
        kind,
        "event",
        "requests",
        "write units",
        "customer's record" if item == "record_bytes" else "profile item",
        "CPU, in bare `update_item`s",
        *(["requests for each"] if each else []),
    ]
    return table(
        heads,
        [
            [
                f"{row[kind]:,}",
                row["case"],
                f"{row['requests']:,}",
                f"{row['write_units']:,.0f}",
                f"{row[item]:,} B",
                number(row["cpu_per_bare"]),
                *([number(row["requests"] / row[kind])] if each else []),
            ]
            for row in rows
        ],
    )

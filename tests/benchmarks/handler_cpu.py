"""CPU time of one event on a warm function, against one bare `update_item` of boto3 with the same payload.

Both talk to the same endpoint on the loopback, which answers at once, and both run in the same process, in
turn. CPU time is the process's own (user and system), so waiting for the endpoint does not count; the
endpoint's work would make every ratio look smaller.
"""

import json
from collections import defaultdict
from collections.abc import Callable

from benchmarks.canned import answers, event_text
from benchmarks.interleaving import interleaved
from benchmarks.layout import environment, lay_out
from benchmarks.loopback import canned_dynamodb
from benchmarks.result import Result, compared, measured
from benchmarks.setting import STATE, Setting
from benchmarks.tables import measured_with, measurements_table, ratios_table
from benchmarks.worker_process import Ask, worker

NAME = "handler_cpu"
CONTENDERS = {
    "bare": "bare boto3 `update_item`",
    "handler": "whole `lambda_handler`",
    "ordinary": "the same by botocore's client",
    "own_client": "the handler's own client, the same `update_item`",
    "parse_and_decide": "parse and decide",
}
_PROCESSES = 4
_ROUNDS = 12
_REPETITIONS = {"bare": 100, "handler": 100, "ordinary": 100, "own_client": 100, "parse_and_decide": 1000}
AFTER_A_FREEZE = {
    "handler": "the handler, its connection lost in a freeze",
    "ordinary": "the same by botocore's client, its connection lost",
}
_NS_PER_US = 1000
_GOALS_US = {"parse_and_decide": 60}
"""Median CPU time in microseconds."""


def run(setting: Setting) -> Result:
    """Measure in several processes: each has a hash seed and a memory layout of its own."""
    layout = lay_out(setting)
    text = event_text()
    event_path = STATE / "event.json"
    event_path.write_text(text, encoding="utf-8")
    command = layout.command("warm.py", str(layout.task), str(layout.runtime), str(event_path))
    canned = answers(json.loads(text))
    named: dict[str, list[float]] = defaultdict(list)
    for titles, keeps in ((CONTENDERS, True), (AFTER_A_FREEZE, False)):
        with canned_dynamodb(canned, keeps_connections=keeps) as endpoint_url:
            for number in range(setting.rounds(_PROCESSES, quick=1)):
                setting.say(f"process {number + 1}{'' if keeps else ', connections lost'}")
                with worker(command, environment(endpoint_url)) as ask:
                    contenders = {name: _sample(ask, name) for name in titles}
                    taken = interleaved(contenders, rounds=setting.rounds(_ROUNDS))
                for name, figures in taken.items():
                    named[titles[name]] += figures
    bare, handler = CONTENDERS["bare"], CONTENDERS["handler"]
    return setting.result(
        NAME,
        measurements=measured(named, "µs"),
        ratios=(
            compared(named, handler, bare, goal=0.50, margin=0.08),
            compared(named, CONTENDERS["ordinary"], bare, margin=0.08),
            compared(named, CONTENDERS["own_client"], bare, margin=0.08),
            compared(named, CONTENDERS["parse_and_decide"], bare, margin=0.25),
            compared(named, *AFTER_A_FREEZE.values(), goal=1.0, margin=0.15),
        ),
        facts={
            "event_bytes": len(text),
            "goals_us": {CONTENDERS[name]: goal for name, goal in _GOALS_US.items()},
        },
        ran_with=layout.versions,
    )


def _sample(ask: Ask, name: str) -> Callable[[], float]:
    count = _REPETITIONS[name]
    return lambda: ask(f"{name} {count}")["cpu_ns"] / count / _NS_PER_US


def section(result: Result) -> str:
    """Write the table."""
    facts = result.facts
    goals = "; ".join(f"{name}: {goal} µs" for name, goal in facts["goals_us"].items())
    said = f"CPU time for an event of {facts['event_bytes']:,} bytes. Goal for the median of {goals}."
    return "\n\n".join(
        [
            said,
            measurements_table(result.measurements),
            ratios_table(result.ratios),
            measured_with(result),
        ]
    )

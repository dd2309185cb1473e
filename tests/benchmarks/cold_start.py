"""A cold start: a fresh process imports the handler and handles one event, against boto3 and the bare call.

From the real zip, with only the runtime's boto3 beside it, on the runtime's Python. CPU time without the
interpreter's own start. What Lambda adds before (fetching the zip, starting Python) is not in it.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import attrs

from benchmarks.canned import answers, event_text, write_request
from benchmarks.interleaving import interleaved
from benchmarks.layout import environment, lay_out
from benchmarks.loopback import canned_dynamodb
from benchmarks.result import Result, compared, measured
from benchmarks.setting import STATE, Setting
from benchmarks.summary import summarise
from benchmarks.tables import measured_with, measurements_table, number, ratios_table, table
from benchmarks.worker_process import run_once

NAME = "cold_start"
BARE = "`import boto3`, a client, one `update_item`"
HANDLER = "the handler"
_ROUNDS = 20
_NS_PER_MS = 1_000_000


@attrs.frozen
class Contender:
    """One way to start.

    Attributes:
        worker: Its name in the worker.
        task: Attribute of `Layout` with its `/var/task`; None for nothing.
        goal: The most its ratio should be.
        settings: Variables of its environment beside the usual ones.
    """

    worker: str
    task: str | None
    goal: float | None = None
    settings: Mapping[str, str] = attrs.Factory(dict)


CONTENDERS: Mapping[str, Contender] = {
    BARE: Contender("bare", None),
    "the same with botocore alone": Contender("botocore", None),
    HANDLER: Contender("handler", "task", goal=0.75),
    "the handler by botocore's client": Contender(
        "handler", "task", settings={"DYNAMODB_CLIENT": "botocore"}
    ),
    "the handler, its zip without bytecode": Contender("handler", "task_without_bytecode"),
    "a usual handler (stripe, boto3, powertools, pydantic)": Contender("usual", "usual"),
    "that one without bytecode": Contender("usual", "usual_without_bytecode"),
}


def run(setting: Setting) -> Result:
    """Start each in turn, several times."""
    layout = lay_out(setting)
    event = json.loads(event_text())
    event_path = STATE / "cold-event.json"
    event_path.write_text(json.dumps({"event": event, "request": write_request(event)}), encoding="utf-8")
    spent: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with canned_dynamodb(answers(event)) as endpoint_url:

        def start(title: str) -> float:
            contender = CONTENDERS[title]
            task = str(getattr(layout, contender.task)) if contender.task else "-"
            runtime, worker = str(layout.runtime), contender.worker
            command = layout.command("cold.py", task, runtime, str(event_path), worker)
            found = run_once(command, environment(endpoint_url, **contender.settings))
            spent[title].append(found)
            return found["cpu_ns"] / _NS_PER_MS

        samples = interleaved(
            {title: lambda title=title: start(title) for title in CONTENDERS},
            rounds=setting.rounds(_ROUNDS),
        )
    facts = {"contenders": {title: _parts(found[1:]) for title, found in spent.items()}}
    return setting.result(
        NAME,
        measurements=measured(samples, "ms"),
        ratios=[
            compared(samples, title, BARE, goal=contender.goal, margin=0.06)
            for title, contender in CONTENDERS.items()
            if title != BARE
        ],
        facts=facts,
        ran_with=layout.versions,
    )


def _parts(found: list[dict[str, Any]]) -> dict[str, Any]:
    def median_ms(name: str) -> float:
        return summarise([one[name] / _NS_PER_MS for one in found]).median

    return {
        "import_ms": median_ms("import_cpu_ns"),
        "invocation_ms": median_ms("invocation_cpu_ns"),
        "elapsed_ms": median_ms("elapsed_ns"),
        "modules": found[0]["modules"],
        "stripe_imported": found[0]["stripe_imported"],
    }


def section(result: Result) -> str:
    """Write the tables."""
    rows = [
        [
            title,
            number(parts["import_ms"]),
            number(parts["invocation_ms"]),
            number(parts["elapsed_ms"]),
            str(parts["modules"]),
            "yes" if parts["stripe_imported"] else "no",
        ]
        for title, parts in result.facts["contenders"].items()
    ]
    heads = ["", "import, ms", "first event, ms", "elapsed, ms", "modules", "imports stripe"]
    return "\n\n".join(
        [
            measurements_table(result.measurements),
            ratios_table(result.ratios),
            table(heads, rows),
            measured_with(result),
        ]
    )

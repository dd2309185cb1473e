"""The first question to Stripe: what a function that is ready for events pays for it, against the usual way.

In a fresh process, from the real zip, on the runtime's Python, with bytecode on both sides. CPU time of all
that is imported for it, the client's making, the request and the reading of the answer. The function itself
and its client of DynamoDB are there before. Stripe and Secrets Manager are canned answers on the loopback, so
the TLS handshake, which both ways have, is not in it.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import attrs

from benchmarks.canned import event_text
from benchmarks.interleaving import interleaved
from benchmarks.layout import Layout, environment, lay_out
from benchmarks.loopback import canned_dynamodb
from benchmarks.result import Result, compared, measured
from benchmarks.setting import Setting
from benchmarks.summary import summarise
from benchmarks.tables import measured_with, measurements_table, number, ratios_table, table
from benchmarks.worker_process import run_once

NAME = "first_question"
USUAL = "`import stripe`, a client, one `retrieve`"
USUAL_WITH_SECRET = "boto3's `get_secret_value`, then the same"  # noqa: S105 - a title
_ROUNDS = 20
_NS_PER_MS = 1_000_000
_KEY = {"STRIPE_SECRET_KEY": "rk_test_benchmark"}
_SECRET = {"STRIPE_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:stripe-AbCdEf"}


@attrs.frozen
class Contender:
    """One way to ask.

    Attributes:
        worker: Its name in the worker.
        task: Attribute of `Layout` with its `/var/task`.
        key: Variables that say where the key is.
        baseline: What it is compared with.
        goal: The most its ratio should be.
    """

    worker: str
    task: str
    key: Mapping[str, str]
    baseline: str | None = None
    goal: float | None = None


CONTENDERS: Mapping[str, Contender] = {
    USUAL: Contender("usual", "usual", _KEY),
    "the same with `raw_request`": Contender("raw", "usual", _KEY, USUAL),
    "the handler": Contender("handler", "task", _KEY, USUAL, goal=0.4),
    USUAL_WITH_SECRET: Contender("usual", "usual", _SECRET),
    "the handler, with Secrets Manager": Contender("handler", "task", _SECRET, USUAL_WITH_SECRET),
}


def run(setting: Setting) -> Result:
    """Ask each way in turn, several times."""
    layout = lay_out(setting)
    subscription = json.loads(event_text())["detail"]["data"]["object"]
    answers = {
        "": json.dumps(subscription),  # a request without one of AWS's operations
        "GetSecretValue": json.dumps({"SecretString": _KEY["STRIPE_SECRET_KEY"]}),
    }
    spent: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with canned_dynamodb(answers) as url:

        def ask(title: str) -> float:
            found = _ask(layout, url, CONTENDERS[title], subscription["id"])
            spent[title].append(found)
            return found["cpu_ns"] / _NS_PER_MS

        samples = interleaved(
            {title: lambda title=title: ask(title) for title in CONTENDERS},
            rounds=setting.rounds(_ROUNDS),
        )
    return setting.result(
        NAME,
        measurements=measured(samples, "ms"),
        ratios=[
            compared(samples, title, contender.baseline, goal=contender.goal, margin=0.2)
            for title, contender in CONTENDERS.items()
            if contender.baseline is not None
        ],
        facts={"contenders": {title: _parts(found[1:]) for title, found in spent.items()}},
        ran_with=layout.versions,
    )


def _ask(layout: Layout, url: str, contender: Contender, subscription_id: str) -> dict[str, Any]:
    task = str(getattr(layout, contender.task))
    command = layout.command("question.py", task, str(layout.runtime), subscription_id, contender.worker)
    return run_once(command, environment(url, STRIPE_API_URL=url, **contender.key))


def _parts(found: list[dict[str, Any]]) -> dict[str, Any]:
    def median_ms(name: str) -> float:
        return summarise([one[name] / _NS_PER_MS for one in found]).median

    return {
        "elapsed_ms": median_ms("elapsed_ns"),
        "next_ms": median_ms("next_cpu_ns"),
        "modules": found[0]["modules"],
        "has_requests": found[0]["has_requests"],
    }


def section(result: Result) -> str:
    """Write the tables."""
    rows = [
        [
            title,
            number(parts["elapsed_ms"]),
            number(parts["next_ms"]),
            str(parts["modules"]),
            "yes" if parts["has_requests"] else "no",
        ]
        for title, parts in result.facts["contenders"].items()
    ]
    heads = ["", "elapsed, ms", "the next question, ms", "modules imported", "requests among them"]
    return "\n\n".join(
        [
            measurements_table(result.measurements),
            ratios_table(result.ratios),
            table(heads, rows),
            measured_with(result),
        ]
    )

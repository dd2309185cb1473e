"""The backfill benchmark: its rounds, its result, and its section of the page."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from benchmarks.backfill.contenders import BEFORE, Contenders, Ran, checkout, stripe_server
from benchmarks.backfill.world import FUNCTION, World, make_function
from benchmarks.growth.subject import subject
from benchmarks.result import Measurement, Ratio, Result, with_own_margin
from benchmarks.setting import ROOT, STATE, Setting
from benchmarks.summary import paired_ratios, summarise
from benchmarks.tables import measured_with, number, ratios_table, table
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.tools.local_aws import DEFAULT_STATE_DIRECTORY

NAME = "backfill"
_BEFORE, _NOW, _BARE = f"`reconcile` at {BEFORE}", "`reconcile`", "bare writes"
_WORKERS = 8
"""As many as `reconcile` has by default, at its default rate."""
_RATE = "25"
"""Requests a second to Stripe at most: Stripe's own limit for an endpoint."""
_WRITES = ("UpdateItem", "TransactWriteItems", "PutItem", "DeleteItem")
_CUSTOMERS, _FEW_CUSTOMERS = 1_500, 150
_ROUNDS = 3
_GOALS = {_BEFORE: 0.25, _BARE: 1.5}
_ARN = f"arn:aws:lambda:us-east-1:000000000000:function:{FUNCTION}"


def run(setting: Setting) -> Result:
    """Measure on a local AWS of its own.

    Raises:
        CliError: A run left a difference, or the earlier commit is not there.
    """
    directory = STATE / NAME
    with subject(directory, ROOT / DEFAULT_STATE_DIRECTORY / "venv") as found:
        setting.say("the account, and the few events that came through")
        world = World.make(found, _FEW_CUSTOMERS if setting.quick else _CUSTOMERS, directory)
        aws = {
            "AWS_ENDPOINT_URL": found.client.meta.endpoint_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        make_function(Endpoint(aws))
        with stripe_server(world.stripe) as url:
            contenders = Contenders(aws, url, _outputs(directory), directory)
            rounds = [
                _round(contenders, world, directory, setting) for _ in range(setting.rounds(_ROUNDS, quick=1))
            ]
    return _result(setting, rounds, world)


def _outputs(directory: Path) -> Path:
    path = directory / "outputs.json"
    outputs = {"function_name": FUNCTION, "function_arn": _ARN}
    path.write_text(json.dumps({name: {"value": value} for name, value in outputs.items()}))
    return path


def _round(
    contenders: Contenders, world: World, directory: Path, setting: Setting
) -> dict[str, Mapping[str, Any]]:
    """Let each do the same work, one after the other."""
    record, options = directory / "writes.jsonl", ("--apply", "--rate", _RATE)
    runs: dict[str, Ran] = {}
    setting.say(f"{_BEFORE}; the load is {os.getloadavg()[0]:.1f}")
    world.put_back()
    runs[_BEFORE] = contenders.reconcile(checkout(BEFORE, directory), *options)
    setting.say(_NOW)
    world.put_back()
    workers = "--workers", str(_WORKERS)
    runs[_NOW] = contenders.reconcile(ROOT / "handler", *options, *workers, record=record)
    left = contenders.reconcile(ROOT / "handler").found["summary"]["differences"]
    if left:
        raise CliError(f"{left} differences are left after a run with --apply")
    setting.say(_BARE)
    world.put_back()
    runs[_BARE] = contenders.bare_writes(record, _WORKERS)
    return {name: {**one.found, "load": os.getloadavg()[0]} for name, one in runs.items()}


def _result(setting: Setting, rounds: Sequence[Mapping[str, Mapping[str, Any]]], world: World) -> Result:
    seconds = {name: [one[name]["seconds"] for one in rounds] for name in (_BEFORE, _NOW, _BARE)}
    repaired = rounds[-1][_NOW]["summary"]["differences"]
    ratios = [
        with_own_margin(
            Ratio(f"time, {_NOW}", base, summarise(paired_ratios(seconds[_NOW], seconds[base])), goal),
            least=0.25,
        )
        for base, goal in _GOALS.items()
    ]
    writes = _of(rounds[-1][_NOW], _WRITES) / repaired
    ratios.append(Ratio("writes", "repaired subscription", summarise([writes]), 1.2, margin=0.02))
    measurements = [
        Measurement(f"{name}, for a subscription", "ms", summarise(taken).scaled(1000 / _size(world)))
        for name, taken in seconds.items()
    ]
    facts = {
        "subscriptions": _size(world),
        "customers": len(world.simulation.customers),
        "repaired": repaired,
        "workers": _WORKERS,
        "rounds": [{name: attrs.asdict(_Row.of(one)) for name, one in round_.items()} for round_ in rounds],
    }
    return setting.result(NAME, measurements=measurements, ratios=ratios, facts=facts)


def _size(world: World) -> int:
    return len(world.simulation.subscriptions)


def _of(found: Mapping[str, Any], operations: Sequence[str]) -> int:
    return sum(found["requests"].get(operation, 0) for operation in operations)


@attrs.frozen
class _Row:
    """A contender's round, as the page tells it."""

    seconds: float
    cpu_seconds: float
    writes: int
    reads: int
    mib: float | None
    load: float

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> "_Row":
        is_bare = "requests" not in found
        writes = found["writes"] if is_bare else _of(found, _WRITES)
        reads = 0 if is_bare else sum(found["requests"].values()) - writes
        return cls(found["seconds"], found["cpu_seconds"], writes, reads, found.get("mib"), found["load"])


def section(result: Result) -> str:
    """Write each round, and the ratios."""
    facts = result.facts
    rows = [
        [
            name,
            number(one["seconds"]),
            number(facts["subscriptions"] / one["seconds"]),
            number(one["cpu_seconds"]),
            f"{one['writes']:,}",
            f"{one['reads']:,}",
            "" if one["mib"] is None else f"{one['mib']:.0f}",
            f"{one['load']:.1f}",
        ]
        for round_ in facts["rounds"]
        for name, one in round_.items()
    ]
    heads = ("", "s", "subscriptions/s", "CPU s", "writes", "reads", "MiB at most", "load")
    about = (
        f"{facts['subscriptions']:,} subscriptions of {facts['customers']:,} customers, of whose events "
        f"one in twenty was delivered; {facts['repaired']:,} differences were repaired, and a look "
        f"afterwards found none. In turn, {facts['workers']} workers where there are any:"
    )
    return "\n\n".join([about, table(heads, rows), ratios_table(result.ratios), measured_with(result)])

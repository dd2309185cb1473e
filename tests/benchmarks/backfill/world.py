"""The made-up world that a backfill meets: Stripe has an account, and the tables know little of it.

Both tables can be put back to that state, so that each contender finds the same work.
"""

import json
import random
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs

from benchmarks.growth.subject import CONFIG, Subject
from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.lab.simulator import Simulation, SimulationOptions, simulate
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.tools.python_versions import RUNTIME_PYTHON
from stripe_subscription_handler.config import VARIABLES
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES

FUNCTION = "Benchmark-function"
ERAS = ("2025-clover", "2026-endive")
"""Events of the shape in which Stripe answers; older ones leave out the product."""
_DELIVERED_SHARE = 0.05
"""Of the events; the rest was lost, as where most customers were there before the stack."""
_SEED = 16
_BATCH = 25
_TABLES = (CONFIG.table_name, CONFIG.sync_table_name)
_KEYS = ("PK", "SK")

Items = Mapping[str, Sequence[Mapping[str, Any]]]
"""Table → items, on the wire."""


@attrs.frozen
class World:
    """A simulated account, and tables into which a twentieth of its events came.

    Attributes:
        simulation: The account and its truth.
        stripe: The account as it ended up, in a file for the server that shows it.
    """

    subject: Subject
    simulation: Simulation
    stripe: Path
    _before: Items

    @classmethod
    def make(cls, subject: Subject, customers: int, directory: Path) -> "World":
        """Simulate, deliver the few events, and remember the tables as they are then."""
        simulation = simulate(
            _SEED,
            customers,
            SimulationOptions(event_types=DEFAULT_EVENT_TYPES, eras=ERAS, same_second_cycles=False),
        )
        rng = random.Random(_SEED)  # noqa: S311 - repeatable on purpose
        for event in simulation.events:
            if rng.random() < _DELIVERED_SHARE:
                subject.deliver(event)
        bodies = [*simulation.subscriptions.values(), *simulation.invoices.values()]
        last = max(int(event["created"]) for event in simulation.snapshot_events.values())
        events = [one for one in simulation.snapshot_events.values() if _is_listed(one, last)]
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "account.json"
        path.write_text(json.dumps({"now": last + 60, "objects": [*bodies, *events]}), encoding="utf-8")
        return cls(subject, simulation, path, {name: list(_scanned(subject, name)) for name in _TABLES})

    def put_back(self) -> None:
        """Bring both tables back to where a contender begins."""
        for name, items in self._before.items():
            now = [{key: item[key] for key in _KEYS} for item in _scanned(self.subject, name)]
            self._batches(name, [{"DeleteRequest": {"Key": key}} for key in now])
            self._batches(name, [{"PutRequest": {"Item": item}} for item in items])

    def _batches(self, table: str, requests: Sequence[Mapping[str, Any]]) -> None:
        for start in range(0, len(requests), _BATCH):
            batch: Any = {table: requests[start : start + _BATCH]}
            self.subject.client.batch_write_item(RequestItems=batch)


def _is_listed(event: Mapping[str, Any], last: int) -> bool:
    return int(event["created"]) >= last - 31 * 86_400


def _scanned(subject: Subject, table: str) -> Iterator[Mapping[str, Any]]:
    for page in subject.client.get_paginator("scan").paginate(TableName=table):
        yield from page["Items"]


def make_function(endpoint: Endpoint) -> None:
    """Make the function whose settings `reconcile` reads; nobody invokes it."""
    code = BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("nothing.py", "")
    settings = {
        VARIABLES["table_name"]: CONFIG.table_name,
        VARIABLES["sync_table_name"]: CONFIG.sync_table_name,
    }
    functions = endpoint.functions
    functions.create_function(
        FunctionName=FUNCTION,
        Runtime=f"python{RUNTIME_PYTHON}",
        Role="arn:aws:iam::000000000000:role/benchmark",
        Handler="nothing.nothing",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": settings},
    )

    def is_there() -> bool | None:
        found = functions.get_function_configuration(FunctionName=FUNCTION)
        return found.get("State", "Active") == "Active" or None

    wait_for(is_there, "the function is there", 30)

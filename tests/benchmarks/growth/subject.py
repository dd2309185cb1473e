"""The real handler in this process over the tables of a local AWS, and what each event costs it.

The emulator is a process of its own, so this thread's CPU time is the handler's and botocore's alone.
"""

import contextlib
import itertools
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
from botocore.config import Config

from benchmarks.capacity import item_bytes
from benchmarks.growth.events import Story
from benchmarks.wire_counter import WireCounter, counting
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.tools import local_aws
from stripe_subscription_handler.app import Runtime, handle
from stripe_subscription_handler.config import Config as Settings
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.dynamodb.sync_table import customer_key
from stripe_subscription_handler.logger import make_logger
from stripe_subscription_handler.user_agent import USER_AGENT
from support import events as made

CONFIG = Settings(table_name="Benchmark-users", sync_table_name="Benchmark-sync")
_KEYS = ("PK", "SK")
_BATCH = 25
Event = Mapping[str, Any]


@attrs.frozen
class Cost:
    """What one event cost.

    Attributes:
        requests: DynamoDB requests.
        write_units: What they wrote.
        read_units: What they read.
        item_bytes: The profile's size after it.
        record_bytes: The size of the customer's record after it.
        reason: What the handler decided.
    """

    requests: int
    write_units: float
    read_units: float
    item_bytes: int
    record_bytes: int
    reason: str


@attrs.frozen
class Subject:
    """The handler under measurement.

    Attributes:
        client: DynamoDB, directly.
        timed: What `handle` works with where CPU time is taken.
        counted: The same where requests are counted on their way.
        counter: Counts them.
    """

    client: Any
    timed: Runtime
    counted: Runtime
    counter: WireCounter
    _numbers: Iterator[int] = attrs.field(factory=itertools.count, init=False)

    def deliver(self, event: Event) -> None:
        """Handle an event."""
        handle(made.envelope(dict(event)), self.timed)

    def cpu_seconds(self, event: Event) -> float:
        """Handle an event and return the CPU time that took."""
        raw = made.envelope(dict(event))
        started = time.thread_time()
        handle(raw, self.timed)
        return time.thread_time() - started

    def cost(self, story: Story, event: Event) -> Cost:
        """Handle an event of a story and count what it cost."""
        self.counter.take()
        answer = handle(made.envelope(dict(event)), self.counted)
        seen = self.counter.take()
        record = {name: {"S": value} for name, value in customer_key(story.customer).items()}
        return Cost(
            requests=len(seen),
            write_units=sum(one.write_units for one in seen),
            read_units=sum(one.read_units for one in seen),
            item_bytes=item_bytes(self.counter.item(CONFIG.table_name, _profile_key(story.user))),
            record_bytes=item_bytes(self.counter.item(CONFIG.sync_table_name, record)),
            reason=str(answer["reason"]),
        )

    def bare_update(self) -> float:
        """CPU time of one bare `UpdateItem` of four attributes: the baseline."""
        number = next(self._numbers)
        started = time.thread_time()
        self.client.update_item(
            TableName=CONFIG.table_name,
            Key={"PK": {"S": "BASELINE"}, "SK": {"S": "PROFILE"}},
            UpdateExpression="SET #a = :a, #b = :b, #c = :c, #d = :d",
            ConditionExpression="attribute_not_exists(#a) OR #a < :a",
            ExpressionAttributeNames={"#a": "version", "#b": "status", "#c": "price", "#d": "end"},
            ExpressionAttributeValues={
                ":a": {"S": f"{number:012}"},
                ":b": {"S": "active"},
                ":c": {"S": "price_basic"},
                ":d": {"S": "2026-12-23T10:00:00Z"},
            },
        )
        return time.thread_time() - started

    def fill(self, count: int, first: int, like: Story) -> None:
        """Add so many profiles to the table, each a copy of one user's."""
        item = self.counter.item(CONFIG.table_name, _profile_key(like.user)) or {}
        for start in range(first, first + count, _BATCH):
            numbers = range(start, min(start + _BATCH, first + count))
            puts = [
                {"PutRequest": {"Item": {**item, "PK": {"S": f"USER#other-{number}"}}}} for number in numbers
            ]
            self.client.batch_write_item(RequestItems={CONFIG.table_name: puts})


def _profile_key(user: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in CONFIG.profile_key(user).items()}


@contextlib.contextmanager
def subject(state_directory: Path, venv_path: Path) -> Iterator[Subject]:
    """Start local AWS with the two tables; stop it in the end."""
    local_aws.stop(state_directory)
    running = local_aws.start(state_directory, venv_path=venv_path, progress=lambda _line: None)
    tables = CONFIG.table_name, CONFIG.sync_table_name
    try:
        client = _client(running.environment())
        for name in tables:
            _make_table(client, name)
        counter = WireCounter(_client(running.environment()), dict.fromkeys(tables, _KEYS))
        # The log goes nowhere, but is written.
        with (
            counting(counter, running.endpoint_url) as url,
            Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        ):
            counted = _client({**running.environment(), "AWS_ENDPOINT_URL": url})
            log = make_logger(output=nowhere)
            timed_runtime, counted_runtime = (
                Runtime(Store(one, CONFIG), CONFIG, log) for one in (client, counted)
            )
            yield Subject(client, timed_runtime, counted_runtime, counter)
    finally:
        local_aws.stop(state_directory)


def _client(variables: Mapping[str, str]) -> Any:
    # As `aws_clients` makes it, but for another endpoint than the environment's.
    return Endpoint(variables).client("dynamodb", Config(parameter_validation=False, user_agent=USER_AGENT))


def _make_table(client: Any, name: str) -> None:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(_KEYS, ("HASH", "RANGE"), strict=True)
        ],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in _KEYS],
    )

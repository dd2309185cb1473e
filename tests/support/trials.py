"""One fault on a deployed stack on local AWS: events put, attempts counted, what failed brought back.

A trial ends with a figure: how many events, how many attempts, how many ended in the failure queue, how many
were brought back from there, and how many were lost. What the fault is, the test says.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
from click.testing import CliRunner

from stripe_handler_cli.cli import cli
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.lab.chaos import certificate
from stripe_handler_cli.lab.chaos.accounts import Account, read_account
from stripe_handler_cli.lab.chaos.counterexamples import counterexamples
from stripe_handler_cli.lab.simulator import Simulation, SimulationOptions, simulate
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES

_LATE_LINES_SECONDS = 15.0

Event = Mapping[str, Any]
PATIENCE_SECONDS = 90.0
IDLE_LOOKS = 40
"""Looks in a row that find nothing new: longer than the pause between two attempts."""


@attrs.frozen
class Figure:
    """What one fault did.

    Attributes:
        fault: The fault.
        events: Distinct events put.
        attempts: Invocations until nothing was left to try.
        failed: Those that failed.
        queued: Events that ended in the failure queue.
        redriven: Events brought back from there.
        lost: Events that were neither applied nor skipped for a reason, nor are in a queue.
    """

    fault: str
    events: int
    attempts: int
    failed: int
    queued: int
    redriven: int
    lost: int


def simulated(seed: int, users: int) -> Simulation:
    """A small account whose events need no look at Stripe; its user ids carry the seed."""
    return simulate(seed, users, SimulationOptions(event_types=DEFAULT_EVENT_TYPES, same_second_cycles=False))


def wait_until_idle(endpoint: Endpoint, function_name: str) -> None:
    """Wait until the function has ended what earlier tests left to it: it would count as a trial's."""
    seen: list[Account] = []

    def is_idle() -> bool | None:
        seen.append(read_account(endpoint.client("cloudwatch"), function_name))
        return (len(seen) > IDLE_LOOKS and len(set(seen[-IDLE_LOOKS:])) == 1) or None

    wait_for(is_idle, "the function is idle", PATIENCE_SECONDS)


@attrs.define
class Trial:
    """One fault's trial.

    Attributes:
        fault: Its name in the report.
        endpoint: Local AWS.
        pipeline: The stack's moving parts; nobody else uses them meanwhile.
        keep: Takes the figure.
    """

    fault: str
    endpoint: Endpoint
    pipeline: Pipeline
    keep: Callable[[Figure], None]
    _ids: set[str] = attrs.field(factory=set, init=False)
    _deliveries: int = attrs.field(default=0, init=False)
    _began: datetime = attrs.field(factory=lambda: datetime.now(UTC), init=False)
    _before: Account = attrs.field(init=False)
    _total: Account = attrs.field(default=Account(0, 0, 0, 0), init=False)
    _undelivered: int = attrs.field(default=0, init=False)
    _redriven: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Count from here on."""
        self._before = self._account()

    @property
    def function_name(self) -> str:
        """The function under trial."""
        return str(self.pipeline.outputs["function_name"])

    @property
    def failure_queue_url(self) -> str:
        """Where its given-up events end."""
        return str(self.pipeline.outputs["failure_queue_url"])

    def put(self, *events: Event) -> None:
        """Put events on the bus."""
        self._ids |= {event["id"] for event in events}
        self._deliveries += len(events)
        self.pipeline.put(*events)

    def invoke_later(self, payload: Any) -> None:
        """Put an event into the function's own queue, past bus and rule."""
        self._deliveries += 1
        self.endpoint.functions.invoke(
            FunctionName=self.function_name, InvocationType="Event", Payload=json.dumps(payload).encode()
        )

    def settle(self, *, undeliverable: int = 0) -> Account:
        """Wait until Lambda holds nothing any more, and return what it did since the last time.

        Args:
            undeliverable: How many failure records the queue cannot take.
        """

        def is_settled() -> bool | None:
            account = self._account().since(self._before)
            done = account.received >= self._deliveries and not account.outstanding
            return (done and self.waiting() >= account.dropped - undeliverable) or None

        try:
            wait_for(is_settled, f"every event of '{self.fault}' is done or given up", PATIENCE_SECONDS)
        except CliError as error:
            left = (
                f"{self._deliveries} deliveries, {self._account().since(self._before)}, {self.waiting()} kept"
            )
            raise AssertionError(f"{error}: {left}") from None
        # Read again: the numbers above were counted one after the other, while the last attempt ended.
        account = self._account().since(self._before)
        self._total = Account(*map(sum, zip(attrs.astuple(self._total), attrs.astuple(account), strict=True)))
        self._undelivered += undeliverable
        self._start_again()
        return account

    def waiting(self, queue: str = "failure_queue_url") -> int:
        """How many messages a queue holds, taken ones included."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        found = self.pipeline.queues.get_queue_attributes(
            QueueUrl=self.pipeline.outputs[queue], AttributeNames=list(names)
        )["Attributes"]
        return sum(int(found[name]) for name in names)

    def peek(self) -> list[dict[str, Any]]:
        """The failure records; the messages stay in the queue, and can be received again at once."""
        taken: list[Any] = []
        while messages := self._receive():
            taken += messages
        for message in taken:
            self.pipeline.queues.change_message_visibility(
                QueueUrl=self.failure_queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        return [json.loads(message["Body"]) for message in taken]

    def _receive(self) -> list[Any]:
        answer = self.pipeline.queues.receive_message(
            QueueUrl=self.failure_queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0, VisibilityTimeout=60
        )
        return list(answer.get("Messages", []))

    def redrive(self) -> int:
        """Bring back all of the failure queue by the operators' command; return how much that was."""
        arguments = ("redrive", "--all", "--rate", "1000", "--json", "--outputs", "-")
        outputs = json.dumps({name: {"value": value} for name, value in self.pipeline.outputs.items()})
        with CliRunner().isolation(input=outputs, env=self.endpoint.variables) as (stdout, stderr, _):
            exit_code = cli(["dlq", *arguments])
            sys.stdout.flush()
            told = stdout.getvalue().decode(), stderr.getvalue().decode()
        assert exit_code == 0, told
        count = int(json.loads(told[0].splitlines()[-1])["summary"]["applied"])
        self._redriven += count
        self._start_again()
        return count

    def discard(self) -> int:
        """Delete every message of the failure queue: what is wrong for good."""
        count = 0
        while messages := self._receive():
            for message in messages:
                self.pipeline.queues.delete_message(
                    QueueUrl=self.failure_queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
                count += 1
        return count

    def replay(self, event: Event, attempts_so_far: int, since: datetime) -> None:
        """Have EventBridge deliver the archive since a moment to the rule, and wait for one of its events."""
        outputs = self.pipeline.outputs
        self.endpoint.events.start_replay(
            ReplayName=f"itest-{int(since.timestamp() * 1000)}",
            EventSourceArn=outputs["archive_arn"],
            EventStartTime=since - timedelta(seconds=1),
            EventEndTime=datetime.now(UTC) + timedelta(seconds=1),
            Destination={"Arn": outputs["event_bus_arn"], "FilterArns": [outputs["rule_arn"]]},
        )
        self.pipeline.follow(event["id"], attempts_so_far + 1)
        self.settle()

    def invoke(self, payload: Any) -> dict[str, Any]:
        """Invoke the function and return its answer, which must be a decision."""
        answer = self.endpoint.functions.invoke(
            FunctionName=self.function_name, Payload=json.dumps(payload).encode()
        )
        decision: dict[str, Any] = json.loads(answer["Payload"].read())
        assert "decision" in decision, decision
        return decision

    def lines(self) -> list[dict[str, Any]]:
        """The log lines of the events put, in the order in which they were written."""
        found = (line for line in self.all_lines() if line.get("event_id") in self._ids)
        return list(certificate.in_order(found))

    def all_lines(self) -> list[dict[str, Any]]:
        """Every log line since the trial began."""
        return self.pipeline.log_lines(since=self._began)

    def _unhandled(self) -> list[str]:
        """The events without a line that says what became of them; a line may come after the answer."""
        deadline = time.monotonic() + _LATE_LINES_SECONDS
        while True:
            missing = certificate.unhandled(self._ids, self.lines())
            if not missing or time.monotonic() > deadline:
                return missing
            time.sleep(0.2)

    def finish(
        self,
        simulation: Simulation | None = None,
        *,
        events: int | None = None,
        lost: Iterable[str] | None = None,
    ) -> Figure:
        """Assert that nothing is missing, and keep the figure.

        Args:
            simulation: Where the events came from; every profile must then be what it says.
            events: How many there were, where some have no id of their own.
            lost: Events without a trace, where the test has found out itself.
        """
        missing = sorted(self._unhandled() if lost is None else lost)
        lines = self.lines()
        figure = Figure(
            fault=self.fault,
            events=len(self._ids) if events is None else events,
            attempts=self._total.attempts,
            failed=self._total.failed,
            queued=self._total.dropped - self._undelivered,
            redriven=self._redriven,
            lost=len(missing),
        )
        self.keep(figure)
        assert missing == []
        if simulation is not None:
            profiles = {user: self.pipeline.profile(user) for user in simulation.profiles}
            assert counterexamples(simulation, profiles, lines) == []
        queues = ("failure_queue_url", "delivery_dead_letter_queue_url")
        assert [self.waiting(queue) for queue in queues] == [0, 0]
        return figure

    def _account(self) -> Account:
        return read_account(self.endpoint.client("cloudwatch"), self.function_name)

    def _start_again(self) -> None:
        self._before, self._deliveries = self._account(), 0

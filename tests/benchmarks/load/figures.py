"""From put times, log lines, process samples and Lambda's count to the figures of one run. Pure."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from benchmarks.load.delivering import Delivered, Event
from benchmarks.load.processes import Sample, cpu_seconds
from stripe_handler_cli.lab.chaos.accounts import Account
from stripe_subscription_handler.conversation.messages import Answer, Parked, Request
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event

Line = Mapping[str, Any]
_MIB = 1024 * 1024


@attrs.frozen
class Flow:
    """How fast some events went through one function.

    Attributes:
        events: How many.
        events_per_second: From the first put to the last line.
        waits_ms: How long after its put each event's line was logged. The line is written right after
            DynamoDB has answered the last request: this is the time from put to profile. All clocks are this
            machine's.
        emulator_cpu_ms: CPU time of the emulator, for each event.
        worker_cpu_ms: CPU time of the Lambda workers, for each event.
    """

    events: int
    events_per_second: float
    waits_ms: tuple[float, ...]
    emulator_cpu_ms: float
    worker_cpu_ms: float


@attrs.frozen
class Effort:
    """What the handler did for the events.

    Attributes:
        requests_per_event: DynamoDB requests, in the mean.
        most_requests: Of one event.
        requests_alone_per_event: What the same events in the same order cost one handler alone, in the model.
        conflicts: Requests spent because another handler wrote in between: the difference of the two, in all.
        attempts: Invocations; more than events where some were tried again.
        failed: Invocations that failed.
        dropped: Events that ended in the failure queue.
    """

    requests_per_event: float
    most_requests: int
    requests_alone_per_event: float
    conflicts: int
    attempts: int
    failed: int
    dropped: int


@attrs.frozen
class Memory:
    """Resident memory over one run.

    Attributes:
        seconds: When it was looked at, since the beginning.
        emulator_mib: The emulator's.
        workers_mib: That of all Lambda workers together.
        worker_growth_mib: What one worker grew in the second half of the run, in the mean.
    """

    seconds: list[float]
    emulator_mib: list[float]
    workers_mib: list[float]
    worker_growth_mib: float


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def logged_at(lines: Sequence[Line]) -> dict[str, float]:
    """Event id → Unix time of the line that says it is handled."""
    return {
        str(line["event_id"]): datetime.fromisoformat(str(line["timestamp"])).timestamp()
        for line in lines
        if line.get("decision") != "error"
    }


def flow(delivered: Delivered, lines: Sequence[Line], before: Sample, after: Sample) -> Flow:
    """How fast events went.

    Args:
        delivered: What was put.
        lines: What the function logged.
        before: The processes before the first put.
        after: The processes after the last line.
    """
    moments, events = logged_at(lines), len(delivered.put_at)
    emulator, workers = cpu_seconds(before, after)
    return Flow(
        events=events,
        events_per_second=events / (max(moments.values()) - delivered.began),
        waits_ms=tuple((moments[event_id] - put) * 1000 for event_id, put in delivered.put_at.items()),
        emulator_cpu_ms=emulator / events * 1000,
        worker_cpu_ms=workers / events * 1000,
    )


def effort(accounts: Sequence[Account], lines: Sequence[Line], events: Mapping[str, Event]) -> Effort:
    """What the handler did.

    Args:
        accounts: Lambda's own counts.
        lines: What the function logged.
        events: The events by id.
    """
    requests = [int(line["requests"]) for line in lines]
    alone = requests_alone(lines, events)
    return Effort(
        requests_per_event=sum(requests) / len(events),
        most_requests=max(requests),
        requests_alone_per_event=alone / len(events),
        conflicts=sum(requests) - alone,
        attempts=sum(account.attempts for account in accounts),
        failed=sum(account.failed for account in accounts),
        dropped=sum(account.dropped for account in accounts),
    )


@attrs.define
class _CountingTables(Tables):
    """Reads parked events as the store does: in two requests, and by their ids."""

    def execute(self, request: Request, event: StripeEvent) -> Answer:
        """Do one request."""
        answer = super().execute(request, event)
        if isinstance(answer, Parked):
            self.requests += 1
            return attrs.evolve(answer, events=tuple(sorted(answer.events, key=lambda parked: parked.id)))
        return answer


def requests_alone(lines: Sequence[Line], events: Mapping[str, Event]) -> int:
    """The requests of the same events in the order of the log, handled one after the other in the model."""
    tables = _CountingTables()
    handled = [line for line in lines if line.get("decision") != "error"]
    for line in sorted(handled, key=lambda line: str(line["timestamp"])):
        tables.deliver(parse_event(events[line["event_id"]]))
    return tables.requests


def memory(samples: Sequence[Sample]) -> Memory:
    """Resident memory over a run."""
    half, last = samples[len(samples) // 2], samples[-1]
    growth = [
        usage.rss_bytes - half.workers[pid].rss_bytes
        for pid, usage in last.workers.items()
        if pid in half.workers
    ]
    return Memory(
        seconds=[round(sample.second - samples[0].second, 1) for sample in samples],
        emulator_mib=[round(sample.emulator.rss_bytes / _MIB, 1) for sample in samples],
        workers_mib=[round(sample.worker_rss_bytes / _MIB, 1) for sample in samples],
        worker_growth_mib=round(sum(growth) / _MIB / max(1, len(growth)), 2),
    )

"""Delivers a plan to a deployed stack, kills handlers, lets Stripe fail, and waits until all is handled."""

import json
import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import attrs

from stripe_handler_cli.chaos.accounts import Account, read_account
from stripe_handler_cli.chaos.plan import DeliveryPlan, Event
from stripe_handler_cli.errors import CliError
from stripe_handler_cli.fake_stripe import Fault
from stripe_handler_cli.stack import Endpoint, Pipeline

_PUT_THREADS = 4
_PUT_BATCH = 10
_POLL_SECONDS = 0.1
_KILL_JITTER_SECONDS = 0.02


@attrs.frozen
class Played:
    """What was done.

    Attributes:
        account: What became of the events, by Lambda's own count.
        kills: Handler processes killed.
        redriven: Events taken from the failure queue and handed to the function again.
        seconds: From the first delivery to the last attempt.
    """

    account: Account
    kills: int
    redriven: int
    seconds: float


@attrs.define
class Player:
    """One run against a deployed stack on local AWS.

    Attributes:
        endpoint: The AWS.
        pipeline: The stack's moving parts.
        find_workers: The process ids of the function's execution environments.
        kill: Kills one; False when it was gone already.
        rng: Decides which one.
        sent: Told of events before they are put on the bus: from then on Stripe shows what they tell.
        misbehave: Lets Stripe's next answers meet faults.
        timeout_seconds: How long nothing may happen before the run is given up.
    """

    endpoint: Endpoint
    pipeline: Pipeline
    find_workers: Callable[[], list[int]]
    kill: Callable[[int], bool]
    rng: random.Random
    sent: Callable[[Iterable[Event]], None] = lambda _events: None
    misbehave: Callable[[Iterable[Fault]], None] = lambda _faults: None
    timeout_seconds: float = 60.0

    def play(self, plan: DeliveryPlan, progress: Callable[[int, int], None]) -> Played:  # noqa: C901 - one loop with its exits
        """Deliver everything and wait until every event is handled.

        Args:
            plan: What to deliver.
            progress: Called with how many deliveries are done and how many there are.

        Raises:
            CliError: Nothing happened for too long although something is left, or events keep failing.
        """
        cloudwatch = self.endpoint.client("cloudwatch")
        functions = self.endpoint.functions
        function_name = self.pipeline.outputs["function_name"]
        ours = {event["id"] for event in plan.deliveries}
        before = read_account(cloudwatch, function_name)
        kills = bursts = redriven = 0
        started = moved = time.monotonic()
        last = None
        with ThreadPoolExecutor(_PUT_THREADS) as pool:
            puts = self._put(pool, plan)
            while True:
                account = read_account(cloudwatch, function_name).since(before)
                for put in puts:
                    if put.done():
                        put.result()
                expected = len(plan.deliveries) + redriven
                is_over = account.received >= expected and not account.outstanding
                progress(len(plan.deliveries) - self._left(account, expected), len(plan.deliveries))
                # Given up is counted before the message is in the queue, so the queue alone would not tell.
                if is_over and account.dropped == redriven:
                    return Played(account, kills, redriven, time.monotonic() - started)
                while kills < len(plan.kills_at) and plan.kills_at[kills] <= account.attempts:
                    if not self._kill_one():
                        break
                    kills += 1
                while bursts < len(plan.faults_at) and plan.faults_at[bursts][0] <= account.attempts:
                    self.misbehave(plan.faults_at[bursts][1])
                    bursts += 1
                if redriven > len(plan.deliveries):
                    raise CliError("events fail again and again; see the errors in the function's log")
                if account.dropped > redriven:
                    redriven += self._redrive(functions, function_name, ours)
                if account != last:
                    last, moved = account, time.monotonic()
                elif time.monotonic() - moved > self.timeout_seconds:
                    raise CliError(
                        f"nothing happened for {self.timeout_seconds:.0f} s, and of {expected} deliveries "
                        f"{self._left(account, expected)} are still to be handled"
                    )
                time.sleep(_POLL_SECONDS)

    def _put(self, pool: ThreadPoolExecutor, plan: DeliveryPlan) -> list["Future[None]"]:
        batches = (
            plan.deliveries[start : start + _PUT_BATCH]
            for start in range(0, len(plan.deliveries), _PUT_BATCH)
        )
        return [pool.submit(self._put_batch, batch) for batch in batches]

    def _put_batch(self, batch: tuple[Event, ...]) -> None:
        self.sent(batch)
        self.pipeline.put(*batch)

    @staticmethod
    def _left(account: Account, expected: int) -> int:
        return max(0, expected - (account.attempts - account.failed) - account.dropped)

    def _kill_one(self) -> bool:
        workers = self.find_workers()
        if not workers:
            return False
        # Anywhere inside an invocation, not only where a poll happens to fall.
        time.sleep(self.rng.uniform(0, _KILL_JITTER_SECONDS))
        return self.kill(self.rng.choice(workers))

    def _redrive(self, functions: Any, function_name: str, ours: set[str]) -> int:
        queue_url = self.pipeline.outputs["failure_queue_url"]
        messages = self.pipeline.queues.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0, VisibilityTimeout=5
        ).get("Messages", [])
        redriven = 0
        for message in messages:
            envelope = json.loads(message["Body"])["requestPayload"]
            if envelope["detail"]["id"] not in ours:
                continue
            # Lambda's own queue holds it from here on; only then is it deleted here.
            functions.invoke(
                FunctionName=function_name, InvocationType="Event", Payload=json.dumps(envelope).encode()
            )
            self.pipeline.queues.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            redriven += 1
        return redriven

"""Delivers a plan to a deployed stack, kills handlers, lets Stripe fail, and waits until all is handled."""

import json
import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import attrs

from stripe_handler_cli.common.waiting import InVainError
from stripe_handler_cli.lab.chaos.accounts import Account, read_account
from stripe_handler_cli.lab.chaos.plan import DeliveryPlan, Event
from stripe_handler_cli.lab.fake_stripe import Fault
from stripe_handler_cli.stack.deployed import invoked_function
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline

_PUT_THREADS = 4
_PUT_BATCH = 10
_AHEAD = 40
"""Deliveries that may wait for a handler."""
_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 60
"""How long nothing may happen before the run is given up."""
_KILL_JITTER_SECONDS = 0.02


@attrs.define
class Player:
    """One run against a deployed stack on local AWS.

    Attributes:
        find_workers: The process ids of the function's execution environments.
        kill: Kills one; False when it was gone already.
        sent: Told of events before they are put on the bus: from then on Stripe shows what they tell.
        misbehave: Lets Stripe's next answers meet faults.
        redriven: Events taken from the failure queue and handed to the function again.
        seconds: From the first delivery to the last attempt.
    """

    endpoint: Endpoint
    pipeline: Pipeline
    find_workers: Callable[[], list[int]]
    kill: Callable[[int], bool]
    rng: random.Random
    sent: Callable[[Iterable[Event]], None]
    misbehave: Callable[[Iterable[Fault]], None]
    _put: int = attrs.field(default=0, init=False)
    _puts: list["Future[None]"] = attrs.field(factory=list, init=False)
    _bursts: int = attrs.field(default=0, init=False)
    kills: int = attrs.field(default=0, init=False)
    redriven: int = attrs.field(default=0, init=False)
    seconds: float = attrs.field(default=0.0, init=False)

    def play(self, plan: DeliveryPlan, progress: Callable[[int, int], None]) -> Account:
        """Deliver everything, wait until every event is handled, and return what became of all.

        Progress is told as how many deliveries are done and how many there are.

        Raises:
            InVainError: Nothing happened for too long although something is left, or events keep failing.
        """
        cloudwatch = self.endpoint.client("cloudwatch")
        function_name = self.pipeline.outputs["function_name"]
        before = read_account(cloudwatch, function_name)
        total = len(plan.deliveries)
        started = moved = time.monotonic()
        last = None
        with ThreadPoolExecutor(_PUT_THREADS) as pool:
            while True:
                account = read_account(cloudwatch, function_name).since(before)
                left = self._left(account, total + self.redriven)
                progress(max(0, total - left), total)
                is_over = (
                    all(put.done() for put in self._puts)
                    and account.received >= total + self.redriven
                    and not account.outstanding
                )
                # Given up is counted before the message is in the queue, so the queue alone would not tell.
                if is_over and account.dropped == self.redriven:
                    self.seconds = time.monotonic() - started
                    return account
                self._put_next(pool, plan, account)
                self._meddle(plan, account)
                if self.redriven > total:
                    raise InVainError("events fail again and again; see the errors in the function's log")
                if account.dropped > self.redriven:
                    self._redrive(plan)
                if account != last:
                    last, moved = account, time.monotonic()
                elif time.monotonic() - moved > _PATIENCE_SECONDS:
                    raise InVainError(
                        f"nothing happened for {_PATIENCE_SECONDS} s, and of {total + self.redriven} "
                        f"deliveries {left} are still to be handled; Lambda counts {account}"
                    )
                time.sleep(_POLL_SECONDS)

    def _put_next(self, pool: ThreadPoolExecutor, plan: DeliveryPlan, account: Account) -> None:
        """Put the next events on the bus, not far ahead of the handlers: Stripe goes on with what is put."""
        for put in self._puts:
            if put.done():
                put.result()
        while self._put < len(plan.deliveries) and self._left(account, self._put + self.redriven) < _AHEAD:
            batch = plan.deliveries[self._put : self._put + _PUT_BATCH]
            self._puts.append(pool.submit(self._put_batch, batch))
            self._put += len(batch)

    def _put_batch(self, batch: tuple[Event, ...]) -> None:
        self.sent(batch)
        self.pipeline.put(*batch)

    def _meddle(self, plan: DeliveryPlan, account: Account) -> None:
        """Kill handlers and let Stripe fail where the plan says so."""
        while self.kills < len(plan.kills_at) and plan.kills_at[self.kills] <= account.attempts:
            if not self._kill_one():
                break
            self.kills += 1
        while self._bursts < len(plan.faults_at) and plan.faults_at[self._bursts][0] <= account.attempts:
            self.misbehave(plan.faults_at[self._bursts][1])
            self._bursts += 1

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

    def _redrive(self, plan: DeliveryPlan) -> None:
        functions, function_name = self.endpoint.functions, invoked_function(self.pipeline.outputs)
        queue_url = self.pipeline.outputs["failure_queue_url"]
        ours = {event["id"] for event in plan.deliveries}
        messages = self.pipeline.queues.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0, VisibilityTimeout=5
        ).get("Messages", [])
        for message in messages:
            envelope = json.loads(message["Body"])["requestPayload"]
            if (envelope.get("detail") or {}).get("id") not in ours:
                continue  # another run's, or not an event of Stripe's
            # Lambda's own queue holds it from here on; only then is it deleted here.
            functions.invoke(
                FunctionName=function_name, InvocationType="Event", Payload=json.dumps(envelope).encode()
            )
            self.pipeline.queues.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            self.redriven += 1

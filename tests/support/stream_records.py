"""Records of the profile table's stream, as Lambda hands them over, and a Lambda that gives them again."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.logger import make_logger
from stripe_subscription_handler.profile_events.app import Runtime, handle
from stripe_subscription_handler.profile_events.putting import Putter
from stripe_subscription_handler.profile_events.setting_aside import FailureQueue
from stripe_subscription_handler.profile_events.settings import Settings

STREAM = "arn:aws:dynamodb:eu-west-1:111122223333:table/profiles/stream/2026-11-30T00:00:00.000"
SETTINGS = Settings(
    bus_arn="arn:aws:events:eu-west-1:111122223333:event-bus/default",
    source="acme-stripe-profiles-test",
    failure_queue_url="https://sqs.eu-west-1.amazonaws.com/111122223333/failures",
)


def record(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    user: str = "user_1",
    number: int = 1,
    key: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A change of an item, of a user's profile unless its key says otherwise; None stands for no item."""
    found = key or SETTINGS.keys.key_of(user)
    images = {"OldImage": before, "NewImage": after}
    name = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
    return {
        "eventID": f"{number:032x}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_796_000_000,
            "Keys": to_wire(found),
            "SequenceNumber": str(100_000_000_000_000_000_000 + number),
            "SizeBytes": 500,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            **{side: to_wire({**found, **item}) for side, item in images.items() if item is not None},
        },
        "eventSourceARN": STREAM,
    }


@attrs.frozen
class Context:
    """Lambda's context, with so much time left."""

    aws_request_id: str = "request"
    milliseconds: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        """What is left."""
        return self.milliseconds


class FunctionDiedError(BaseException):
    """The function's process is gone."""


@attrs.define
class Bus:
    """EventBridge's side.

    Attributes:
        answers: What becomes of the next entries: None is taken, `DIES` is taken and then the function dies,
            anything else is the code of a refusal.
        taken: The details of all entries it took, in order.
        requests: How many entries each request had.
    """

    answers: list[str | None] = attrs.Factory(list)
    taken: list[dict[str, Any]] = attrs.Factory(list)
    entries: list[dict[str, str]] = attrs.Factory(list)
    requests: list[int] = attrs.Factory(list)

    DIES = "the function dies"

    def put_events(self, Entries: Sequence[dict[str, str]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """Answer for each entry."""
        self.requests.append(len(Entries))
        results: list[dict[str, str]] = []
        dies = False
        for entry in Entries:
            answer = self.answers.pop(0) if self.answers else None
            if answer is None or answer == self.DIES:
                self.taken.append(json.loads(entry["Detail"]))
                self.entries.append(entry)
                results.append({"EventId": str(len(self.taken))})
                dies |= answer == self.DIES
            else:
                results.append({"ErrorCode": answer, "ErrorMessage": "of AWS's"})
        if dies:
            raise FunctionDiedError
        failed = sum("ErrorCode" in one for one in results)
        return {"FailedEntryCount": failed, "Entries": results}


@attrs.define
class Queue:
    """SQS's side; while it is `away` it takes nothing."""

    messages: list[dict[str, Any]] = attrs.Factory(list)
    away: Exception | None = None

    def send_message(self, QueueUrl: str, MessageBody: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """Take a message."""
        assert QueueUrl == SETTINGS.failure_queue_url
        if self.away is not None:
            raise self.away
        self.messages.append(json.loads(MessageBody))
        return {}


@attrs.define
class EventSourceMapping:
    """The event source mapping: it gives a batch to the function until nothing of it is left."""

    bus: Bus = attrs.Factory(Bus)
    queue: Queue = attrs.Factory(Queue)
    settings: Settings = SETTINGS
    lines: list[dict[str, Any]] = attrs.Factory(list)
    invocations: int = 0
    waits: list[float] = attrs.Factory(list)
    _function: Runtime | None = None

    def invoke(self, records: Iterable[Any], context: Context = Context()) -> dict[str, Any]:
        """Hand over one batch, once."""
        if self._function is None:
            self._function = self.started()
        self.invocations += 1
        output = io.StringIO()
        self._function = attrs.evolve(self._function, log=make_logger("INFO", output))
        try:
            return handle({"Records": list(records)}, context, self._function)
        finally:
            self.lines += [json.loads(line) for line in output.getvalue().splitlines()]

    def deliver(self, records: Sequence[Any], most: int = 1_000) -> None:
        """Hand over a batch, and what is reported again, as Lambda does: from the first one reported on."""
        left = list(records)
        for _ in range(most):
            try:
                failures = self.invoke(left)["batchItemFailures"]
            except FunctionDiedError:
                self._function = None
                continue
            if not failures:
                return
            (failure,) = failures
            numbers = [one["dynamodb"]["SequenceNumber"] for one in left]
            left = left[numbers.index(failure["itemIdentifier"]) :]
        raise AssertionError("the batch is never done")

    def started(self) -> Runtime:
        """A function that starts anew."""
        bus: Any = self.bus
        queue: Any = self.queue
        putter = Putter(bus, self.waits.append)
        return Runtime(
            self.settings, putter, FailureQueue(queue, self.settings.failure_queue_url), make_logger("INFO")
        )

"""The age of the oldest dead letter: true after any number of looks, and nobody is disturbed by the look."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.operations.parked_count import answer
from stripe_subscription_handler.operations.queue_ages import oldest_seconds
from support.dynamodb import ScriptedDynamoDB, client_error
from support.sqs import FakeQueue

NOW = 1_763_800_000.0


def queue_of(*ages_seconds: float) -> FakeQueue:
    """A queue with messages of these ages, in this order."""
    queue = FakeQueue(now=NOW)
    for age in ages_seconds:
        queue.send("{}")
        queue.messages[-1].sent_at = NOW - age
    return queue


def age_of(queue: FakeQueue) -> int | None:
    """What the count finds."""
    return oldest_seconds(queue, "queue", NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("looks", [0, 1, 3, 50])
def test_the_age_stays_true_however_often_somebody_looked(looks: int) -> None:
    """AWS's own figure forgets a message that was received three times."""
    queue = queue_of(30, 7200, 5)
    for _ in range(looks):
        queue.receive_message(VisibilityTimeout=0)
    assert age_of(queue) == 7200


def test_the_oldest_of_many_is_found_though_a_queue_gives_ten_at_a_time() -> None:
    """It gives other ones once these were received three times."""
    assert age_of(queue_of(*range(10, 45), 9000)) == 9000


def test_nothing_is_taken_and_nothing_hidden() -> None:
    """Whoever redrives meanwhile finds every message, and alarms on their number do not blink."""
    queue = queue_of(1, 2, 3)
    age_of(queue)
    assert (sorted(queue.visible), queue.deleted) == (["m0", "m1", "m2"], [])


def test_an_empty_queue_says_zero() -> None:
    """So that an alarm on the age ends; nothing is received for it."""

    class Unread(FakeQueue):
        """A queue that nobody may read."""

        def receive_message(self, **_: Any) -> dict[str, Any]:
            raise AssertionError("nothing is there to be read")

    assert age_of(Unread()) == 0  # type: ignore[arg-type]


def test_while_somebody_holds_every_message_the_age_is_not_known() -> None:
    """They are hidden, so the last age stands until the next count."""
    queue = queue_of(5)
    queue.receive_message(VisibilityTimeout=60)
    assert age_of(queue) is None


def test_a_queue_with_a_redrive_policy_is_not_looked_into() -> None:
    """Each look would bring its messages nearer to being moved to another queue."""
    queue = queue_of(5)
    queue.redrive_policy = '{"maxReceiveCount": 5}'
    assert age_of(queue) is None
    assert queue.messages[0].received == 0


def test_a_message_from_the_future_has_no_negative_age() -> None:
    """SQS's clock may be ahead of the function's."""
    assert age_of(queue_of(-3)) == 0


class Queues:
    """Both queues behind one client, by their URLs."""

    def __init__(self, **queues: FakeQueue | ClientError) -> None:
        """Take the queues; an error stands for one that refuses."""
        self._queues = queues

    def _at(self, url: str) -> FakeQueue:
        found = self._queues[url]
        if isinstance(found, ClientError):
            raise found
        return found

    def get_queue_attributes(self, QueueUrl: str, **others: Any) -> dict[str, Any]:  # noqa: N803
        """Ask the queue."""
        return self._at(QueueUrl).get_queue_attributes(**others)

    def receive_message(self, QueueUrl: str, **others: Any) -> dict[str, Any]:  # noqa: N803
        """Ask the queue."""
        return self._at(QueueUrl).receive_message(**others)


class Lines:
    """A log that keeps what is written."""

    def __init__(self) -> None:
        """Begin empty."""
        self.lines: list[dict[str, Any]] = []

    def info(self, event: str, **fields: Any) -> None:
        """Keep a line."""
        self.lines.append({"event": event, **fields})


def store_with(**urls: str) -> Store:
    """A store in whose sync table nothing waits."""
    config = Config(table_name="profiles", sync_table_name="sync", **urls)
    client = ScriptedDynamoDB([{"Count": 0}, {"Count": 0}])
    return Store(client, config, clock=lambda: NOW)  # type: ignore[arg-type]


URLS = {"delivery_queue_url": "delivery", "failure_queue_url": "failures"}


def test_both_ages_stand_in_the_line_of_the_count() -> None:
    """And in the answer, for whoever asked by hand."""
    log, queues = Lines(), Queues(delivery=queue_of(10, 4000), failures=queue_of())
    told = answer(store_with(**URLS), log, lambda: queues)  # type: ignore[arg-type, return-value]
    [line] = log.lines
    assert (line["delivery_queue_oldest_seconds"], line["failure_queue_oldest_seconds"]) == (4000, 0)
    assert (told["deliveryQueueOldestSeconds"], told["failureQueueOldestSeconds"]) == (4000, 0)


def test_a_queue_that_refuses_disturbs_nothing_that_is_counted_and_shows() -> None:
    """The line is written with all that could be told; then the refusal is raised, so that it is an error."""
    log, queues = (
        Lines(),
        Queues(delivery=client_error("AccessDenied", "ReceiveMessage"), failures=queue_of(7)),
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        answer(store_with(**URLS), log, lambda: queues)  # type: ignore[arg-type, return-value]
    [line] = log.lines
    assert (line["parked"], line["failure_queue_oldest_seconds"]) == (0, 7)
    assert "delivery_queue_oldest_seconds" not in line


def test_without_queues_nothing_is_asked() -> None:
    """As where the library is used without this stack."""

    def never() -> Any:
        raise AssertionError("no client is needed")

    log = Lines()
    answer(store_with(), log, never)  # type: ignore[arg-type]
    assert not any("oldest_seconds" in name for name in log.lines[0] if "queue" in name)

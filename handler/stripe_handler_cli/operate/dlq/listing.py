"""Looks through a queue and remembers what was chosen. Takes, and lets go; removes nothing."""

import attrs

from stripe_handler_cli.operate.dlq.messages import DeadLetter
from stripe_handler_cli.operate.dlq.queues import Counts, Pass, Queue
from stripe_handler_cli.operate.dlq.selection import Selection


@attrs.frozen
class Listing:
    """What was found in one queue.

    Attributes:
        queue: The queue.
        counts: What SQS counted before.
        letters: What was chosen.
        seen: How many messages were looked at, chosen or not.
        is_whole: Whether every message was looked at that could be had.
    """

    queue: Queue
    counts: Counts
    letters: tuple[DeadLetter, ...]
    seen: int
    is_whole: bool

    @property
    def unseen(self) -> int:
        """About how many more messages could be had, by SQS's approximate count."""
        return 0 if self.is_whole else max(0, self.counts.visible - self.seen)


def list_queue(queue: Queue, selection: Selection, *, limit: int | None, whole: bool = False) -> Listing:
    """Look through a queue.

    Args:
        queue: The queue.
        selection: What is wanted.
        limit: How many letters are enough; None for all there are.
        whole: Keep the letters with their events; summaries otherwise.
    """
    counts = queue.counts()
    letters: list[DeadLetter] = []
    seen = 0
    with Pass(queue) as messages:
        for taken in messages:
            if limit is not None and len(letters) == limit:
                return Listing(queue, counts, tuple(letters), seen, is_whole=False)
            seen += 1
            if selection.matches(taken.letter):
                letters.append(taken.letter if whole else taken.letter.summary())
    return Listing(queue, counts, tuple(letters), seen, is_whole=True)

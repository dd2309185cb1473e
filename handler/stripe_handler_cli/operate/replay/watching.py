"""Waits for a replay to end, and for its events to be handled. Uses the archive and the log."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import attrs

from stripe_handler_cli.operate.replay.summary import Summary
from stripe_handler_cli.stack.archive import ENDED, Archive, Replay
from stripe_handler_cli.stack.function_log import FunctionLog, patterns

_POLL_SECONDS = 1.0
_LATE = timedelta(seconds=60)
"""A line may appear in the log so long after others that were written later."""


@attrs.frozen
class Watcher:
    """Follows one replay; its events count as handled when no line has appeared for `quiet_seconds`."""

    archive: Archive
    log: FunctionLog
    quiet_seconds: float
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep

    def until_ended(self, name: str, progress: Callable[[Replay], None]) -> Replay:
        """Wait until the replay sends nothing more; `progress` is told of its state again and again.

        Raises:
            CliError: There is no such replay.
        """
        while True:
            replay = self.archive.replay(name)
            progress(replay)
            if replay.state in ENDED:
                return replay
            self.sleep(_POLL_SECONDS)

    def until_handled(self, replay: Replay, progress: Callable[[int], None]) -> Summary:
        """Wait until the replayed events are handled, and sum up what they did.

        EventBridge does not tell how many events a replay sent, and Lambda handles them when it can; so this
        waits until the log stays as it is for `quiet_seconds`. `progress` is told of the number of lines.
        """
        summary = Summary()
        seen: set[tuple[datetime, str | None]] = set()
        start = replay.began_at
        quiet_since = self.clock()
        wanted = patterns([("replay", replay.name)])
        while True:
            now, before = self.clock(), summary.lines
            for line in self.log.lines(wanted, lambda line: line.replay == replay.name, start, now):
                if (line.handled_at, line.event_id) not in seen:
                    seen.add((line.handled_at, line.event_id))
                    summary.add(line)
            progress(summary.lines)
            if summary.lines > before:
                quiet_since = now
            elif (now - quiet_since).total_seconds() >= self.quiet_seconds:
                return summary
            # What is older was read, late lines included. A line says it was written before the log got it.
            start = max(start, now - _LATE)
            seen = {key for key in seen if key[0] >= start - _LATE}
            self.sleep(min(_POLL_SECONDS, self.quiet_seconds))

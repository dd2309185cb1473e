"""Puts changes on the bus, each user's in order, and says which ones the bus did not take."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_subscription_handler.profile_events.ordering import Pending, next_request
from stripe_subscription_handler.profile_events.recently import Recently

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

_WAITS_SECONDS = (0.1, 0.4, 1.6)
"""Before an entry that was refused is put again; most refusals are throttles, which pass."""


@attrs.define
class Putter:
    """An event bus, and what it has taken lately.

    Attributes:
        sleep: Waits so many seconds.
    """

    client: "EventBridgeClient"
    sleep: Callable[[float], None] = time.sleep
    _taken: Recently = attrs.field(factory=Recently, init=False, repr=False)

    def put(self, changes: Iterable[Pending], has_time: Callable[[], bool] = lambda: True) -> dict[str, str]:
        """Put changes, in the order of the stream, until all are taken or refused to the end.

        A user's later change is not put before the earlier one is taken. Other users' go on.

        Args:
            changes: What is yet to be put.
            has_time: Asked before each request; once it says no, the rest counts as not taken.

        Returns:
            Id of each change that was not taken → the error's code; no text of AWS's, which may hold values.
        """
        pending = [one for one in changes if one.change.id not in self._taken]
        refused: dict[str, str] = {}
        refusals: dict[str, int] = {}
        while pending:
            request = next_request(pending)
            codes = self._put(request) if has_time() else ["OutOfTime"] * len(request)
            given_up: dict[str, str] = {}
            wait_seconds = 0.0
            for one, code in zip(request, codes, strict=True):
                count = refusals.get(one.change.id, 0)
                if code is None:
                    self._taken.add(one.change.id)
                elif code == "OutOfTime" or count == len(_WAITS_SECONDS):
                    given_up[one.change.user_id] = code
                else:
                    wait_seconds = max(wait_seconds, _WAITS_SECONDS[count])
                    refusals[one.change.id] = count + 1
            # All that a user has left waits with what was refused: it must not come first.
            refused |= {
                one.change.id: given_up[one.change.user_id]
                for one in pending
                if one.change.user_id in given_up
            }
            pending = [
                one for one in pending if one.change.id not in self._taken and one.change.id not in refused
            ]
            if pending and wait_seconds:
                self.sleep(wait_seconds)
        return refused

    def _put(self, request: list[Pending]) -> list[str | None]:
        entries: Any = [one.entry for one in request]
        try:
            answer = self.client.put_events(Entries=entries)
        except ClientError as error:
            return [error.response["Error"].get("Code") or "ClientError"] * len(request)
        except BotoCoreError as error:
            return [type(error).__name__] * len(request)
        return [
            None if entry.get("EventId") else entry.get("ErrorCode") or "Unknown"
            for entry in answer["Entries"]
        ]

"""How our functions take the place of MiniStack's, and how some look at a service again and again.

The import of a replacement puts it in place; `server` imports those that are wanted.
"""

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from ministack.core.responses import request_scope

logger = logging.getLogger("stripe-handler.local-aws")

_Function = TypeVar("_Function", bound=Callable[..., Any])


def replaces(owner: Any, name: str) -> Callable[[_Function], _Function]:
    """Put a function in the place of one of MiniStack's, which it gets as its first argument."""

    def put_in_place(function: _Function) -> _Function:
        stock = getattr(owner, name)

        @functools.wraps(stock)
        def replacement(*arguments: Any, **options: Any) -> Any:
            return function(stock, *arguments, **options)

        setattr(owner, name, replacement)
        return function

    return put_in_place


def watch(things: Any, look: Callable[[Any], None], *, every_seconds: float, failure: str) -> None:
    """Look at all things of a service for ever, each in its account and region, in a thread of its own.

    Args:
        things: One of MiniStack's `AccountRegionScopedDict`s.
        look: What is done with each of them.
        every_seconds: The pause between two rounds.
        failure: What is logged when it fails, with `%s` for the thing's name.
    """

    def look_for_ever() -> None:
        while True:
            time.sleep(every_seconds)
            for (account_id, region, name), thing in things.all_items():
                try:
                    with request_scope(account_id, region):
                        look(thing)
                except Exception:
                    logger.exception(failure, name)

    threading.Thread(target=look_for_ever, daemon=True).start()

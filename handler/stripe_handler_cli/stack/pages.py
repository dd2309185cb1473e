"""Reads an answer of EventBridge's that comes in pages; boto3 has no paginator for some of its questions."""

from collections.abc import Callable, Iterator
from typing import Any


def pages(call: Callable[..., Any], what: str, **asked: Any) -> Iterator[Any]:
    """What stands under `what` in each page, in their order; each page is asked for when it is needed."""
    while True:
        page = call(**asked)
        yield from page.get(what, ())
        if not page.get("NextToken"):
            return
        asked["NextToken"] = page["NextToken"]

"""A change that a client asks for twice, because its answer was lost, is answered as it was the first time.

AWS SDKs name each call (`amz-sdk-invocation-id`), and send it again under the same name where the connection
broke before the answer came. On a busy machine that happens here now and then. The second one finds the thing
made already and is refused as a conflict, and the client fails although all is as it wanted.

Stock MiniStack does not look at the name. On AWS an answer is lost too rarely to matter. Invocations are left
out: whether a function runs twice is what a test may want to see.
"""

import asyncio
import logging
from collections import OrderedDict
from typing import Any

from ministack.services import lambda_svc

from .replacing import replaces

_MOST_KEPT = 1_000
_EVERY_SECONDS = 0.02
_STATUS_OF_ERRORS = 300
_logger = logging.getLogger("stripe-handler.local-aws")
_answers: OrderedDict[str, Any] = OrderedDict()
"""Name of the call → its answer; None while it is being worked on."""


@replaces(lambda_svc, "handle_request")
async def handle_request(
    stock: Any, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> Any:
    name = headers.get("amz-sdk-invocation-id")
    if name is None or method == "GET" or path.rpartition("/")[2].startswith("invo"):
        return await stock(method, path, headers, body, query_params)
    while name in _answers and _answers[name] is None:  # noqa: ASYNC110 - MiniStack has more than one loop
        await asyncio.sleep(_EVERY_SECONDS)
    if name in _answers:
        _logger.warning("%s %s was sent twice; it is answered as the first time", method, path)
        return _answers[name]
    _answers[name] = None
    try:
        answer = await stock(method, path, headers, body, query_params)
    except BaseException:
        del _answers[name]
        raise
    if answer[0] >= _STATUS_OF_ERRORS:
        del _answers[name]
        return answer
    _answers[name] = answer
    while len(_answers) > _MOST_KEPT:
        _answers.popitem(last=False)
    return answer

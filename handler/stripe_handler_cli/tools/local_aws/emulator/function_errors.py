"""The error a Python function ended with, as Lambda reports it.

AWS rules modelled:
- The response payload of a failed invocation, and so the failure record, holds `errorType` (the exception's
  class), `errorMessage`, `requestId` and `stackTrace`.
- A process that dies is `Runtime.ExitError`, a timeout `Sandbox.Timedout`; the message names the request.
- A handler module that cannot be imported is `Runtime.ImportModuleError`.

Stock MiniStack reports exceptions as `Runtime.HandlerError`, and the rest in words of its own.
"""

import re
import threading
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from .replacing import replaces

_EXCEPTION_LINE = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)", re.MULTILINE)
_DIED = ("Worker process died", "Worker process exited immediately")
_TIMED_OUT = re.compile(r"Task timed out after [\d.]+ seconds")
_NOT_IMPORTED = re.compile(r"Worker init failed: (No module named .*|cannot import name .*)", re.DOTALL)

_last = threading.local()


@replaces(lambda_runtime.Worker, "invoke")
def invoke(stock: Any, worker: Any, *arguments: Any, **options: Any) -> Any:
    """Call the worker and remember the traceback, which its caller drops."""
    result = stock(worker, *arguments, **options)
    _last.traceback = result.get("trace", "")
    return result


@replaces(lambda_svc, "_execute_function_warm")
def execute(stock: Any, function: dict[str, Any], event: Any, request_id: str) -> Any:
    """Run the function; name the exception in the payload of a failure."""
    _last.traceback = ""
    result = stock(function, event, request_id)
    body = result.get("body")
    if not result.get("error") or not isinstance(body, dict):
        return result
    message = body.get("errorMessage", "")
    if _last.traceback:
        body["errorType"] = _exception_name(_last.traceback, message)
        body["requestId"] = request_id
        body["stackTrace"] = _last.traceback.splitlines()
        return result
    not_imported = _NOT_IMPORTED.fullmatch(message)
    if not_imported:
        handler = (function.get("config") or function).get("Handler", "")
        body["errorType"] = "Runtime.ImportModuleError"
        body["errorMessage"] = f"Unable to import module '{handler.rpartition('.')[0]}': {not_imported[1]}"
    elif _TIMED_OUT.fullmatch(message):
        body["errorType"] = "Sandbox.Timedout"
        body["errorMessage"] = f"RequestId: {request_id} Error: {message}"
    elif message.startswith(_DIED):
        body["errorType"] = "Runtime.ExitError"
        body["errorMessage"] = f"RequestId: {request_id} Error: Runtime exited without providing a reason"
    return result


def _exception_name(traceback: str, message: str) -> str:
    """The class name on the traceback's last exception line."""
    names = _EXCEPTION_LINE.findall(traceback.rstrip().removesuffix(message.rstrip()))
    return str(names[-1]).rsplit(".", 1)[-1] if names else "Exception"

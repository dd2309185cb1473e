# ruff: noqa: SLF001 - MiniStack has no public interface for this
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

_EXCEPTION_LINE = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)", re.MULTILINE)

_DIED = ("Worker process died", "Worker process exited immediately")
_TIMED_OUT = re.compile(r"Task timed out after [\d.]+ seconds")
_NOT_IMPORTED = re.compile(r"Worker init failed: (No module named .*|cannot import name .*)", re.DOTALL)

_last = threading.local()
_stock_invoke = lambda_runtime.Worker.invoke
_stock_execute = lambda_svc._execute_function_warm


def install() -> None:
    """Replace MiniStack's functions by ours."""
    lambda_runtime.Worker.invoke = invoke
    lambda_svc._execute_function_warm = execute


def invoke(worker: Any, *arguments: Any, **options: Any) -> Any:
    """Call the worker and remember the traceback, which its caller drops."""
    result = _stock_invoke(worker, *arguments, **options)
    _last.traceback = result.get("trace", "")
    return result


def execute(function: dict[str, Any], event: Any, request_id: str) -> Any:
    """Run the function; name the exception in the payload of a failure."""
    _last.traceback = ""
    result = _stock_execute(function, event, request_id)
    body = result.get("body")
    if result.get("error") and isinstance(body, dict) and _last.traceback:
        body["errorType"] = exception_name(_last.traceback, body.get("errorMessage", ""))
        body["requestId"] = request_id
        body["stackTrace"] = _last.traceback.splitlines()
    elif result.get("error") and isinstance(body, dict):
        config = function.get("config") or function
        body |= end_of_process(body.get("errorMessage", ""), request_id, config.get("Handler", ""))
    return result


def end_of_process(message: str, request_id: str, handler: str) -> dict[str, str]:
    """The type and message of an invocation that ended without an answer; empty for any other."""
    not_imported = _NOT_IMPORTED.fullmatch(message)
    if not_imported:
        module = handler.rpartition(".")[0]
        return {
            "errorType": "Runtime.ImportModuleError",
            "errorMessage": f"Unable to import module '{module}': {not_imported[1]}",
        }
    if _TIMED_OUT.fullmatch(message):
        return {"errorType": "Sandbox.Timedout", "errorMessage": f"RequestId: {request_id} Error: {message}"}
    if message.startswith(_DIED):
        exited = "Runtime exited without providing a reason"
        return {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {request_id} Error: {exited}"}
    return {}


def exception_name(traceback: str, message: str) -> str:
    """The class name on the traceback's last exception line."""
    end = traceback.rstrip().removesuffix(message.rstrip())
    names = _EXCEPTION_LINE.findall(end)
    return str(names[-1]).rsplit(".", 1)[-1] if names else "Exception"

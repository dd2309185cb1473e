# ruff: noqa: SLF001 - MiniStack has no public interface for this
"""The error a Python function raised, as Lambda reports it.

AWS rule: the response payload of a failed invocation, and so the failure record, holds `errorType` (the
exception's class), `errorMessage`, `requestId` and `stackTrace`.

Stock MiniStack reports every exception as `Runtime.HandlerError`.
"""

import re
import threading
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_EXCEPTION_LINE = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)", re.MULTILINE)

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
    return result


def exception_name(traceback: str, message: str) -> str:
    """The class name on the traceback's last exception line."""
    end = traceback.rstrip().removesuffix(message.rstrip())
    names = _EXCEPTION_LINE.findall(end)
    return str(names[-1]).rsplit(".", 1)[-1] if names else "Exception"

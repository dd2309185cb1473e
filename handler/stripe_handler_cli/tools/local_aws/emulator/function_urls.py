"""Who may call a function URL, and what is counted.

AWS rules modelled:
- A URL with the authorization type NONE is answered by Lambda itself with 403, unless the function's policy
  lets everyone do both: `lambda:InvokeFunctionUrl`, and (since October 2025) `lambda:InvokeFunction` through
  the URL.
- More than 6 MB are answered with 413.
- The metrics `UrlRequestCount`, `Url4xxCount` and `Url5xxCount` count every answer.

Stock MiniStack serves the URL whatever the policy and the size, and records no such metrics.
"""

import json
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch, lambda_svc

from .replacing import replaces
from .resource_policies import allows

_LIMIT_BYTES = 6 * 1024 * 1024
_METRICS = {4: "Url4xxCount", 5: "Url5xxCount"}


@replaces(lambda_svc, "handle_function_url_request")
async def handle(stock: Any, url_id: str, *arguments: Any, resolved: Any = None, **options: Any) -> Any:
    """Answer a request to a function URL, and count the answer."""
    resolved = resolved or lambda_svc.resolve_function_url(url_id)
    if resolved is None:
        return await stock(url_id, *arguments, resolved=resolved, **options)
    account_id, region, function_name, qualifier, settings = resolved
    reference = f"{function_name}:{qualifier}" if qualifier else function_name
    body = arguments[3]
    with request_scope(account_id, region):
        if len(body) > _LIMIT_BYTES:
            answer = _lambdas_own(413, "Request Entity Too Large")
        elif settings.get("AuthType") == "NONE" and not _is_public(account_id, region, reference):
            answer = _lambdas_own(403, "Forbidden")
        else:
            answer = await stock(url_id, *arguments, resolved=resolved, **options)
        for metric in ("UrlRequestCount", _METRICS.get(answer[0] // 100)):
            if metric:
                cloudwatch.record_metric("AWS/Lambda", metric, 1.0, "Count", {"FunctionName": function_name})
    return answer


def _lambdas_own(status: int, message: str) -> tuple[int, dict[str, str], bytes]:
    # MiniStack writes into the headers.
    return status, {"Content-Type": "application/json"}, json.dumps({"Message": message}).encode()


def _is_public(account_id: str, region: str, reference: str) -> bool:
    function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
        reference, account_id=account_id, region=region
    )
    if function is None or config is None:
        return True  # MiniStack says what is missing
    arn = f"arn:aws:lambda:{region}:{account_id}:function:{reference}"
    return all(
        allows(function.get("policy"), action, arn, told)
        for action, told in (
            ("lambda:InvokeFunctionUrl", {"lambda:functionurlauthtype": "NONE"}),
            ("lambda:InvokeFunction", {"lambda:invokedviafunctionurl": "true"}),
        )
    )

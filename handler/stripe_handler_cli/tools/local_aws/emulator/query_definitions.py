"""Saved queries of CloudWatch Logs Insights.

AWS rules modelled: `PutQueryDefinition` makes one and gives it an id, or with an id replaces that one;
`DescribeQueryDefinitions` lists them, by the beginning of their names if wanted; `DeleteQueryDefinition`
removes one by its id. What the query says is not looked at.

Stock MiniStack knows none of the three.
"""

import json
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, error_response_json, json_response, new_uuid
from ministack.services import cloudwatch_logs

from .replacing import replaces

_KEPT = ("name", "queryString", "logGroupNames", "queryLanguage")

_definitions = AccountRegionScopedDict()


@replaces(cloudwatch_logs, "handle_request")
async def handle_request(
    stock: Any, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> Any:
    action = _ACTIONS.get(headers.get("x-amz-target", "").rpartition(".")[2])
    if action is not None:
        return action(json.loads(body or b"{}"))
    return await stock(method, path, headers, body, query_params)


@replaces(cloudwatch_logs, "reset")
def reset(stock: Any) -> None:
    _definitions.clear()
    stock()


def _put(data: dict[str, Any]) -> Any:
    definition_id = data.get("queryDefinitionId") or new_uuid()
    if data.get("queryDefinitionId") and definition_id not in _definitions:
        return _unknown(definition_id)
    if not data.get("name") or not data.get("queryString"):
        return error_response_json("InvalidParameterException", "name and queryString are required.")
    _definitions[definition_id] = {
        "queryDefinitionId": definition_id,
        "lastModified": int(time.time() * 1000),
        **{name: data[name] for name in _KEPT if name in data},
    }
    return json_response({"queryDefinitionId": definition_id})


def _describe(data: dict[str, Any]) -> Any:
    """The answer is always one page."""
    prefix = data.get("queryDefinitionNamePrefix") or ""
    found = [each for each in _definitions.values() if each["name"].startswith(prefix)]
    return json_response({"queryDefinitions": sorted(found, key=lambda each: each["name"])})


def _delete(data: dict[str, Any]) -> Any:
    definition_id = data.get("queryDefinitionId", "")
    if definition_id not in _definitions:
        return _unknown(definition_id)
    del _definitions[definition_id]
    return json_response({"success": True})


def _unknown(definition_id: str) -> Any:
    message = f"The specified query definition does not exist: {definition_id}"
    return error_response_json("ResourceNotFoundException", message)


_ACTIONS = {
    "PutQueryDefinition": _put,
    "DescribeQueryDefinitions": _describe,
    "DeleteQueryDefinition": _delete,
}

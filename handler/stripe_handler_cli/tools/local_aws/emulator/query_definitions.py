"""Saved queries of CloudWatch Logs Insights.

AWS rules modelled: `PutQueryDefinition` makes one and gives it an id, or with an id replaces that one;
`DescribeQueryDefinitions` lists them, by the beginning of their names if wanted; `DeleteQueryDefinition`
removes one by its id. What the query says is not looked at.

Stock MiniStack knows none of the three.
"""

import json
import time
from http import HTTPStatus
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, new_uuid
from ministack.services import cloudwatch_logs

from .answers import Response, answer, error

_KEPT = ("name", "queryString", "logGroupNames", "queryLanguage")

_definitions = AccountRegionScopedDict()
_stock_handle_request = cloudwatch_logs.handle_request
_stock_reset = cloudwatch_logs.reset


def install() -> None:
    """Replace MiniStack's functions by ours."""
    cloudwatch_logs.handle_request = handle_request
    cloudwatch_logs.reset = reset


async def handle_request(
    method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> Response:
    """CloudWatch Logs' API, with the three actions."""
    action = _ACTIONS.get(headers.get("x-amz-target", "").rpartition(".")[2])
    if action is not None:
        return action(json.loads(body or b"{}"))
    response: Response = await _stock_handle_request(method, path, headers, body, query_params)
    return response


def reset() -> None:
    """Forget everything."""
    _definitions.clear()
    _stock_reset()


def put_query_definition(data: dict[str, Any]) -> Response:
    """PutQueryDefinition."""
    definition_id = data.get("queryDefinitionId") or new_uuid()
    if data.get("queryDefinitionId") and definition_id not in _definitions:
        return _unknown(definition_id)
    if not data.get("name") or not data.get("queryString"):
        return error("InvalidParameterException", "name and queryString are required.")
    _definitions[definition_id] = {
        "queryDefinitionId": definition_id,
        "lastModified": int(time.time() * 1000),
        **{name: data[name] for name in _KEPT if name in data},
    }
    return answer({"queryDefinitionId": definition_id})


def describe_query_definitions(data: dict[str, Any]) -> Response:
    """DescribeQueryDefinitions; always one page."""
    prefix = data.get("queryDefinitionNamePrefix") or ""
    found = [each for each in _definitions.values() if each["name"].startswith(prefix)]
    return answer({"queryDefinitions": sorted(found, key=lambda each: each["name"])})


def delete_query_definition(data: dict[str, Any]) -> Response:
    """DeleteQueryDefinition."""
    definition_id = data.get("queryDefinitionId", "")
    if definition_id not in _definitions:
        return _unknown(definition_id)
    del _definitions[definition_id]
    return answer({"success": True})


def _unknown(definition_id: str) -> Response:
    message = f"The specified query definition does not exist: {definition_id}"
    return error("ResourceNotFoundException", message, HTTPStatus.BAD_REQUEST)


_ACTIONS = {
    "PutQueryDefinition": put_query_definition,
    "DescribeQueryDefinitions": describe_query_definitions,
    "DeleteQueryDefinition": delete_query_definition,
}

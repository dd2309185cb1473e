"""Saved Logs Insights queries: made, replaced, listed, removed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud

pytestmark = pytest.mark.embedded


def _listed(cloud: Cloud, prefix: str) -> list[dict[str, Any]]:
    answer = cloud.client("logs").describe_query_definitions(queryDefinitionNamePrefix=prefix)
    found: list[dict[str, Any]] = answer["queryDefinitions"]
    return found


def test_a_saved_query_is_made_replaced_and_removed(emulator: Cloud) -> None:
    """As Terraform does it; the id stays."""
    logs, folder = emulator.client("logs"), emulator.name()
    made = logs.put_query_definition(
        name=f"{folder}/errors", queryString="fields @message", logGroupNames=["/a", "/b"]
    )["queryDefinitionId"]
    again = logs.put_query_definition(
        queryDefinitionId=made, name=f"{folder}/errors", queryString="stats count(*)", logGroupNames=["/a"]
    )["queryDefinitionId"]
    assert again == made
    (found,) = _listed(emulator, folder)
    assert (found["queryString"], found["logGroupNames"]) == ("stats count(*)", ["/a"])
    assert _listed(emulator, "other") == []
    assert logs.delete_query_definition(queryDefinitionId=made)["success"]
    assert _listed(emulator, folder) == []


def test_an_unknown_saved_query_is_an_error(emulator: Cloud) -> None:
    """Replacing or removing what isn't there."""
    logs = emulator.client("logs")
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.delete_query_definition(queryDefinitionId="none")
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.put_query_definition(queryDefinitionId="none", name="a", queryString="fields @message")


def test_stock_ministack_still_has_no_saved_queries(stock: Cloud) -> None:
    """When this fails, see whether `query_definitions` is still needed."""
    with pytest.raises(ClientError, match="Unknown action"):
        stock.client("logs").put_query_definition(name="a", queryString="fields @message")

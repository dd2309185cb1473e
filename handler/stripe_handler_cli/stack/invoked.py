"""What of the function is invoked, by Terraform's outputs: its alias where it has one (SnapStart). Pure.

Settings, policy and attempts belong to what is invoked. Reserved concurrency, the log group and the metrics'
dimension `FunctionName` belong to the function as a whole.
"""

from collections.abc import Mapping
from typing import Any


def alias_of(outputs: Mapping[str, Any]) -> str | None:
    """The alias, None where the function is invoked by its name alone."""
    alias: str | None = outputs.get("function_alias_name")
    return alias or None


def qualified(function: str, alias: str | None) -> str:
    """A function's name or ARN with the alias, in the form that all of Lambda's requests take."""
    return f"{function}:{alias}" if alias else function


def invoked_function(outputs: Mapping[str, Any]) -> str:
    """The name of what is invoked."""
    return qualified(str(outputs["function_name"]), alias_of(outputs))

"""Runs `aws …` command lines through boto3, by AWS's own description of each operation.

There is no AWS CLI among the tools of this project. A command line's options are the operation's members in
another spelling, so botocore can tell whether a command exists, and make the request it would make.
"""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.model import OperationModel, ServiceModel

CLI_ONLY = ("aws logs tail",)
"""Commands the AWS CLI has besides the operations."""


def aws_commands(text: str) -> list[str]:
    """The AWS commands in a remedy, comments and what comes before and after them left out."""
    parts = [part for line in text.splitlines() for both in line.split("&&") for part in both.split("|")]
    commands = [part.strip() for part in parts if part.strip().startswith("aws ")]
    return [command for command in commands if not command.startswith(CLI_ONLY)]


def run_command(command: str, make_client: Callable[[str], Any]) -> Any:
    """Make the request that a command line would make."""
    _, service, name, *options = shlex.split(command)
    client = make_client(service)
    operation = _operation(client.meta.service_model, name)
    return getattr(client, xform_name(operation.name))(**_parameters(operation, options))


def _operation(service: ServiceModel, name: str) -> OperationModel:
    found = {xform_name(one, "-"): one for one in service.operation_names}
    assert name in found, f"aws {service.service_name} has no command {name}"
    return service.operation_model(found[name])


def _parameters(operation: OperationModel, options: list[str]) -> dict[str, Any]:
    shape = operation.input_shape
    assert shape is not None
    members = {xform_name(name, "-"): (name, member) for name, member in shape.members.items()}
    parameters: dict[str, Any] = {}
    words = [option.removeprefix("--") if option.startswith("--") else None for option in options]
    for position, word in enumerate(words):
        if word is None:
            continue
        end = next((n for n in range(position + 1, len(words)) if words[n] is not None), len(words))
        values = options[position + 1 : end]
        assert word in members, f"{operation.name} has no option --{word}"
        name, member = members[word]
        parameters[name] = _value(member, values)
    missing = set(shape.required_members) - parameters.keys()
    assert not missing, f"{operation.name} wants {missing}"
    return parameters


def _value(shape: Any, values: list[str]) -> Any:
    if shape.type_name == "boolean":
        assert not values
        return True
    if shape.type_name == "list" and not values[0].startswith("["):
        return [_value(shape.member, [value]) for value in values]
    [value] = values
    readers: dict[str, Callable[[str], Any]] = {
        "integer": int,
        "long": int,
        "list": json.loads,
        "blob": lambda text: Path(text.removeprefix("fileb://")).read_bytes(),
        "structure": lambda text: _shorthand(shape, text),
    }
    return readers.get(shape.type_name, str)(value)


def _shorthand(shape: Any, text: str) -> dict[str, Any]:
    """Read `Name=value,Name=value`."""
    pairs = dict(pair.split("=", 1) for pair in text.split(","))
    assert pairs.keys() <= shape.members.keys(), f"{shape.name} has no {pairs.keys()}"
    is_flag = {name: shape.members[name].type_name == "boolean" for name in pairs}
    return {name: value == "true" if is_flag[name] else value for name, value in pairs.items()}

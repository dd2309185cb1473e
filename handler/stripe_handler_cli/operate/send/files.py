"""Reads events from files: one event, a JSON array, or JSON lines, bare or in EventBridge's envelope.

Checks only what is needed to put an event on a bus; what a handler makes of it is what one wants to see.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from stripe_handler_cli.common.errors import CliError


def read_events(path: Path) -> list[dict[str, Any]]:
    """Read the events of a file in their order; `-` is standard input.

    Raises:
        CliError: The file cannot be read, or holds something else; the message says where.
    """
    try:
        with click.open_file(str(path), encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        raise CliError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CliError(f"{path} is no text in UTF-8") from error
    events = [_event(value, f"{path}, {where}") for where, value in _values(text, path)]
    if not events:
        raise CliError(f"{path} holds no events")
    return events


def _values(text: str, path: Path) -> Iterator[tuple[str, Any]]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _lines(text, path)
        return
    if isinstance(whole, list):
        yield from ((f"element {number}", value) for number, value in enumerate(whole, start=1))
    else:
        yield "the event", whole


def _lines(text: str, path: Path) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield f"line {number}", json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CliError(f"{path} is neither JSON nor JSON lines: line {number} cannot be read") from error


def _event(value: Any, where: str) -> dict[str, Any]:
    event = value.get("detail") if isinstance(value, dict) and "detail-type" in value else value
    if not isinstance(event, dict):
        raise CliError(f"{where}: must be a Stripe event, a JSON object")
    for name in ("id", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise CliError(f"{where}: `{name}` must be a non-empty string")
    return event

"""Prints what `connect` and `disconnect` found and did, for people and as JSON. Text only."""

import json
from typing import Any

import click

from stripe_handler_cli.common.console import printer
from stripe_handler_cli.operate.connect.connection import Outcome
from stripe_handler_cli.operate.connect.planning import TITLES, Plan


def print_plan(plan: Plan, mode: str, *, as_json: bool) -> None:
    """What is left to do, of a dry run."""
    found = plan.destination
    if as_json:
        values = {
            "mode": mode,
            "destination_id": found.id if found else None,
            "event_source": found.source_name if found else None,
            "steps": list(plan.steps),
            "notes": list(plan.notes),
        }
        click.echo(json.dumps(values))
        return
    for note in plan.notes:
        _say(note)
    _say(f"Event destination: {found.id if found else 'none'}")
    _say("Nothing is left to do." if not plan.steps else "Left to do:")
    for number, step in enumerate(plan.steps, start=1):
        _say(f"  {number}. {TITLES[step]}")


def print_outcome(outcome: Outcome, mode: str, finished: str, *, as_json: bool) -> None:
    """What a run came to; `finished` is what to say where nothing is left."""
    if as_json:
        ping = outcome.ping
        values: dict[str, Any] = {
            "mode": mode,
            "destination_id": outcome.destination_id,
            "event_source": outcome.event_source,
            "done": list(outcome.done),
            "left": list(outcome.left),
            "commands": list(outcome.commands),
            "ping": None if ping is None else {name: ping.get(name) for name in ("event_id", "reason")},
        }
        click.echo(json.dumps(values))
        return
    if not outcome.left:
        _say(finished)
        return
    _say("Left to do:")
    for step in outcome.left:
        _say(f"  {TITLES[step]}")
    _say("Run these, then this command again:")
    for command in outcome.commands:
        _say(f"  {command}")


def _say(text: str) -> None:
    printer().print(text, markup=False, soft_wrap=True)

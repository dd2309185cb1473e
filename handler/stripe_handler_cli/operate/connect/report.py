"""Tells a person what `connect` and `disconnect` do, asks before anything is applied, and prints the outcome.

Progress and questions go to stderr, the outcome to stdout, in words or as JSON. It decides nothing.
"""

import contextlib
import json
from collections.abc import Iterator

import attrs
import click
from rich.console import Console

from stripe_handler_cli.common.console import printer
from stripe_handler_cli.common.messages import agrees
from stripe_handler_cli.common.progress import Step as Detail
from stripe_handler_cli.common.progress import step as progress_step
from stripe_handler_cli.operate.connect.connection import Outcome
from stripe_handler_cli.operate.connect.planning import Plan, Step
from stripe_handler_cli.stack.other_rules import told


@attrs.frozen
class Terminal:
    """A console, and whether every question is answered with yes already."""

    console: Console
    yes: bool

    @contextlib.contextmanager
    def doing(self, step: Step) -> Iterator[Detail]:
        with progress_step(self.console, step.words) as detail:
            yield detail

    def note(self, text: str) -> None:
        self.console.print(text, markup=False)

    def confirmed(self, question: str) -> bool:
        """Ask; where nobody can answer, that is a no, so that what is left to do is told."""
        try:
            return self.yes or agrees(question)
        except click.Abort:
            self.note("\nNobody answered, which is a no. --yes goes on without a question.")
            return False

    def agreed(self, plan: str, detail: Detail) -> bool:
        """Show Terraform's plan and ask."""
        if self.yes:
            return True
        with detail.paused():
            self.console.print(plan, markup=False, soft_wrap=True)
            return self.confirmed("Apply this?")


def print_plan(plan: Plan, mode: str, *, as_json: bool) -> None:
    """Print what is left to do, of a dry run."""
    found = plan.destination
    if as_json:
        values = {
            "mode": mode,
            "destination_id": found.id if found else None,
            "event_source": found.source_name if found else None,
            "steps": plan.steps,
            "notes": plan.notes,
            "replaces_bus": plan.replaces,
            "other_rules": [rule.as_json() for rule in plan.other_rules],
        }
        click.echo(json.dumps(values))
        return
    for note in plan.notes:
        _say(note)
    _say(f"Event destination: {found.id if found else 'none'}")
    _say("Nothing is left to do." if not plan.steps else "Left to do:")
    for number, step in enumerate(plan.steps, start=1):
        _say(f"  {number}. {step.words}")
    if plan.replaces is not None:
        _say(f"Applying replaces the bus {plan.replaces}.")
        if plan.other_rules:
            _say(told(plan.other_rules, plan.replaces))


def print_outcome(outcome: Outcome, mode: str, finished: str, *, as_json: bool) -> None:
    """Print what a run came to; `finished` is what to say where nothing is left."""
    if as_json:
        ping = outcome.ping and {name: outcome.ping.get(name) for name in ("event_id", "reason")}
        click.echo(json.dumps({"mode": mode, **attrs.asdict(outcome, recurse=False), "ping": ping}))
        return
    if not outcome.left:
        _say(finished)
        return
    _say("Left to do:")
    for step in outcome.left:
        _say(f"  {step.words}")
    _say("Run these, then this command again:")
    for command in outcome.commands:
        # Not folded: it is to be copied.
        printer().print(f"  {command}", markup=False, soft_wrap=True)


def _say(text: str) -> None:
    printer().print(text, markup=False)

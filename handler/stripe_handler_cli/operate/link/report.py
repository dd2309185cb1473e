"""Tells what `link` came to: in words, or as JSON. Also asks the person at the terminal. Decides nothing."""

import json
import sys

import attrs
import click
from rich.console import Console

from stripe_handler_cli.common.console import printer
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.messages import agrees
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.link.linking import Outcome, Wanted

_WAY = "`stripe-handler doctor` looks at everything on the way"


@attrs.frozen
class Terminal:
    """The person at a console, who may have said yes already."""

    console: Console
    yes: bool

    def note(self, text: str) -> None:
        self.console.print(text, markup=False)

    def agree(self, question: str) -> None:
        """Ask.

        Raises:
            Abort: The answer is no.
            CliError: There is nobody to ask.
        """
        if self.yes:
            return
        if not sys.stdin.isatty():
            raise CliError(f"{question} Nobody is here to answer, so nothing was written; --yes says yes.")
        if not agrees(question):
            raise click.Abort


def print_outcome(wanted: Wanted, metadata_key: str, outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        values = {
            "subscription_id": wanted.subscription_id,
            "user_id": wanted.user_id,
            "account": wanted.account,
            "metadata_key": metadata_key,
            "label_before": outcome.label_before,
            "owner_before": outcome.owner_before,
            "waiting": outcome.waiting,
            "written": outcome.is_written,
            "applied": outcome.is_applied,
            "command": outcome.command,
        }
        click.echo(json.dumps(values))
    elif outcome.command is not None:
        # As it is, in one line: it is to be copied.
        click.echo(outcome.command)
    else:
        for line in _lines(wanted, metadata_key, outcome):
            printer().print(line, markup=False)


def _lines(wanted: Wanted, metadata_key: str, outcome: Outcome) -> list[str]:
    subscription, user = wanted.subscription_id, wanted.user_id
    if outcome.is_written:
        lines = [f"{subscription} is labelled with {user} now (metadata {metadata_key})."]
    else:
        lines = [f"{subscription} is labelled with {user} already; nothing was written."]
    if outcome.is_applied:
        return [*lines, f"The profile of {user} has it."]
    count = outcome.waiting or 0
    waiting = plural(count, "event")
    if outcome.is_applied is False:
        lines.append(f"The profile of {user} did not get it in time. {_WAY}{_sync(wanted)}")
    elif outcome.is_written:
        what = f" and whatever waits for it ({waiting})" if count else ""
        lines.append(f"Stripe sends customer.subscription.updated, which applies it{what}.")
    elif count:
        lines.append(f"{waiting} still wait{'s' if count == 1 else ''} for it. {_WAY}{_sync(wanted)}")
    return lines


def _sync(wanted: Wanted) -> str:
    # The lists of Stripe that `sync` reads are the key's own account's.
    if wanted.account is not None:
        return "."
    return f"; `stripe-handler sync --subscription {wanted.subscription_id}` reads it from Stripe now."

"""A desk for scripted sessions: a stack in which something has happened, and what is typed about it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.stack.pipeline import Pipeline
from support import events
from support.lives import Life
from support.screen_rules import in_one_line, offences, text
from support.sessions import MODES, NARROW, PIPED, Ended, Mode, Running, Typed, start

CHANGED, UPGRADED = Life("1QsChangedTqWzKd93MvbnXcLp"), Life("1QsUpgradedHr6YtGfVbNmJuKi")
WAITING, BROKEN = Life("1QsWaitingPo9IuZtRewQaSdFg"), Life("1QsBrokenXc4VbNmLkJhGfDsAq")
WIPED = Life("1QsWipedEd7RfTgBvHnJuMkIol")
LIVES = CHANGED, UPGRADED, WAITING, BROKEN, WIPED
IDS = tuple(life.name for life in LIVES)
"""Every id that is on a screen has one of these in it."""
PAID: dict[str, Any] = {"status": "paid", "status_transitions": {"paid_at": events.T0 + 2}, "total": 2000}


@attrs.frozen
class Desk:
    """A person with the outputs of a stack, AWS credentials and a Stripe key.

    Attributes:
        pipeline: The stack's moving parts.
        variables: The environment.
        directory: Where commands are typed.
    """

    pipeline: Pipeline
    variables: Mapping[str, str]
    directory: Path

    def begun(self, arguments: Sequence[str], mode: Mode, variables: Mapping[str, str]) -> Running:
        """Start a command about this stack; `{mode}` in it is another word for each mode."""
        words = [one.format(mode=mode.name.replace(" ", "-")) for one in arguments]
        return start(words, {**self.variables, **variables}, self.directory, mode)

    def run(self, arguments: Sequence[str], mode: Mode = NARROW, *typed: Typed, **more: Any) -> Ended:
        """Run a command to its end, and see that its screen is as every screen is."""
        variables = {**self.variables, **more.pop("variables", {})}
        directory = more.pop("directory", self.directory)
        ended = start(arguments, variables, directory, mode, typed, **more).ended()
        assert offences(ended, IDS) == [], ended.screen
        return ended

    def told(self, *arguments: str, mode: Mode = NARROW, typed: Sequence[Typed] = (), **more: Any) -> Ended:
        """The same, about the stack of the outputs."""
        return self.run([*arguments, "--outputs", "outputs.json"], mode, *typed, **more)


@attrs.frozen
class Session:
    """What somebody types, and what that shows.

    Attributes:
        typed: The command, without its name and the options that lead to the stack.
        shows: What is on the screen as it stands here, however narrow it is.
        exit_code: Its exit code.
        together: What one line of a pipe holds.
        key: The Stripe key; None for the right one.
        modes: Where it is typed.
    """

    typed: str
    shows: tuple[str, ...]
    exit_code: int = 0
    together: tuple[str, ...] = ()
    key: str | None = None
    modes: tuple[Mode, ...] = MODES

    def typed_at(self, desk: Desk) -> None:
        """Type it in every mode at once: the commands only look."""
        variables = {} if self.key is None else {"STRIPE_API_KEY": self.key}
        words = [*self.typed.split(), "--outputs", "outputs.json"]
        for ended in [one.ended() for one in [desk.begun(words, mode, variables) for mode in self.modes]]:
            self.holds(ended)

    def holds(self, ended: Ended) -> None:
        """See what it shows."""
        assert offences(ended, IDS) == [], ended.screen
        assert ended.exit_code == self.exit_code, ended.screen
        for wanted in self.shows:
            assert wanted in text(ended.screen) or wanted in in_one_line(ended.screen), ended.screen
        if ended.mode is PIPED and self.together:
            rows = ended.screen.splitlines()
            assert any(all(part in row for part in self.together) for row in rows), ended.screen


def sub(life: Life, number: int = 1) -> str:
    """A subscription's id."""
    return f"sub_{life.name}_{number}"


def cus(life: Life) -> str:
    """A customer's id."""
    return f"cus_{life.name}"


def play(pipeline: Pipeline, *stripe_events: dict[str, Any]) -> None:
    """Deliver events at once, and wait until each is handled, once more where it was before."""
    lines = [line.get("event_id") for line in pipeline.log_lines()]
    pipeline.put(*stripe_events)
    for event in stripe_events:
        pipeline.follow(event["id"], deliveries=lines.count(event["id"]) + 1)


def change(pipeline: Pipeline, life: Life, attribute: str, value: str) -> None:
    """Write into a profile what only the function should."""
    key: Any = {name: {"S": text} for name, text in pipeline.config.profile_key(life.user_id).items()}
    pipeline.dynamodb.update_item(
        TableName=pipeline.config.table_name,
        Key=key,
        UpdateExpression="SET #attribute = :value",
        ExpressionAttributeNames={"#attribute": attribute},
        ExpressionAttributeValues={":value": {"S": value}},
    )

"""From the command line to an exercise and back: asks first, makes it, shows it, writes the report."""

import json
import platform
import secrets
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import attrs
import boto3
import click
from botocore.exceptions import ClientError

from stripe_handler_cli.common.console import printer, reporter
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.messages import agrees, tell
from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.operate.doctor.examination import require_right_account
from stripe_handler_cli.operate.doctor.exercise import cleaning, steps
from stripe_handler_cli.operate.doctor.exercise.exercise import Exercise
from stripe_handler_cli.operate.doctor.exercise.made_up import MadeUp, made_up
from stripe_handler_cli.operate.doctor.exercise.masking import chosen_names, masked
from stripe_handler_cli.operate.doctor.exercise.meter import Meter
from stripe_handler_cli.operate.doctor.exercise.report import Report, print_result, print_road, print_summary
from stripe_handler_cli.operate.doctor.exercise.roads import Road, find_road
from stripe_handler_cli.operate.doctor.exercise.running import run
from stripe_handler_cli.operate.doctor.exercise.steps import Result, has_failed
from stripe_handler_cli.operate.doctor.exercise.waiting import Patience
from stripe_handler_cli.operate.doctor.site import Site
from stripe_handler_cli.stack.bus import is_local
from stripe_handler_cli.stack.deployed import DeployedStack

_NUMBER_BYTES = 6
_LINE_EVERY_SECONDS = 30.0
_LOOK_EVERY_SECONDS = 0.1
_LOOK_ON_AWS_EVERY_SECONDS = 2.0
"""AWS answers 5 FilterLogEvents a second in a whole account."""


@attrs.frozen
class Wishes:
    """What the command line asked for.

    Attributes:
        steps: Keys of the steps.
        user_id: Of the made-up user, where somebody named one.
        report: Where the file for a bug report goes.
    """

    steps: Collection[str]
    user_id: str | None = None
    yes: bool = False
    strict: bool = False
    as_json: bool = False
    report: Path | None = None


def exercise_stack(stack: DeployedStack, wishes: Wishes, stack_options: str) -> int:
    """Ask, exercise, show; returns the exit code.

    Raises:
        CliError: The stack's settings let no made-up user in, or the caller is in another account.
    """
    meter, aws = Meter(), stack.endpoint
    stack = attrs.evolve(stack, endpoint=meter.counting(aws))
    site = Site(stack, stack_options=stack_options)
    require_right_account(site)
    made = made_up(stack.config, secrets.token_hex(_NUMBER_BYTES), int(time.time()), wishes.user_id)
    road, left = find_road(stack), cleaning.look(stack, made.user_id)
    if not (wishes.yes or agrees(_question(stack, made, road, wishes))):
        return 1
    if left:
        since = f" of {iso(left.began_at)}" if left.began_at else ""
        tell(
            f"An exercise{since} did not end, or still runs elsewhere: {cleaning.clean(stack, made.user_id)}"
            " of it was taken away."
        )
    with reporter().status("Exercising") as status:
        every = _LOOK_EVERY_SECONDS if is_local(stack) else _LOOK_ON_AWS_EVERY_SECONDS
        exercise = Exercise(site, made, road, Patience(every, _Progress(status.update)), aws)
        results = _run(exercise, wishes, stack_options)
    used = meter.used(list(exercise.lines.values()), _memory_mb(stack), exercise.others)
    report = Report(road, made.user_id, tuple(results), used, meter.asked, stack_options)
    if wishes.as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        print_summary(printer(), report)
    if wishes.report is not None:
        _write(wishes.report, report, stack)
    return 1 if has_failed(results, strict=wishes.strict) else 0


@attrs.define
class _Progress:
    """Tells what is waited for: in the status line of a terminal, as a line now and then elsewhere."""

    update: Any
    _told_at: float = attrs.field(factory=time.monotonic)

    def __call__(self, text: str) -> None:
        self.update(text[:1].upper() + text[1:])
        if not reporter().is_terminal and time.monotonic() - self._told_at >= _LINE_EVERY_SECONDS:
            self._told_at = time.monotonic()
            reporter().print(f"  {text}", style="dim", markup=False)


def _run(exercise: Exercise, wishes: Wishes, stack_options: str) -> list[Result]:
    console = printer()
    if wishes.as_json:
        return run(exercise, wishes.steps, lambda step: exercise.patience.tell(step.title))
    print_road(console, exercise.road)
    return run(
        exercise,
        wishes.steps,
        lambda step: exercise.patience.tell(step.title),
        lambda result: print_result(console, result, stack_options),
    )


def _question(stack: DeployedStack, made: MadeUp, road: Road, wishes: Wishes) -> str:
    outputs, told = stack.outputs, []
    mode = "live" if made.is_live else "test"
    told.append(
        f"Exercise the environment {outputs.get('environment')}: a made-up {mode} subscription of a user"
        f" {made.user_id} goes {road.told}, into the table {stack.config.table_name}, and away again."
    )
    if steps.TOLD in wishes.steps and outputs.get("profile_events_function_name"):
        told.append(
            f"Whoever listens on the bus {outputs.get('profile_events_bus_name')} hears of that user."
        )
    if steps.ALARM in wishes.steps:
        told.append(f"Alarms on failures ring, and tell {outputs.get('alarm_topic_arn')}.")
    if steps.DRIFT_CHECK in wishes.steps and outputs.get("drift_check_function_name"):
        told.append("A pass of the drift check begins.")
    if steps.REPLAY in wishes.steps and road.archive is not None:
        told.append("A few seconds of the archive are replayed, with whatever else came in them.")
    most = "a minute" if is_local(stack) else "half an hour"
    told.append(f"It takes {most} at most, and costs less than a cent. Go on?")
    return " ".join(told)


def _memory_mb(stack: DeployedStack) -> int:
    try:
        return int(stack.function_configuration["MemorySize"])
    except (ClientError, KeyError):
        return 0


def _write(path: Path, report: Report, stack: DeployedStack) -> None:
    """Write the file for a bug report: nothing in it is secret or personal.

    Raises:
        CliError: It cannot be written.
    """
    config = stack.config
    settings = {
        "livemode": str(config.livemode),
        "log_level": str(config.log_level),
        "unmapped": str(config.unmapped),
        "create_missing_profile": config.create_missing_profile,
        "connect_events": str(config.connect_events),
        "has_filter": config.shows.has_filter,
        "has_stripe_key": any(name.startswith("STRIPE_SECRET") for name in stack.function_environment),
        "has_alias": stack.function_alias is not None,
        "runtime": stack.function_configuration.get("Runtime"),
        "memory_mb": _memory_mb(stack),
    }
    versions = {"python": platform.python_version(), "boto3": boto3.__version__}
    told = {**report.as_json(), "settings": settings, "versions": versions, "local": is_local(stack)}
    text = json.dumps(masked(told, chosen_names(stack.outputs)), indent=2)
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise CliError(f"{path} cannot be written: {error.strerror}") from error
    tell(f"{path} has this without accounts, names and keys, for a bug report.")

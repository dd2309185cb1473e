"""The commands `stripe-handler profile-events list` and `redrive`: options in, tables or JSON out."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.stack.options import stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack

QUEUE_OUTPUT, FUNCTION_OUTPUT = "profile_events_failure_queue_url", "profile_events_function_name"


@click.group("profile-events")
def profile_events() -> None:
    """Changes of profiles that could not be told: look at them, tell them again.

    Their queue holds places in the profile table's stream, no data. The stream keeps a change for 24 hours;
    after that, whoever listens must read the profile itself. Profiles are not affected.
    """


@profile_events.command(
    "list",
    epilog="""\\b
Examples:
  stripe-handler profile-events list
  stripe-handler profile-events list --workspace production --json | jq '.messages[].told_until'
""",
)
@stack_options
@json_option
def list_(*, stack: "DeployedStack", as_json: bool) -> None:
    """List what could not be told: how many records, since when, why, and how long the stream has them."""
    from stripe_handler_cli.common.console import printer, reporter
    from stripe_handler_cli.operate.profile_events import report
    from stripe_handler_cli.operate.profile_events.queue import LostQueue

    now = datetime.now(UTC)
    with (
        reporter().status("Look through the queue"),
        LostQueue(stack.endpoint.queues, stack.output(QUEUE_OUTPUT)) as queue,
    ):
        found = sorted(queue, key=lambda lost: lost.since or lost.sent_at or now)
    if as_json:
        click.echo(json.dumps({"messages": [report.lost_as_json(one, now) for one in found]}))
    else:
        report.print_lost(printer(), found, now)


@profile_events.command(
    epilog="""\\b
Examples:
  stripe-handler profile-events redrive --dry-run
  stripe-handler profile-events redrive
  stripe-handler profile-events redrive --drop-expired --json
"""
)
@stack_options
@click.option("--dry-run", is_flag=True, help="Say what would be told; tell and delete nothing.")
@click.option("--drop-expired", is_flag=True, help="Delete messages whose changes the stream has no more.")
@json_option
def redrive(*, stack: "DeployedStack", dry_run: bool, drop_expired: bool, as_json: bool) -> int:
    """Read the changes from the stream again, have the function tell them, delete each message that is done.

    A change that is told again has the id that it would have had; what came after it may have been told
    already, which `sequence` shows. Exit code 0 when nothing is left, 1 if something remains.
    """
    from stripe_handler_cli.common.console import printer, reporter
    from stripe_handler_cli.operate.profile_events import report
    from stripe_handler_cli.operate.profile_events.queue import LostQueue
    from stripe_handler_cli.operate.profile_events.redriving import Outcome, invoker
    from stripe_handler_cli.operate.profile_events.redriving import redrive as redriven
    from stripe_handler_cli.operate.profile_events.stream import records_of

    streams = stack.endpoint.client("dynamodbstreams")
    invoke = None if dry_run else invoker(stack.endpoint.functions, stack.output(FUNCTION_OUTPUT))
    with (
        reporter().status("Tell the changes again"),
        LostQueue(stack.endpoint.queues, stack.output(QUEUE_OUTPUT)) as queue,
    ):
        results = list(
            redriven(queue, lambda lost: records_of(streams, lost), invoke, drops_expired=drop_expired)
        )
    if as_json:
        now = datetime.now(UTC)
        click.echo(json.dumps({"messages": [report.result_as_json(one, now) for one in results]}))
    else:
        report.print_results(printer(), results)
    is_done = all(one.is_deleted or one.outcome is Outcome.WOULD_BE_TOLD for one in results)
    return 0 if is_done else 1

"""The commands `stripe-handler dlq list`, `show`, `redrive` and `drop`: options in, tables or JSON out."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.operate.dlq.options import all_option, choice_options, require_choice
from stripe_handler_cli.stack.dead_letters.messages import Choice
from stripe_handler_cli.stack.options import stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.operate.dlq.redriving import Source
    from stripe_handler_cli.stack.dead_letters.queues import Listing
    from stripe_handler_cli.stack.deployed import DeployedStack


@click.group()
def dlq() -> None:
    """Events that could not be applied: look at them, send them again, drop them.

    They wait in two queues. The delivery dead-letter queue has what EventBridge could not hand to the
    function; the failure queue has what the function failed on in all its attempts. Looking at a message
    hides it from other commands for a moment: SQS has no other way.
    """


def _listed(
    stack: "DeployedStack", choice: Choice, *, limit: int | None, whole: bool = False
) -> "list[Listing]":
    from stripe_handler_cli.common.console import reporter, warn
    from stripe_handler_cli.stack.dead_letters import of_stack
    from stripe_handler_cli.stack.dead_letters.queues import list_queue

    key = of_stack.user_id_metadata_key(stack, warn)
    with reporter().status("Look through the queues"):
        queues = of_stack.queues(stack, choice, key)
        return [list_queue(queue, choice, limit=limit, whole=whole) for queue in queues]


@dlq.command(
    "list",
    epilog="""\b
Examples:
  stripe-handler dlq list
  stripe-handler dlq list --workspace production --error-type InvalidEventError
  stripe-handler dlq list --limit 10000 --json | jq -r '.messages[].event_id'
""",
)
@stack_options
@choice_options
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="How many messages of each queue at most.",
)
@json_option
def list_(*, stack: "DeployedStack", choice: Choice, limit: int, as_json: bool) -> None:
    """List the messages of both queues: which event, whose, since when, and what went wrong.

    Shows nothing personal but the user's id. Hides what it lists from other commands until it ends.
    """
    from stripe_handler_cli.common.console import printer
    from stripe_handler_cli.operate.dlq import report

    listings = _listed(stack, choice, limit=limit)
    now = datetime.now(UTC)
    if as_json:
        click.echo(json.dumps(report.listings_as_json(listings, now)))
    else:
        report.print_listings(printer(), listings, now)


@dlq.command(
    epilog="""\b
Examples:
  stripe-handler dlq show evt_1PqQ2n
  stripe-handler dlq show evt_1PqQ2n --json | jq '.messages[0].event'
"""
)
@click.argument("wanted", metavar="ID")
@stack_options
@json_option
def show(*, wanted: str, stack: "DeployedStack", as_json: bool) -> None:
    """Show all there is about one event (or message) ID: the error, every attempt in the log, the event.

    The event is what Stripe sent, personal data included. No other command prints it.
    """
    from stripe_handler_cli.common.console import printer, warn
    from stripe_handler_cli.operate.dlq import report
    from stripe_handler_cli.operate.dlq.wiring import history

    listings = _listed(stack, Choice(frozenset((wanted,))), limit=None, whole=True)
    found = [(letter, history(stack, letter, warn)) for listing in listings for letter in listing.letters]
    if not found:
        held = sum(listing.counts.in_flight for listing in listings)
        others = f" {report.held_by_others(held)}" if held else ""
        raise CliError(f"Neither queue has a message of {report.printable(wanted)}.{others}")
    now = datetime.now(UTC)
    if as_json:
        messages = [report.letter_as_json(letter, attempts, now) for letter, attempts in found]
        click.echo(json.dumps({"messages": messages}))
        return
    for letter, attempts in found:
        report.print_letter(printer(), letter, attempts, now)


@dlq.command(
    epilog="""\b
Examples:
  stripe-handler dlq redrive --all --dry-run
  stripe-handler dlq redrive --id evt_1PqQ2n
  stripe-handler dlq redrive --error-type StripeUnavailableError --rate 2
  stripe-handler dlq redrive --layer delivery --json
  stripe-handler dlq redrive --from-file dropped.jsonl
"""
)
@stack_options
@choice_options
@all_option
@click.option(
    "--from-file",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Send what `dlq drop` wrote to this file, instead of what is in the queues. The file stays.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    default=10,
    show_default=True,
    help="How many events a second at most.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send and delete nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object per message, then a summary.")
def redrive(  # noqa: PLR0913 - one argument per option
    *,
    stack: "DeployedStack",
    choice: Choice,
    everything: bool,
    from_file: Path | None,
    rate: float,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Give events to the function again, one by one, and delete each that it decides about.

    An event that fails again stays where it is. Several people may redrive at once: a message that somebody
    is sending is hidden from the others, and an event applied twice does no harm. Ctrl-C keeps what is not
    applied where it is. Exit code 0 when all that was chosen is applied, 1 if something remains.
    """
    from stripe_handler_cli.common.console import printer, reporter, warn
    from stripe_handler_cli.common.options import given_options
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.operate.dlq import redriving, report, wiring
    from stripe_handler_cli.operate.dlq.dropping import DroppedFile
    from stripe_handler_cli.stack.dead_letters import of_stack
    from stripe_handler_cli.stack.dead_letters.queues import Pass
    from stripe_subscription_handler.comparison.pace import Pace

    require_choice(choice, everything=everything or from_file is not None)
    invoke = None if dry_run else wiring.invoker(stack)
    key = of_stack.user_id_metadata_key(stack, warn)
    queues = of_stack.queues(stack, choice, key) if from_file is None else []
    pace, tally, held, is_whole = Pace(rate), redriving.Tally(), 0, False

    def send(source: "Source", title: str, total: int) -> None:
        with step(reporter(), title) as sending:
            for done, result in enumerate(redriving.redrive(source, choice, invoke, pace), start=1):
                tally.add(result)
                sending.count("messages", done, total)
                if as_json and result.outcome is not redriving.Outcome.NOT_CHOSEN:
                    click.echo(json.dumps(report.result_as_json(result, datetime.now(UTC))))

    try:
        if from_file is not None:
            send(DroppedFile(from_file, key), f"Go through {from_file}", 0)
        for queue in queues:
            counts = queue.counts()
            held += counts.in_flight
            with Pass(queue) if dry_run else Pass(queue, wiring.redrive_hold_seconds(stack)) as messages:
                send(messages, f"Go through the {queue.layer.queue_name}", counts.visible)
        is_whole = True
    finally:
        # A run that ends early is told of too: what was applied until then is applied.
        missing = sorted(choice.ids - tally.found) if is_whole else []
        waiting = None if is_whole else redriving.waiting(queues)
        if as_json:
            summary = tally.as_json() | {
                "not_found": missing,
                "held_by_others": held,
                "is_whole": is_whole,
                "waiting": waiting,
            }
            click.echo(json.dumps({"summary": summary}))
        else:
            report.print_tally(printer(), tally, datetime.now(UTC), is_whole=is_whole)
            if is_whole:
                report.print_rest(printer(), missing, held)
            else:
                in_file = f"The rest of {from_file} was not sent; the file stays."
                left = in_file if from_file else report.left_in_queues(waiting)
                again = f"stripe-handler dlq redrive{given_options(click.get_current_context())}"
                report.print_broken_off(printer(), left, is_dry_run=dry_run, again=again)
    return 1 if tally.remaining or missing else 0


@dlq.command(
    epilog="""\b
Examples:
  stripe-handler dlq drop --id evt_1PqQ2n
  stripe-handler dlq drop --error-type unreadable --out ~/junk.jsonl --yes
"""
)
@stack_options
@choice_options
@all_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A new file for what is dropped. Unless given, one in your state directory, outside every checkout.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def drop(
    *, stack: "DeployedStack", choice: Choice, everything: bool, out: Path | None, yes: bool, as_json: bool
) -> int:
    """Delete messages without applying their events, after writing them to a file.

    The file holds whole events, personal data included, and only you can read it; `dlq redrive --from-file`
    sends it again. Asks first, and deletes only what is safely in the file. Exit code 1 if not all that was
    chosen is gone.
    """
    import attrs

    from stripe_handler_cli.common.console import printer, warn
    from stripe_handler_cli.common.messages import agrees
    from stripe_handler_cli.common.private_files import git_would_take
    from stripe_handler_cli.operate.dlq import dropping, report
    from stripe_handler_cli.stack.dead_letters import of_stack

    require_choice(choice, everything=everything)
    path = out or dropping.default_path(datetime.now(UTC))
    if git_would_take(path):
        warn(
            f"{path} is in a git checkout that does not ignore it, and holds customers' data: never commit "
            "it. Without --out it is kept outside."
        )

    def agreed(error_types: Mapping[str, int]) -> bool:
        kinds = report.with_counts(error_types)
        return yes or agrees(f"Delete these messages from the queues: {kinds}?")

    def tell(done: dropping.Dropped) -> None:
        if as_json:
            values = attrs.asdict(done) | {"file": None if done.file is None else str(done.file)}
            click.echo(json.dumps(values))
        else:
            report.print_dropped(printer(), done)

    queues = of_stack.queues(stack, choice, of_stack.user_id_metadata_key(stack, warn))
    done = dropping.drop(queues, choice, path, agreed, tell)
    return 1 if done.dropped < done.chosen or done.missing else 0

"""The command `stripe-handler dlq redrive`: options in, results out. Thin; `dlq.redriving` does the work."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.operate.dlq.options import all_option, require_choice, selection_options
from stripe_handler_cli.operate.dlq.selection import Selection
from stripe_handler_cli.stack.options import stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.operate.dlq.redriving import Source
    from stripe_handler_cli.stack.deployed import DeployedStack

_EXAMPLES = """\b
Examples:
  stripe-handler dlq redrive --all --dry-run
  stripe-handler dlq redrive --id evt_1PqQ2n
  stripe-handler dlq redrive --error-type StripeUnavailableError --rate 2
  stripe-handler dlq redrive --layer delivery --json
  stripe-handler dlq redrive --from-file dropped.jsonl
"""


@click.command(epilog=_EXAMPLES)
@stack_options
@selection_options
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
    selection: Selection,
    everything: bool,
    from_file: Path | None,
    rate: float,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Give events to the function again, one by one, and delete each that it decides about.

    An event that fails again stays where it is. Several people may redrive at once: a message that somebody
    is sending is hidden from the others, and an event applied twice does no harm. Exit code 0 when all that
    was chosen is applied, 1 if something remains.
    """
    from stripe_handler_cli.common.console import printer, reporter, warn
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.operate.dlq import redriving, report, wiring
    from stripe_handler_cli.operate.dlq.dropped_file import DroppedFile
    from stripe_handler_cli.operate.dlq.queues import Pass
    from stripe_handler_cli.operate.dlq.tally import Tally
    from stripe_subscription_handler.comparison.pace import Pace

    require_choice(selection, everything=everything or from_file is not None)
    invoke = None if dry_run else wiring.invoker(stack)
    key = wiring.user_id_metadata_key(stack, warn)
    pace, tally, held = Pace(rate), Tally(), 0

    def send(source: "Source", title: str, total: int) -> None:
        with step(reporter(), title) as sending:
            for done, result in enumerate(redriving.redrive(source, selection, invoke, pace), start=1):
                tally.add(result)
                sending.count("messages", done, total)
                if as_json and result.outcome is not redriving.Outcome.NOT_CHOSEN:
                    click.echo(json.dumps(report.result_as_json(result, datetime.now(UTC))))

    try:
        if from_file is not None:
            send(DroppedFile(from_file, key), f"Go through {from_file}", 0)
        for queue in wiring.queues(stack, selection, key) if from_file is None else ():
            counts = queue.counts()
            held += counts.in_flight
            with Pass(queue) if dry_run else Pass(queue, wiring.redrive_hold_seconds(stack)) as messages:
                send(messages, f"Go through the {queue.layer.queue_name}", counts.visible)
    finally:
        # Also when the run ends in the midst: what was applied until then is applied.
        missing = sorted(selection.ids - tally.found)
        if as_json:
            summary = tally.as_json() | {"not_found": missing, "held_by_others": held}
            click.echo(json.dumps({"summary": summary}))
        else:
            report.print_tally(printer(), tally, datetime.now(UTC))
            report.print_rest(printer(), missing, held)
    return 1 if tally.remaining or missing else 0

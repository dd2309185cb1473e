"""The command `stripe-handler dlq drop`: asks, then deletes. Thin; `dlq.dropping` does the work."""

import json
from collections import Counter
from pathlib import Path

import click

from stripe_handler_cli.commands.dlq_options import (
    all_option,
    json_option,
    notes,
    require_choice,
    results,
    selection_options,
    warn,
)
from stripe_handler_cli.commands.stack_options import stack_options
from stripe_handler_cli.dlq import report, wiring
from stripe_handler_cli.dlq.dropping import Copy, copy_queue, new_file, remove_copied
from stripe_handler_cli.dlq.selection import Selection
from stripe_handler_cli.progress import step
from stripe_handler_cli.stack import DeployedStack

_EXAMPLES = """\b
Examples:
  stripe-handler dlq drop --id evt_1PqQ2n --out dropped.jsonl
  stripe-handler dlq drop --error-type unreadable --out junk.jsonl --yes
"""


@click.command(epilog=_EXAMPLES)
@stack_options
@selection_options
@all_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="A new file for what is dropped, readable by you alone. `dlq redrive --from-file` sends it again.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def drop(
    *, stack: DeployedStack, selection: Selection, everything: bool, out: Path, yes: bool, as_json: bool
) -> int:
    """Delete messages without applying their events, after writing them to a file.

    Asks first, and deletes only what is safely in the file. Exit code 1 if not all that was chosen is gone.
    """
    require_choice(selection, everything=everything)
    key = wiring.user_id_metadata_key(stack, warn)
    queues = wiring.queues(stack, selection, key)
    with step(notes(), f"Copy to {out}"), new_file(out) as file:
        copies = [copy_queue(queue, selection, file) for queue in queues]
    chosen = sum(len(copy.message_ids) for copy in copies)
    dropped = 0
    file_name = None
    if chosen and (yes or _confirmed(copies, out)):
        file_name = str(out)
        with step(notes(), "Delete what is in the file"):
            dropped = sum(map(remove_copied, copies))
    else:
        out.unlink()
    missing = sorted(selection.ids.difference(*(copy.found for copy in copies)))
    held = sum(copy.in_flight for copy in copies)
    if as_json:
        values = {"dropped": dropped, "not_dropped": chosen - dropped, "file": file_name}
        click.echo(json.dumps(values | {"not_found": missing, "held_by_others": held}))
    else:
        where = f"; all {chosen} are in {file_name}" if file_name else ""
        said = f"{dropped} of {chosen} chosen messages dropped{where}."
        results().print(said, highlight=False, markup=False)
        report.print_rest(results(), missing, held)
    return 1 if dropped < chosen or missing else 0


def _confirmed(copies: list[Copy], out: Path) -> bool:
    kinds = report.with_counts(sum((copy.error_types for copy in copies), Counter()))
    try:
        return click.confirm(f"Delete these messages from the queues: {kinds}?", err=True)
    except click.Abort:
        out.unlink()
        raise

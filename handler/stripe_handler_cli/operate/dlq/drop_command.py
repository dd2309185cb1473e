"""The command `stripe-handler dlq drop`: asks, then deletes. Thin; `dlq.dropping` does the work."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.operate.dlq.options import all_option, require_choice, selection_options
from stripe_handler_cli.operate.dlq.selection import Selection
from stripe_handler_cli.stack.options import stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack

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
    *, stack: "DeployedStack", selection: Selection, everything: bool, out: Path, yes: bool, as_json: bool
) -> int:
    """Delete messages without applying their events, after writing them to a file.

    Asks first, and deletes only what is safely in the file. Exit code 1 if not all that was chosen is gone.
    """
    import attrs

    from stripe_handler_cli.common.console import printer, warn
    from stripe_handler_cli.operate.dlq import dropping, report, wiring

    require_choice(selection, everything=everything)

    def agreed(error_types: Mapping[str, int]) -> bool:
        kinds = report.with_counts(error_types)
        return yes or click.confirm(f"Delete these messages from the queues: {kinds}?", err=True)

    queues = wiring.queues(stack, selection, wiring.user_id_metadata_key(stack, warn))
    done = dropping.drop(queues, selection, out, agreed)
    if as_json:
        values = attrs.asdict(done) | {"file": None if done.file is None else str(done.file)}
        click.echo(json.dumps(values))
    else:
        where = f" All {done.chosen} are in {done.file}." if done.file else ""
        said = f"{done.dropped} of {done.chosen} chosen messages dropped.{where}"
        printer().print(said, markup=False)
        report.print_rest(printer(), done.missing, done.held_by_others)
    return 1 if done.dropped < done.chosen or done.missing else 0

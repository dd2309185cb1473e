"""The command `stripe-handler demo`; `show` does the work."""

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  stripe-handler demo
  stripe-handler demo --keep
  stripe-handler demo --keep --yes    # in the place of one that was kept
"""
)
@click.option("--keep", is_flag=True, help="Leave everything running at the end and say how to look around.")
@click.option("--yes", is_flag=True, help="Do not ask before one that was kept is ended.")
@click.option(
    "--state-directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".stripe-handler/demo"),
    show_default=True,
    help="Where local AWS and the Terraform state live.",
)
def demo(state_directory: Path, *, keep: bool, yes: bool) -> None:
    """Run one subscription's life through the real stack on local AWS. No Docker, no account.

    Builds the zip, applies the Terraform, puts the events on the partner bus, and shows after each of them
    what changed in the profile; then reconcile finds and repairs what no event told of. Exit code 1 if
    anything is not as promised.
    """
    from stripe_handler_cli.common.console import printer
    from stripe_handler_cli.lab.demo.show import Demo
    from stripe_handler_cli.lab.local_stack import let_go
    from stripe_handler_cli.tools.packaging import find_project_root

    let_go(state_directory, yes=yes)
    Demo(printer(), find_project_root(Path.cwd()), state_directory, keep).run()

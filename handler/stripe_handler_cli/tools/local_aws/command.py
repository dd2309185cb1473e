"""`stripe-handler local`: start, stop and look at local AWS. Thin; `local_aws` does the work."""

import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.tools.local_aws import DEFAULT_STATE_DIRECTORY, LocalAws, control

_state_directory = click.option(
    "--state-directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_STATE_DIRECTORY,
    show_default=True,
    help="Where its venv, log and state live; one local AWS each.",
)


@click.group()
def local() -> None:
    """AWS on this machine: MiniStack with the AWS behaviours it lacks. No Docker, no account."""


@local.command(
    epilog="""\b
Examples:
  stripe-handler local up
  stripe-handler local up --port 4566
  eval "$(stripe-handler local status --export)"
"""
)
@_state_directory
@click.option("--port", type=click.IntRange(1, 65535), help="Loopback port; a free one unless given.")
@json_option
def up(state_directory: Path, port: int | None, *, as_json: bool) -> None:
    """Start local AWS, or say where it already runs."""
    from stripe_handler_cli.common.console import reporter
    from stripe_handler_cli.common.progress import step

    before = control.status(state_directory)
    with step(reporter(), "Start local AWS") as starting:
        local_aws = control.start(state_directory, port=port, progress=starting)
    already = before is not None and before.pid == local_aws.pid
    if as_json:
        _print_json(_described(local_aws) | {"already_running": already})
        return
    click.echo(
        f"Local AWS {'already runs' if already else 'runs'} at {local_aws.endpoint_url} (pid {local_aws.pid})"
    )
    click.echo(f"Log: {local_aws.log_path}")
    exports = f"stripe-handler local status --export{_named(state_directory)}"
    click.echo(f'Use it from this shell: eval "$({exports})"')


@local.command(
    epilog="""\b
Example:
  stripe-handler local down
"""
)
@_state_directory
@json_option
def down(state_directory: Path, *, as_json: bool) -> None:
    """Stop local AWS and wait until it is gone; everything in it is forgotten."""
    stopped = control.stop(state_directory)
    if as_json:
        _print_json({"stopped": stopped})
    else:
        click.echo("Local AWS stopped." if stopped else "Local AWS was not running.")


@local.command(
    epilog="""\b
Examples:
  stripe-handler local status
  stripe-handler local status --json
  eval "$(stripe-handler local status --export)"
"""
)
@_state_directory
@json_option
@click.option(
    "--export",
    "as_exports",
    is_flag=True,
    help="Print shell commands that point AWS tools at it, and put this program on PATH.",
)
def status(state_directory: Path, *, as_json: bool, as_exports: bool) -> None:
    """Say whether local AWS runs, where, and whether it answers; exit code 1 if it does not."""
    local_aws = control.status(state_directory)
    if as_json:
        _print_json({"running": False} if local_aws is None else _described(local_aws))
    if local_aws is None:
        if not as_json:
            start = f"stripe-handler local up{_named(state_directory)}"
            raise CliError(f"Local AWS is not running; start it with: {start}")
        raise click.exceptions.Exit(1)
    is_healthy = control.answers(local_aws.endpoint_url)
    if as_exports:
        for name, value in local_aws.environment().items():
            click.echo(f"export {name}={value}")
        if shutil.which("stripe-handler") is None:
            click.echo(f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"')
    elif not as_json:
        health = "answers" if is_healthy else "does not answer"
        click.echo(f"Local AWS runs at {local_aws.endpoint_url} (pid {local_aws.pid}) and {health}.")
        click.echo(f"Log: {local_aws.log_path}")
    if not is_healthy:
        raise click.exceptions.Exit(1)


def _named(state_directory: Path) -> str:
    """The option that leads another command to the same local AWS, with a space before it."""
    is_default = state_directory == DEFAULT_STATE_DIRECTORY
    return "" if is_default else f" --state-directory {shlex.quote(str(state_directory))}"


def _described(local_aws: LocalAws) -> dict[str, Any]:
    return {
        "running": True,
        "healthy": control.answers(local_aws.endpoint_url),
        **local_aws.to_json(),
        "environment": local_aws.environment(),
    }


def _print_json(values: dict[str, Any]) -> None:
    click.echo(json.dumps(values, indent=2))

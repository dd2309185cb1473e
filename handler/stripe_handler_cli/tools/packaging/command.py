"""The command `stripe-handler package`: options in, `packaging.build_zip`, a table or JSON out."""

import json
from pathlib import Path

import attrs
import click
from rich.console import Console
from rich.table import Table

from stripe_handler_cli.tools.packaging import BuiltZip, build_zip, find_project_root
from stripe_handler_cli.tools.python_versions import RUNTIME_PYTHON

_KIB = 1024


@click.command(
    epilog="""\b
Examples:
  stripe-handler package
  stripe-handler package --out build/handler.zip --json
  stripe-handler package --without-stripe    # for a function without a Stripe key; a twentieth of the size
\b
Upload it to an existing function (Terraform does this for you on apply):
  aws lambda update-function-code --function-name NAME --zip-file fileb://dist/handler.zip
  aws s3 cp dist/handler.zip s3://BUCKET/KEY    # then lambda_package_s3 in the tfvars file
"""
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the zip goes.  [default: dist/handler.zip in the checkout]",
)
@click.option(
    "--project",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The checkout to build from.  [default: the one around the current directory]",
)
@click.option(
    "--bytecode/--no-bytecode",
    default=True,
    help="Add bytecode for the Lambda runtime where that Python is found.  [default: on]",
)
@click.option(
    "--without-stripe",
    is_flag=True,
    help="Leave out stripe: the function then can do without a Stripe key only, and asks Stripe nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def package(
    out: Path | None, project: Path | None, *, bytecode: bool, without_stripe: bool, as_json: bool
) -> None:
    """Build the Lambda zip from hashed requirements, byte for byte the same on every build."""
    progress = Console(stderr=True, highlight=False)
    root = find_project_root(project or Path.cwd())
    built = build_zip(
        root,
        out or root / "dist/handler.zip",
        progress=lambda line: progress.print(line, style="dim", soft_wrap=True),
        bytecode=bytecode,
        with_stripe=not without_stripe,
    )
    if as_json:
        click.echo(json.dumps(_as_json(built)))
    else:
        Console(highlight=False).print(_as_table(built), soft_wrap=True)


def _as_json(built: BuiltZip) -> dict[str, object]:
    return {
        **attrs.asdict(built),
        "path": str(built.path),
        "code_sha256": built.code_sha256,
    }


def _as_table(built: BuiltZip) -> Table:
    bytecode = (
        f"for Python {RUNTIME_PYTHON}, compiled with {built.bytecode_python}"
        if built.bytecode_python
        else f"none (--no-bytecode, or no working Python {RUNTIME_PYTHON}): cold starts compile their imports"
    )
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("zip", str(built.path))
    table.add_row("size", f"{_kib(built.size_bytes)}, unpacked {_kib(built.unpacked_size_bytes)}")
    table.add_row("files", str(built.file_count))
    table.add_row("sha256", built.sha256)
    table.add_row("CodeSha256", built.code_sha256)
    table.add_row("bytecode", bytecode)
    if not built.has_stripe:
        table.add_row("stripe", "left out: configure no Stripe key for this function")
    return table


def _kib(size_bytes: int) -> str:
    return f"{size_bytes / _KIB:,.0f} KiB"

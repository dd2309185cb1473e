"""The command `stripe-handler package`: options in, `packaging.build_zip`, a table or JSON out."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from stripe_handler_cli.tools.packaging import BuiltZip, build_zip, find_project_root
from stripe_handler_cli.tools.python_versions import RUNTIME_PYTHON

if TYPE_CHECKING:
    from rich.console import Console


@click.command(
    epilog="""\b
Examples:
  stripe-handler package
  stripe-handler package --out build/handler.zip --json
  stripe-handler package --without-stripe    # for a function without a Stripe key
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
    from stripe_handler_cli.common.console import printer, reporter

    progress = reporter()
    root = find_project_root(project or Path.cwd(), or_else=", or name one with --project")
    built = build_zip(
        root,
        out or root / "dist/handler.zip",
        progress=lambda line: progress.print(line, style="dim", soft_wrap=True),
        bytecode=bytecode,
        with_stripe=not without_stripe,
    )
    if as_json:
        described = {**attrs.asdict(built), "path": str(built.path), "code_sha256": built.code_sha256}
        click.echo(json.dumps(described))
    else:
        print_built(printer(), built)


def print_built(console: "Console", built: BuiltZip) -> None:
    from stripe_handler_cli.common.tables import fields

    console.print(fields(_rows(built)))


def _rows(built: BuiltZip) -> list[tuple[str, str]]:
    bytecode = (
        f"for Python {RUNTIME_PYTHON}, compiled with {built.bytecode_python}"
        if built.bytecode_python
        else f"none (--no-bytecode, or no working Python {RUNTIME_PYTHON}): cold starts compile their imports"
    )
    stripe = [] if built.has_stripe else [("stripe", "left out: configure no Stripe key for this function")]
    return [
        ("zip", str(built.path)),
        ("size", f"{built.size_bytes / 1024:,.0f} KiB, unpacked {built.unpacked_size_bytes / 1024:,.0f} KiB"),
        ("files", str(built.file_count)),
        ("sha256", built.sha256),
        ("CodeSha256", built.code_sha256),
        ("bytecode", bytecode),
        *stripe,
    ]

"""Draws a built zip for people. Only prints."""

from rich.console import Console
from rich.table import Table

from stripe_handler_cli.tools.packaging.build import BuiltZip
from stripe_handler_cli.tools.python_versions import RUNTIME_PYTHON

_KIB = 1024


def print_zip(console: Console, built: BuiltZip) -> None:
    """Print what is in it."""
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
    console.print(table, soft_wrap=True)


def _kib(size_bytes: int) -> str:
    return f"{size_bytes / _KIB:,.0f} KiB"

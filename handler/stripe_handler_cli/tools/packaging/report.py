"""Draws a built zip for people. Only prints."""

from rich.console import Console

from stripe_handler_cli.common.tables import fields
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
    rows = [
        ("zip", str(built.path)),
        ("size", f"{_kib(built.size_bytes)}, unpacked {_kib(built.unpacked_size_bytes)}"),
        ("files", str(built.file_count)),
        ("sha256", built.sha256),
        ("CodeSha256", built.code_sha256),
        ("bytecode", bytecode),
    ]
    if not built.has_stripe:
        rows.append(("stripe", "left out: configure no Stripe key for this function"))
    console.print(fields(rows), soft_wrap=True)


def _kib(size_bytes: int) -> str:
    return f"{size_bytes / _KIB:,.0f} KiB"

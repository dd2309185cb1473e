"""Ties the steps of a build together: lock, wheels, contents, trial, bytecode, archive."""

import base64
import os
from collections.abc import Callable
from pathlib import Path

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.tools.packaging.archive import write_archive
from stripe_handler_cli.tools.packaging.bytecode import compile_files
from stripe_handler_cli.tools.packaging.contents import library_files, wheel_files
from stripe_handler_cli.tools.packaging.locked import ONLY_FOR_STRIPE, REPLACED, read_lock
from stripe_handler_cli.tools.packaging.reachable import unreachable
from stripe_handler_cli.tools.packaging.trial import try_files
from stripe_handler_cli.tools.packaging.wheels import fetch_wheels, sha256_of
from stripe_handler_cli.tools.python_versions import RUNTIME_PYTHON, candidate_interpreters, find_interpreter

_MAXIMUM_UNPACKED_BYTES = 250 * 1024 * 1024  # AWS Lambda's limit for an unpacked deployment package


@attrs.frozen(kw_only=True)
class BuiltZip:
    """A zip that was built, and what is worth knowing of it.

    Attributes:
        unpacked_size_bytes: The sum of its files' sizes.
        sha256: The hex digest of its bytes.
        bytecode_python: The version of Python whose bytecode it holds, None without bytecode.
        has_stripe: Whether it holds stripe, so that the function can ask Stripe.
    """

    path: Path
    size_bytes: int
    unpacked_size_bytes: int
    file_count: int
    sha256: str
    bytecode_python: str | None
    has_stripe: bool

    @property
    def code_sha256(self) -> str:
        """The digest as AWS Lambda's `CodeSha256` and Terraform's `source_code_hash` write it."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


def build_zip(
    project_root: Path,
    out: Path,
    *,
    progress: Callable[[str], None],
    bytecode: bool = True,
    with_stripe: bool = True,
) -> BuiltZip:
    """Build the Lambda zip of a checkout.

    The same sources and the same lock give the same bytes on every build; bytecode adds one condition, the
    same 3.13 patch release.

    Args:
        project_root: The checkout.
        out: Where the zip goes; replaced in one step when the build is complete.
        bytecode: Whether to add bytecode where the runtime's Python is found.
        with_stripe: Whether to put in stripe and what it alone needs; a function without it can ask Stripe
            nothing.

    Raises:
        CliError: The lock, a wheel or a source is not usable, or something would be missing on Lambda; the
            message says which or what.
    """
    left_out = REPLACED if with_stripe else ONLY_FOR_STRIPE
    lock = tuple(
        wheel for wheel in read_lock(project_root / "requirements/handler.txt") if wheel.name not in left_out
    )
    wheels = fetch_wheels(lock, project_root / ".stripe-handler/wheels", progress)
    progress(f"Collecting the library and {plural(len(wheels), 'package')}")
    files = library_files(project_root)
    for wheel in wheels:
        taken = wheel_files(wheel)
        clash = sorted(files.keys() & taken.keys())
        if clash:
            raise CliError(f"{wheel.name} and an earlier package both hold {clash[0]}")
        files |= taken
    if with_stripe:
        files = {name: files[name] for name in files.keys() - unreachable(files, "stripe")}
    progress("Trying all that the functions can need")
    try_files(files, with_stripe=with_stripe)
    interpreter = find_interpreter(candidate_interpreters(os.environ)) if bytecode else None
    if interpreter is not None:
        progress(f"Compiling for Python {RUNTIME_PYTHON} with {interpreter.version}")
        files |= compile_files(files, interpreter)
    unpacked_size_bytes = sum(map(len, files.values()))
    if unpacked_size_bytes > _MAXIMUM_UNPACKED_BYTES:
        raise CliError(f"the zip unpacks to {unpacked_size_bytes} bytes; Lambda's limit is 250 MiB")
    progress(f"Writing {out}")
    write_archive(files, out)
    return BuiltZip(
        path=out,
        size_bytes=out.stat().st_size,
        unpacked_size_bytes=unpacked_size_bytes,
        file_count=len(files),
        sha256=sha256_of(out),
        bytecode_python=interpreter.version if interpreter else None,
        has_stripe=with_stripe,
    )

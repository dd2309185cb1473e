"""Runs checkov in its own venv and reads its report. Decides nothing.

checkov gets no network use, no account and no configuration of the person who starts it.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError

_OFFLINE = {"BC_SKIP_MAPPING": "TRUE", "CKV_SKIP_PACKAGE_UPDATE_CHECK": "TRUE"}
_ARGUMENTS = ("--output", "json", "--skip-download", "--download-external-modules", "false")
_ALL_IN_ONE = Path(__file__).with_name("checkov_scans.py")
_DROPPED_PREFIXES = ("BC_", "CKV_", "CHECKOV_", "PRISMA_")


@attrs.frozen
class Finding:
    """What one check says of one resource.

    Attributes:
        check_id: The check, `CKV_AWS_…`.
        check: What the check wants.
        place: File and lines.
        reason: Why the check is suppressed there; empty where it is not, or where nothing is said.
    """

    check_id: str
    check: str
    resource: str
    place: str
    reason: str = ""


@attrs.frozen
class Report:
    """What checkov found in one scan.

    Attributes:
        passed: How many checks passed.
        suppressed: Findings that a comment beside the resource suppresses.
        unread: Files checkov could not read.
    """

    passed: int
    failed: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    unread: tuple[str, ...]


def run_checkov(python: Path, scans: Sequence[Sequence[str]], home: Path) -> list[Report]:
    """Run scans side by side; raises `CliError` when checkov itself fails.

    Args:
        python: The interpreter of checkov's venv.
        scans: What each of them scans, as checkov's arguments.
        home: A directory without a configuration of checkov's; it runs there.
    """
    inherited = {
        name: value for name, value in os.environ.items() if not name.upper().startswith(_DROPPED_PREFIXES)
    }
    with tempfile.TemporaryDirectory() as scratch:
        written = [Path(scratch) / str(number) for number in range(len(scans))]
        tasks = [[str(path), *_ARGUMENTS, *scan] for path, scan in zip(written, scans, strict=True)]
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            # -P: the name of this module is checkov's too, and it stands beside the script.
            [str(python), "-P", str(_ALL_IN_ONE), json.dumps(tasks)],
            cwd=home,
            env=inherited | {"HOME": str(home)} | _OFFLINE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            check=False,
        )
        texts = [path.read_text(encoding="utf-8") if path.is_file() else "" for path in written]
    try:
        if done.returncode in (0, 1):
            return [read_report(json.loads(text)) for text in texts]
    except (ValueError, KeyError, TypeError):
        pass
    said = (done.stderr or "\n".join(texts)).strip()[-4000:]
    raise CliError(f"checkov failed (exit code {done.returncode}):\n{said}")


def read_report(report: Mapping[str, Any]) -> Report:
    """Read checkov's JSON report of one framework."""
    results = report["results"]
    return Report(
        passed=report["summary"]["passed"],
        failed=tuple(_finding(found) for found in results["failed_checks"]),
        suppressed=tuple(_finding(found) for found in results["skipped_checks"]),
        unread=tuple(results["parsing_errors"]),
    )


def _finding(found: Mapping[str, Any]) -> Finding:
    first, last = found["file_line_range"]
    return Finding(
        check_id=found["check_id"],
        check=found["check_name"],
        resource=found["resource"],
        place=f"{found['file_path'].lstrip('/')}:{first}-{last}",
        reason=(found["check_result"].get("suppress_comment") or "").strip(),
    )

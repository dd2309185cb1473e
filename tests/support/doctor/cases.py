"""What the judgements are tried with: a table of each check's cases."""

from typing import Any

from stripe_handler_cli.operate.doctor.check import Check, Status

PASS, WARN, FAIL = Status.PASS, Status.WARN, Status.FAIL
Cases = dict[Check[Any], tuple[tuple[Any, ...], ...]]
"""Check → facts, the status it must find in them, what its finding must say, the template of its command."""

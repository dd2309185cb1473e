"""What a case is, and all of them."""

from typing import Any

import attrs

from stripe_handler_cli.operate.doctor.check import Check, Status

PASS, WARN, FAIL = Status.PASS, Status.WARN, Status.FAIL


@attrs.frozen
class Case:
    """Facts, and what is to be found in them.

    Attributes:
        check: The check.
        facts: Its facts.
        status: What it must find.
        words: What its finding must say.
        fix: The command's template.
    """

    check: Check[Any]
    facts: Any
    status: Status
    words: str
    fix: str | None = None

    def __str__(self) -> str:
        """Its name in pytest's output."""
        return f"{self.check.key}-{self.status}-{self.words}".replace(" ", "_")

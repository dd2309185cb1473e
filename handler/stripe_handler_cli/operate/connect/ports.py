"""What a connection asks of the world. Types only; `aws_side`, `terraform_root`, `terminal` fulfil them."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from stripe_handler_cli.common.progress import Step as Detail
from stripe_handler_cli.operate.connect.planning import Step


class Aws(Protocol):
    """An AWS account and region."""

    @property
    def region(self) -> str:
        """The region."""

    def account_id(self) -> str:
        """The account."""

    def sources(self) -> Mapping[str, str]:
        """Stripe's event sources and their states."""

    def admitted(self, outputs: Mapping[str, Any]) -> frozenset[str]:
        """Types that the stack's rule admits."""


class Root(Protocol):
    """A Terraform root and workspace."""

    @property
    def directory(self) -> Path:
        """The root."""

    @property
    def workspace(self) -> str:
        """The workspace."""

    @property
    def var_file(self) -> Path:
        """Its variable file."""

    @property
    def apply_commands(self) -> tuple[str, ...]:
        """What a person types to apply it."""

    def values(self, names: Iterable[str], file: Path | None = None) -> Mapping[str, Any]:
        """What a variable file says; the environment's unless another is given."""

    def outputs(self) -> Mapping[str, Any]:
        """Its outputs; empty before the first apply."""

    def apply(self, agreed: Callable[[str], bool], on_line: Callable[[str], None]) -> bool:
        """Apply it; false where nobody agreed to the plan."""


class Tail(Protocol):
    """The function's log, followed."""

    def read(self) -> list[Mapping[str, Any]]:
        """The handler's lines since the last call."""


class Report(Protocol):
    """Where a run is told."""

    def doing(self, step: Step) -> AbstractContextManager[Detail]:
        """A step begins, and ends with the context."""

    def note(self, text: str) -> None:
        """Something a person should know."""

    def confirmed(self, question: str) -> bool:
        """Whether a person says yes."""

    def agreed(self, plan: str, detail: Detail) -> bool:
        """Whether to apply what Terraform has planned."""

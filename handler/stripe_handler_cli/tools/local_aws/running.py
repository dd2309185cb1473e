"""What is known about a running local AWS, and where its state directory keeps what."""

import json
from pathlib import Path
from typing import Any, Self

import attrs

DEFAULT_STATE_DIRECTORY = Path(".stripe-handler/local-aws")
REGION = "us-east-1"


@attrs.frozen
class LocalAws:
    """A running local AWS.

    Attributes:
        region: The region to use; others work too, with resources of their own.
    """

    endpoint_url: str
    pid: int
    region: str
    log_path: Path

    def environment(self) -> dict[str, str]:
        """What a child process needs so that Terraform and boto3 talk to this local AWS."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
        }

    def to_json(self) -> dict[str, Any]:
        """As plain values, for `--json` and the state file."""
        return attrs.asdict(self) | {"log_path": str(self.log_path)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(**values | {"log_path": Path(values["log_path"])})


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


@attrs.frozen
class StateDirectory:
    """The files of one local AWS; the directory need not exist."""

    root: Path = attrs.field(converter=_absolute)

    @property
    def lock_path(self) -> Path:
        """Locked while the emulator lives; holds its process id."""
        return self.root / "emulator.lock"

    @property
    def start_lock_path(self) -> Path:
        """Locked while a start or stop is under way."""
        return self.root / "control.lock"

    @property
    def log_path(self) -> Path:
        return self.root / "emulator.log"

    @property
    def venv_path(self) -> Path:
        return self.root / "venv"

    @property
    def temporary_path(self) -> Path:
        """The emulator's and its Lambda workers' temporary files."""
        return self.root / "tmp"

    @property
    def _state_path(self) -> Path:
        return self.root / "state.json"

    def read(self) -> LocalAws | None:
        """What the last start wrote."""
        try:
            return LocalAws.from_json(json.loads(self._state_path.read_text()))
        except FileNotFoundError:
            return None

    def write(self, local_aws: LocalAws) -> None:
        partial = self._state_path.with_suffix(".json.partial")
        partial.write_text(json.dumps(local_aws.to_json(), indent=2) + "\n")
        partial.replace(self._state_path)

    def forget(self) -> None:
        self._state_path.unlink(missing_ok=True)

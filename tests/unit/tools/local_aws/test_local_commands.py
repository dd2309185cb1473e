"""`stripe-handler local` leads to the local AWS that it was asked about."""

from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from stripe_handler_cli.cli import root
from stripe_handler_cli.tools.local_aws import control


@attrs.frozen
class Started:
    """What stands for a local AWS that was started."""

    directory: Path
    endpoint_url: str = "http://127.0.0.1:4566"
    pid: int = 1

    @property
    def log_path(self) -> Path:
        """Where it logs."""
        return self.directory / "local-aws.log"


@pytest.fixture(autouse=True)
def _nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is started."""
    monkeypatch.setattr(control, "status", lambda _directory: None)
    monkeypatch.setattr(control, "start", lambda directory, **_: Started(directory))


@pytest.mark.parametrize(
    ("options", "named"),
    [([], ""), (["--state-directory", "my stacks/one"], " --state-directory 'my stacks/one'")],
)
def test_up_prints_the_line_that_leads_there(options: list[str], named: str) -> None:
    """Whatever the directory, as a shell takes it."""
    result = CliRunner().invoke(root, ["local", "up", *options])
    assert f'eval "$(stripe-handler local status --export{named})"' in result.output


def test_status_says_how_to_start_it_there() -> None:
    """Not the one of another directory."""
    result = CliRunner().invoke(root, ["local", "status", "--state-directory", "there"])
    assert "start it with: stripe-handler local up --state-directory there" in str(result.exception)

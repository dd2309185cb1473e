"""What `local status --export` gives a shell."""

import sys
from pathlib import Path

import pytest

from stripe_handler_cli.tools.local_aws import control
from support.commands import run
from support.local_stacks import running_aws


@pytest.mark.parametrize("is_on_path", [True, False])
def test_the_command_is_put_on_path_where_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_on_path: bool
) -> None:
    """Beside the variables that lead AWS's tools to it."""
    monkeypatch.setattr(control, "answers", lambda _url: True)
    binaries = tmp_path / "bin"
    binaries.mkdir()
    if is_on_path:
        (binaries / "stripe-handler").touch(mode=0o755)
    with running_aws(tmp_path / "aws", "http://127.0.0.1:41"):
        ran = run(
            ["local", "status", "--export", "--state-directory", str(tmp_path / "aws")],
            {"PATH": str(binaries)},
        )
    assert ran.exit_code == 0
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:41\n" in ran.out
    assert (f'export PATH={Path(sys.executable).parent}:"$PATH"\n' in ran.out) is not is_on_path

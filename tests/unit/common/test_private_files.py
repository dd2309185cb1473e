"""What holds customers' data is where no checkout takes it in, and only its owner can read it."""

import stat
import subprocess
from pathlib import Path

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.private_files import git_would_take, make_private_directory, state_directory


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A git checkout that ignores `*.jsonl`."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)  # noqa: S603, S607
    (tmp_path / ".gitignore").write_text("*.jsonl\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("given", "base"), [("/state", "/state"), ("state", "/home/me/.local/state")])
def test_the_state_directory_is_the_persons_own(
    given: str, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative one would be in whatever directory the command is typed."""
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_STATE_HOME", given)
    assert state_directory() == Path(base) / "stripe-handler"


def test_a_private_directory_is_its_owners_and_git_ignores_what_is_in_it(checkout: Path) -> None:
    """In a checkout whose own list knows nothing of it."""
    directory = checkout / "deep" / "private"
    make_private_directory(directory)
    make_private_directory(directory)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    (directory / "events.txt").write_text("jane@example.com", encoding="utf-8")
    seen = subprocess.run(  # noqa: S603
        ["git", "-C", str(checkout), "status", "--porcelain", "--untracked-files=all"],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.split() == ["??", ".gitignore"]
    assert not git_would_take(directory / "events.txt")


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Without a stack trace."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CliError, match="cannot be made"):
        make_private_directory(tmp_path / "file" / "private")


def test_git_is_asked_whether_it_would_take_a_file(checkout: Path) -> None:
    """By the file's name, also before the file is there."""
    below = checkout / "below"
    below.mkdir()
    assert git_would_take(below / "events.txt")
    assert not git_would_take(below / "events.jsonl")


def test_without_git_every_file_in_a_checkout_counts(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better one warning too many."""
    monkeypatch.setenv("PATH", "")
    assert git_would_take(checkout / "events.jsonl")


def test_outside_a_checkout_git_takes_nothing(tmp_path: Path) -> None:
    """Nor is it asked."""
    assert not git_would_take(tmp_path / "events.txt")

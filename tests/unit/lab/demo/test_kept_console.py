"""The console beside a kept demo."""

from pathlib import Path

from stripe_handler_cli.lab.demo.kept_console import open_beside


def test_a_console_that_does_not_start_is_no_harm(tmp_path: Path) -> None:
    """No stack is here; what it said is kept, for the owner's eyes alone."""
    assert open_beside(tmp_path) is None
    log = tmp_path / "console.log"
    assert "Error" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0

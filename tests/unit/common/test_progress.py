"""Long work is shown on a terminal by a bar, elsewhere by a line now and then."""

import io
import sys

import pytest
from rich.console import Console
from rich.live import Live

from stripe_handler_cli.common.progress import step


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """It begins at 0."""
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_lines_tell_what_is_left() -> None:
    """By the speed of this run, what an earlier run has done left out; anew for what is counted next."""
    clock, out = Clock(), io.StringIO()
    with step(Console(file=out, width=80), "Compare", clock) as comparing:
        for now, done in ((0.0, 1_000), (10.0, 2_000), (11.0, 2_100), (20.0, 5_000)):
            clock.now = now
            comparing.count("profiles", done, 4_000)
        comparing.count("events", 10, 0)
        clock.now = 26.0
        comparing.count("events", 70, 0)
    assert out.getvalue().splitlines() == [
        "… Compare",
        "  2,000/4,000 profiles, about 20 s left",
        "  5,000 profiles",
        "  70 events",
        "✓ Compare (26.0 s)",
    ]


def test_the_end_is_told_however_fast_it_comes() -> None:
    """And nothing between; a detail is told once, however often it is given."""
    clock, out = Clock(), io.StringIO()
    with step(Console(file=out), "Simulate", clock) as simulating:
        counted = simulating.counter("customers")
        for done in range(1, 8):
            counted(done, 7)
        simulating("written")
        simulating("written")
    assert out.getvalue().splitlines()[1:-1] == ["  7/7 customers", "  written"]


def test_a_terminal_has_a_bar_and_a_pipe_gets_its_results(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written to stdout meanwhile is not drawn into the bar when stdout is a pipe."""
    monkeypatch.setenv("TERM", "xterm")
    out = io.StringIO()
    with step(Console(file=out, force_terminal=True, width=80), "Send") as sending:
        sending.count("events", 2, 4)
        sys.stdout.write("a result\n")
        with sending.paused():
            pass
    assert "2/4 events" in out.getvalue()
    assert "━" in out.getvalue()
    assert capsys.readouterr().out == "a result\n"


def test_ctrl_c_while_it_begins_gives_the_terminal_its_cursor_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has been entered then that could be left."""
    monkeypatch.setenv("TERM", "xterm")

    shown, out = Live.refresh, io.StringIO()

    def interrupted(_: Live) -> None:
        monkeypatch.setattr(Live, "refresh", shown)
        raise KeyboardInterrupt

    monkeypatch.setattr(Live, "refresh", interrupted)
    with pytest.raises(KeyboardInterrupt), step(Console(file=out, force_terminal=True), "Compare"):
        pytest.fail("it began")
    assert out.getvalue().count("\x1b[?25l") == out.getvalue().count("\x1b[?25h") == 1

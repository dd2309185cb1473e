"""The rules for screens find each fault that they are about, and nothing where there is none."""

from pathlib import Path

import pytest

from support.screen_rules import in_one_line, lines, offences
from support.sessions import CTRL_C, MODES, NARROW, PIPED, Ended, Mode, Typed, start

ID = "1QsChangedTqWzKd93MvbnXcLp"
COMMAND = f"  stripe-handler sync --subscription sub_{ID}_1 --outputs a/long/way/outputs.json"
GOOD = f"""\x1b[?25l⠋ Compare\r\x1b[2K✓ Compare (0.3 s)
sub_{ID}_1  \x1b[31mfree\x1b[0m, the ledger says active
Next:
{COMMAND}
"""
PLAIN = f"sub_{ID}_1  free, the ledger says active\nNext:\n{COMMAND}\n"
UNCOLOURED = MODES[-1]


def found(mode: Mode, screen: str) -> list[str]:
    """What is wrong with it."""
    return offences(Ended(mode, 0, screen), [ID])


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_nothing_is_wrong_with_a_good_screen(mode: Mode) -> None:
    """A command is in one line, however long it is; a pipe has neither colours nor a spinner."""
    assert found(mode, PLAIN) == []
    assert (found(mode, GOOD) == []) == (mode not in (PIPED, UNCOLOURED))


@pytest.mark.parametrize(
    ("mode", "screen", "told"),
    [
        (NARROW, f"the subscription sub_{ID[:20]}\n{ID[20:]}_1 is shown\n", f"broken: {ID}"),
        (NARROW, f"the subscription {ID[-12:]} is shown\n", f"broken: {ID}"),
        (NARROW, "Look for what is left of user_1QsWiped_…  9 items\n", "cut: user_1QsWiped_…"),
        (NARROW, "a word and another word " * 5, "too wide: " + "a word and another word " * 5),
        (NARROW, "│ a box │\n", "a box"),
        (PIPED, "Traceback (most recent call last):\n", "a stack trace"),
        (PIPED, "\x1b[1mbold\x1b[0m\n", "an escape sequence in a pipe"),
        (
            PIPED,
            "Run `sync USER --apply`.\n",
            "--apply: no such option, in: sync USER --apply",
        ),
        (UNCOLOURED, "\x1b[31mred\x1b[0m\n", "a colour, although NO_COLOR is set"),
    ],
)
def test_each_fault_is_found(mode: Mode, screen: str, told: str) -> None:
    """And no other one with it."""
    assert found(mode, screen) == [told]


def test_a_line_that_was_written_over_counts() -> None:
    """Somebody may have seen it; a sentence is one, wherever the terminal ends."""
    assert lines(GOOD)[:2] == ["⠋ Compare", "✓ Compare (0.3 s)"]
    assert in_one_line("There is\nno table\nusers.\n") == "There is no table users."


def test_a_session_is_a_command_on_a_terminal(tmp_path: Path) -> None:
    """Its directory, its width, its input closed or typed, its exit code; in a pipe it is on none."""
    helped = start(["--help"], {}, tmp_path, MODES[2]).ended()
    assert (helped.exit_code, offences(helped, [])) == (0, [])
    wrong = start(["simulate", "--users", "none"], {}, tmp_path, PIPED).ended()
    assert (wrong.exit_code, "Error: Invalid value for '--users'" in wrong.screen) == (2, True)
    (tmp_path / "terraform" / "environments").mkdir(parents=True)
    example = tmp_path / "terraform" / "environments" / "development.tfvars.example"
    example.write_text("", encoding="utf-8")
    asked = ["init"]
    stopped = start(asked, {}, tmp_path, NARROW, [Typed("every resource's name", CTRL_C)]).ended()
    assert (stopped.exit_code, stopped.screen.endswith("Stopped.\n")) == (130, True)
    nobody = start(asked, {}, tmp_path, is_stdin_closed=True).ended()
    assert (nobody.exit_code, "nobody is there to ask" in in_one_line(nobody.screen)) == (2, True)

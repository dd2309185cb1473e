"""Tables hold at every width: what is copied is whole, what is read is folded between words."""

import io

import pytest
from rich.text import Text

from stripe_handler_cli.common.console import printer
from stripe_handler_cli.common.folding import fold
from stripe_handler_cli.common.tables import fields, shown, table
from stripe_handler_cli.common.words import agreeing, in_words, plural
from support.screens import MIDDLE, NARROW, WIDE, plain, screen

EVENT = "evt_1QMovewQVLkdIwHu7ixeRlqHVzs"
SUBSCRIPTION = "sub_1MowQVLkdIwHu7ixeRlqHVzs"
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:" + "a-long-name-" * 12
WHY = "a word and another word " * 6


def events(columns: int | None, why: str = WHY, subscription: str = SUBSCRIPTION) -> list[str]:
    """A table of two rows, line by line; the second row has an empty cell."""
    rows = table("event", "subscription", "times", "because", prose=("because",), right=("times",))
    rows.add_row(EVENT, subscription, "12", why, style="yellow")
    rows.add_row("evt_2", "", "3", "short")
    return plain(screen(lambda console: console.print(rows), columns)).splitlines()


def test_a_pipe_gets_one_line_a_row() -> None:
    """Aligned, however long it is; a cell that is empty is told as one, so that columns can be counted."""
    head, first, second = events(None)
    assert head.split() == ["event", "subscription", "times", "because"]
    assert first == f"{EVENT}  {SUBSCRIPTION}     12  {WHY.rstrip()}"
    assert second.split() == ["evt_2", "-", "3", "short"]
    assert first.index(SUBSCRIPTION) == second.index("-") == head.index("subscription")


def test_a_pipe_gets_one_line_of_a_cell_of_several() -> None:
    """Whoever greps for one line of it gets the row."""
    rows = table("event", "decision")
    rows.add_row(Text("evt_1\nuser u1"), "write")
    assert screen(lambda console: console.print(rows)).splitlines()[1] == "evt_1 · user u1  write"


def test_a_wide_terminal_gets_columns() -> None:
    """All of it in one line where there is room."""
    head, first, second = events(260)
    assert first.endswith(WHY.rstrip())
    assert (head.index("because"), second.index("short")) == (first.index("a word"),) * 2


@pytest.mark.parametrize("columns", [100, MIDDLE, WIDE])
def test_what_is_read_is_folded_in_its_column(columns: int) -> None:
    """Between words, within the terminal; ids stand whole beside it."""
    lines = events(columns)
    assert max(map(len, lines)) <= columns
    assert lines[1].startswith(f"{EVENT}  {SUBSCRIPTION}")
    assert len(lines) > 3
    assert " ".join(line[lines[1].index("a word") :].strip() for line in lines[1:-1]) == WHY.rstrip()


def test_a_narrow_terminal_gets_records() -> None:
    """One attribute a line, an empty line between two, none for what is empty."""
    assert events(NARROW, "short") == [
        f"event         {EVENT}",
        f"subscription  {SUBSCRIPTION}",
        "times         12",
        "because       short",
        "",
        "event    evt_2",
        "times    3",
        "because  short",
        "",
    ]


def test_names_and_values_stay_beside_each_other() -> None:
    """They are one attribute a line already."""
    rows = table("attribute", "value")
    rows.add_row("status", "active")
    text = plain(screen(lambda console: console.print(rows), NARROW))
    assert text.splitlines() == ["attribute  value", "status     active"]


@pytest.mark.parametrize("columns", [NARROW, MIDDLE, WIDE])
def test_what_fits_nowhere_makes_records(columns: int) -> None:
    """It is longer than the terminal, and whole all the same."""
    lines = events(columns, subscription=ARN)
    assert f"subscription  {ARN}" in lines
    assert max(len(line) for line in lines if ARN not in line) <= columns


def test_names_and_values_have_no_box() -> None:
    """Under the title; a value is folded beside its name, and not broken."""
    told = fields([("zip", ARN), ("of", {"b": True, "a": None}), ("why", WHY)], "Title")
    lines = plain(screen(lambda console: console.print(told), NARROW)).splitlines()
    assert lines[:3] == ["Title", f"zip  {ARN}", "of   a, b yes"]
    assert len(lines) == 5
    assert " ".join(line[5:] for line in lines[3:]) == WHY.rstrip()
    piped = screen(lambda console: console.print(told)).splitlines()
    assert piped == ["Title", f"zip  {ARN}", "of   a, b yes", f"why  {WHY.rstrip()}"]


def test_no_colour_is_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe, and with NO_COLOR; bold is no colour."""
    rows = table("event")
    rows.add_row("[red]evt_1[/red]")
    assert "\x1b[31m" in screen(lambda console: console.print(rows), NARROW)
    assert "\x1b" not in screen(lambda console: console.print(rows))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in screen(lambda console: console.print(rows), NARROW)


def test_a_sentence_is_folded_on_a_terminal_only() -> None:
    """Between words: an id in it is never broken."""
    text = f"The profile of {ARN} was not there, and nobody knows why that is so."
    lines = screen(lambda console: console.print(text), NARROW).splitlines()
    assert lines == ["The profile of", ARN, "was not there, and nobody knows why that is so."]
    assert screen(lambda console: console.print(text)) == text + "\n"
    whole = screen(lambda console: console.print(text, soft_wrap=True), NARROW)
    assert whole == text + "\n"


def test_an_id_is_taken_as_it_is() -> None:
    """No emoji, no markup."""
    user = "user:key:[red]1[/red]"
    rows = table("user")
    rows.add_row(shown(user))
    assert user in plain(screen(lambda console: console.print(rows), NARROW))
    assert ":key:" in screen(lambda console: console.print(":key:"))


def test_an_indented_line_keeps_its_words() -> None:
    """The first word stays on the line of its indentation, however long it is."""
    assert [line.plain for line in fold(Text("  " + "x" * 20 + " y\nz"), 10)] == ["  " + "x" * 20, "y", "z"]


def test_results_go_to_stdout_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands' own console is such a one."""
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    printer().print("word " * 100)
    assert out.getvalue() == "word " * 100 + "\n"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (plural(1, "profile"), "1 profile"),
        (plural(0, "profile"), "0 profiles"),
        (plural(2000, "delivery", "deliveries"), "2,000 deliveries"),
        (agreeing(1, "pages of Stripe's events"), "page of Stripe's events"),
        (agreeing(1, "deliveries handled"), "delivery handled"),
        (agreeing(2, "deliveries handled"), "deliveries handled"),
        (in_words({"x": False}), "x no"),
        (in_words([True, "x", 3]), "yes, x, 3"),
        (in_words({"b", "a"}), "a, b"),
        (in_words(None), ""),
    ],
)
def test_numbers_and_values_are_told_in_words(said: str, words: str) -> None:
    """One of them is no plural, and a truth value is yes or no."""
    assert said == words

"""Whatever a help, an error, a hint or a page says to run is there: each command and each option."""

import re

import click
import pytest

from support.checkout import ROOT, TRACKED
from support.naming import ALL_OPTIONS, COMMANDS, bare_options, options, texts_of, wrong

CODE = [
    name
    for name in TRACKED
    if name.startswith("handler/")
    and name.endswith(".py")
    # A seed of its own begins with the program's name.
    and not name.endswith("simulator/simulation.py")
]
PAGES = [name for name in TRACKED if name.endswith(".md") and name != "CHANGELOG.md"]
OTHERS = [
    name for name in TRACKED if name.endswith((".tf", ".tfvars", ".yml", ".hcl", ".example", "Makefile"))
]
_FEW_WORDS = 3
"""No sentence, but arguments of a process."""
OF_OTHER_TOOLS = {"--qualifier", "--header", "--data", "--hash"}
"""Options that a sentence names and that are AWS's, curl's or pip's."""


def module(command: click.Command) -> str:
    """Where a command is."""
    return str(command.callback.__module__) if command.callback else ""


def room(name: str) -> str:
    """The package with the commands that a file belongs to; empty where several rooms use it."""
    package = ".".join(name.split("/")[1:4])
    return package if any(module(one).startswith(package + ".") for one in COMMANDS.values()) else ""


@pytest.mark.parametrize("name", CODE)
def test_code_says_to_run_what_is_there(name: str) -> None:
    """In errors, hints and helps; what a string fills in is not looked at."""
    assert [problem for text in texts_of(ROOT / name) for problem in wrong(text)] == []


@pytest.mark.parametrize("name", [name for name in CODE if room(name)])
def test_code_of_a_command_names_its_options(name: str) -> None:
    """`--apply` is no hint of a command that has none: only its own are named without the command's name."""
    own = set[str]().union(*(options(one) for one in COMMANDS.values() if module(one).startswith(room(name))))
    sentences = [text for text in texts_of(ROOT / name) if len(text.split()) > _FEW_WORDS]
    assert set[str]().union(*map(bare_options, sentences)) - own - OF_OTHER_TOOLS == set()


@pytest.mark.parametrize("name", PAGES + OTHERS)
def test_pages_and_alarms_say_to_run_what_is_there(name: str) -> None:
    """Descriptions of alarms, the Makefile and workflows too."""
    assert wrong((ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("words", [words for words in COMMANDS if words], ids=" ".join)
def test_a_help_names_its_own_options(words: tuple[str, ...]) -> None:
    """Not those of another command, unless it says of which."""
    command = COMMANDS[words]
    text = command.get_help(click.Context(command, info_name=" ".join(("stripe-handler", *words))))
    assert wrong(text) == []
    assert bare_options(text) - options(command) == set()


@pytest.mark.parametrize("name", PAGES)
def test_an_option_in_a_sentence_is_there(name: str) -> None:
    """Of whichever command the sentence is about."""
    text = re.sub(
        r"^ *```.*?^ *```", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    told = set[str]()
    for ticked in re.findall(r"`(--[^`]+)`", text):
        told |= bare_options(ticked)
    assert told - ALL_OPTIONS - OF_OTHER_TOOLS == set()


@pytest.mark.parametrize("name", CODE + PAGES + OTHERS)
def test_nothing_is_installed_by_a_name_that_is_not_ours(name: str) -> None:
    """The package is not published, so whoever takes its name would be installed: `.` is the checkout."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"(?:pip|pipx|uv|uvx)\b[^\n`]* '?stripe[-_]subscription[-_]handler\b", text) == []


def test_a_wrong_name_is_found() -> None:
    """A command, a subcommand, an option; in a sentence, in a command line of two lines, in backticks."""
    assert wrong("Run stripe-handler reconcil --apply.") == [
        "reconcil: no such command, in: reconcil --apply."
    ]
    assert wrong("`stripe-handler dlq shwo ID`") == ["dlq shwo: no such command, in: dlq shwo ID"]
    assert wrong("stripe-handler sync USER \\\n  --apply") == [
        "--apply: no such option, in: sync USER --apply"
    ]
    assert wrong("`sync --apply`") == ["--apply: no such option, in: sync --apply"]
    assert (
        wrong("`stripe-handler sync USER --dry-run`, then stripe-handler dlq list --limit 5 | jq --raw") == []
    )
    assert bare_options("--apply repairs it, `sync --dry-run` looks, aws logs tail --since 5m") == {"--apply"}

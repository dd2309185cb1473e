"""A variable file is read and edited as text; everything but the one line stays byte for byte."""

from pathlib import Path
from typing import Any

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.connect.var_file import with_string, without
from stripe_handler_cli.tools.terraform.console import values_in
from support.terraform import terraform

ENVIRONMENTS = Path(__file__).parents[4] / "terraform" / "environments"
NAME, VALUE = "stripe_event_source_name", "aws.partner/stripe.com/ed_test_1"
LINE = f'{NAME} = "{VALUE}"\n'

TEXT = """\
# prefix = "no"
prefix = "bayon" // name = "no"
/* other = "no"
   a = 1 */
event_types = [
  "invoice.paid", # the paid ones
  "v1.invoice.paid",
]
thresholds = { parked = 3, note = "a } b" }
quoted = "a \\"b\\" # c"
tags   = {
  a = "b"
}
text = <<-EOT
  stripe_event_source_name = "no"
  EOT
log_retention_days=7
on = true
nothing = null
"""


def read(path: Path, text: str, *names: str) -> dict[str, Any]:
    """What Terraform finds in a text."""
    file = path / "x.tfvars"
    file.write_text(text, "utf-8", newline="")
    return values_in(terraform(), file, names)


def test_values_are_read_whatever_stands_around_them(tmp_path: Path) -> None:
    """Comments, brackets, heredocs and strings that look like something else; what is not named is null."""
    assert read(
        tmp_path, TEXT, "prefix", "event_types", "quoted", "log_retention_days", "on", "other", NAME
    ) == {
        "prefix": "bayon",
        "event_types": ["invoice.paid", "v1.invoice.paid"],
        "quoted": 'a "b" # c',
        "log_retention_days": 7,
        "on": True,
        "other": None,
        NAME: None,
    }


@pytest.mark.parametrize("text", ['a = "b', "a = [1", "a", 'a "b"', "a = }", "a =\n", 'x {\n  a = "b"\n}\n'])
def test_what_is_no_variable_file_is_refused(text: str, tmp_path: Path) -> None:
    """With its line; nothing is guessed."""
    with pytest.raises(CliError, match=r"x\.tfvars line 1"):
        read(tmp_path, text, "a")


@pytest.mark.parametrize(
    "path",
    sorted(set(ENVIRONMENTS.glob("*.example")) - set(ENVIRONMENTS.glob("local.*"))),
    ids=lambda path: path.name,
)
def test_our_own_files_get_the_name_below_the_comment_that_shows_it(path: Path, tmp_path: Path) -> None:
    """And taken out again they are as before."""
    text = path.read_text("utf-8")
    edited = with_string(text, NAME, VALUE)
    above, _, below = edited.partition(LINE)
    assert above + below == text
    assert above.splitlines()[-1].startswith(f"# {NAME} = ")
    assert read(tmp_path, edited, NAME) == {NAME: VALUE}
    assert without(edited, NAME) == text


@pytest.mark.parametrize("text", ["", 'prefix = "a"\n', TEXT])
def test_without_such_a_comment_it_goes_to_the_end(text: str) -> None:
    """And away again."""
    edited = with_string(text, NAME, VALUE)
    assert edited.endswith(LINE)
    assert without(edited, NAME) == text


def test_a_last_line_without_a_break_gets_one() -> None:
    """Or the two would be one line."""
    assert with_string('prefix = "a"', NAME, VALUE) == f'prefix = "a"\n\n{LINE}'
    shown = f'prefix = "a"\n# {NAME} = "x"'
    assert with_string(shown, NAME, VALUE) == f"{shown}\n{LINE}"


def test_another_value_is_replaced_where_it_stands() -> None:
    """With its spaces and its comment."""
    text = f'a = 1\n  {NAME}   =  "old" # ours\nb = 2\n'
    assert with_string(text, NAME, VALUE) == f'a = 1\n  {NAME}   =  "{VALUE}" # ours\nb = 2\n'
    assert without(text, NAME) == "a = 1\nb = 2\n"


def test_what_is_not_there_cannot_be_taken_out() -> None:
    """The text stays."""
    assert without(TEXT, NAME) == TEXT


def test_line_breaks_of_another_system_stay(tmp_path: Path) -> None:
    """Read and written as they are."""
    text = 'prefix = "a"\r\nlivemode = "test"\r\n'
    assert read(tmp_path, text, "livemode") == {"livemode": "test"}
    assert without(text, "livemode") == 'prefix = "a"\r\n'

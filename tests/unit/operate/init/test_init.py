"""`stripe-handler init` writes a variable file that Terraform takes, and replaces none unasked."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stripe_handler_cli.operate.connect.settings import VARIABLES, read_settings
from stripe_handler_cli.operate.init.answers import Answers
from stripe_handler_cli.operate.init.filling import filled
from stripe_handler_cli.tools.terraform.console import values_in
from stripe_handler_cli.tools.terraform.variables import literal, problems_in
from support.commands import Ran, run
from support.terraform import CHECKOUT, ROOT, defaults, terraform
from support.typed_input import Input

GIVEN = ["--prefix", "acme", "--table", "acme-users"]
NAMES = ("profile_table_name", "create_profile_table", "partition_key_name", "partition_key_template")
NAMES += ("sort_key_name", "sort_key_template", "alarm_email_addresses")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The stack's root, without anybody's variable file."""
    made = tmp_path / "terraform"
    (made / "environments").mkdir(parents=True)
    for path in [*ROOT.glob("variables*.tf"), *ROOT.glob("environments/*.example")]:
        shutil.copy(path, made / path.relative_to(ROOT))
    return made


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Types lines at a terminal; without any call nobody is there."""
    monkeypatch.setattr("sys.stdin", Input("", is_terminal=False))
    return lambda *lines: monkeypatch.setattr(
        "sys.stdin", Input("".join(f"{line}\n" for line in lines), is_terminal=True)
    )


def initialised(root: Path, *arguments: str) -> Ran:
    """Run the command."""
    return run(["init", "--terraform-directory", str(root), *arguments], {})


def said(root: Path, workspace: str = "development") -> Mapping[str, Any]:
    """What the file says, as Terraform reads it."""
    path = root / "environments" / f"{workspace}.tfvars"
    return values_in(terraform(), path, (*NAMES, *VARIABLES))


@pytest.mark.usefixtures("typed")
def test_options_alone_make_a_file_that_connect_reads(root: Path) -> None:
    """Nobody is asked; what is not said has the default of Terraform or of the example."""
    ran = initialised(root, *GIVEN)
    assert (ran.exit_code, ran.err) == (0, "")
    found = said(root)
    assert (found["prefix"], found["profile_table_name"], found["create_profile_table"]) == (
        "acme",
        "acme-users",
        True,
    )
    assert found["sort_key_name"] is None  # not named
    settings = read_settings({name: found[name] for name in VARIABLES}, "file")
    assert (settings.livemode, settings.package_path) == ("test", "../dist/handler.zip")
    text = (root / "environments" / "development.tfvars").read_text("utf-8")
    assert "bayon" not in text.lower()
    assert "stripe-handler init" not in text
    assert "stripe-handler connect --workspace development" in ran.out


@pytest.mark.usefixtures("typed")
def test_keys_table_and_addresses_are_named(root: Path) -> None:
    """Only where they are no defaults; a template is not read as Terraform's own."""
    keys = ["--partition-key", "pk", "--partition-key-template", "A${B}#{userId}", "--sort-key", "none"]
    mail = ["--email", "a@example.com", "--email", "b@example.com"]
    ran = initialised(root, *GIVEN, "--existing-table", *keys, *mail, "--workspace", "pr-17")
    assert ran.exit_code == 0, ran.err
    found = said(root, "pr-17")
    assert (found["create_profile_table"], found["partition_key_name"]) == (False, "pk")
    assert found["partition_key_template"] == "A${B}#{userId}"
    assert found["alarm_email_addresses"] == ["a@example.com", "b@example.com"]
    text = (root / "environments" / "pr-17.tfvars").read_text("utf-8")
    assert "sort_key_name          = null\n" in text
    assert "-var-file=environments/pr-17.tfvars" in text
    assert 'livemode = "live"' not in text


@pytest.mark.usefixtures("typed")
def test_what_terraform_refuses_is_not_written(root: Path) -> None:
    """Every problem at once, in the words of the variables."""
    ran = initialised(root, "--prefix", "Bad_", "--table", "x", "--email", "nobody")
    assert ran.exit_code == 1
    for name in ("prefix must be", "profile_table_name must be", "alarm_email_addresses must hold"):
        assert name in ran.err
    assert "Nothing is written." in ran.err
    assert list((root / "environments").glob("*.tfvars")) == []


@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "give --prefix and --table"),
        (("--prefix", "acme"), "give --table"),
        ((*GIVEN, "--workspace", "default"), "workspace default is refused"),
    ],
)
def test_wrong_usage(root: Path, arguments: tuple[str, ...], told: str) -> None:
    """With nobody there to ask, the options are named."""
    ran = initialised(root, *arguments)
    assert (ran.exit_code, told in ran.err) == (2, True)


@pytest.mark.usefixtures("typed")
def test_a_directory_that_is_no_root_is_told(tmp_path: Path) -> None:
    """With the option that names another."""
    ran = initialised(tmp_path, *GIVEN)
    assert (ran.exit_code, "--terraform-directory" in ran.err) == (1, True)


def test_a_file_that_is_there_is_not_replaced_unasked(root: Path, typed: Any) -> None:
    """Nor by a no; --yes replaces it."""
    path = root / "environments" / "development.tfvars"
    path.write_text("mine", "utf-8")
    assert "--yes replaces it" in initialised(root, *GIVEN).err
    typed("n")
    assert initialised(root, *GIVEN).exit_code == 1
    assert path.read_text("utf-8") == "mine"
    assert initialised(root, *GIVEN, "--yes").exit_code == 0
    assert said(root)["prefix"] == "acme"


def test_a_person_is_asked_for_what_no_option_says(root: Path, typed: Any) -> None:
    """And again where Terraform would refuse an answer; a table without a sort key has no value for it."""
    again = ("acme", "acme-users", "n", "", "", "none", "a@example.com, b@example.com")
    typed("Bad_", "acme-users", "n", "", "", "none", "none", *again)
    ran = initialised(root)
    assert ran.exit_code == 0, ran.err
    assert "prefix must be" in ran.err
    found = said(root)
    assert (found["create_profile_table"], found["prefix"]) == (False, "acme")
    assert found["alarm_email_addresses"] == ["a@example.com", "b@example.com"]


def test_git_tracks_the_examples_and_not_the_files() -> None:
    """So that nobody commits their names here, or meets somebody else's."""
    environments = CHECKOUT / "terraform" / "environments"
    ignored = subprocess.run(  # noqa: S603 - a fixed command
        ["git", "check-ignore", "--quiet", str(environments / "development.tfvars")],  # noqa: S607 - git as on PATH
        cwd=CHECKOUT,
        check=False,
    )
    assert ignored.returncode == 0
    assert {path.name for path in environments.glob("*.example")} >= {
        f"{name}.tfvars.example" for name in ("development", "staging", "production")
    }


@pytest.mark.parametrize("name", ["development", "staging", "production"])
def test_every_example_can_be_filled(name: str) -> None:
    """And Terraform takes what comes of it."""
    answers = Answers(prefix="acme", table="users", creates_table=False, sort_key_name="none")
    text = (ROOT / "environments" / f"{name}.tfvars.example").read_text("utf-8")
    made = filled(text, answers.variables, name, "moon")
    assert problems_in(terraform(), ROOT, made) == []
    assert "select -or-create moon" in made
    assert name not in made.partition("\n\n")[0]


def test_the_defaults_are_terraforms() -> None:
    """What equals them is left out of the file."""
    answers = Answers(prefix="acme", table="users")
    for name, value in defaults(*NAMES[2:6]).items():
        assert getattr(answers, name) == value
    assert answers.creates_table is defaults("create_profile_table")["create_profile_table"]


def test_values_are_terraforms_literals() -> None:
    """Its own signs within a string are escaped."""
    assert literal("a${b}%{c}") == '"a$${b}%%{c}"'
    assert [literal(value) for value in (None, True, ["a"])] == ["null", "true", '["a"]']

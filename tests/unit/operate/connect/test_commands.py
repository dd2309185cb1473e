"""What `connect` and `disconnect` say when they cannot even begin, and how results are printed."""

import io
import json
from pathlib import Path

import pytest

from stripe_handler_cli.common.console import reporter
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.connect.aws_side import AwsSide
from stripe_handler_cli.operate.connect.connection import Outcome
from stripe_handler_cli.operate.connect.planning import Plan, Step
from stripe_handler_cli.operate.connect.report import Terminal, print_outcome, print_plan
from stripe_handler_cli.operate.connect.settings import Settings
from stripe_handler_cli.stack.event_destinations import EventDestination
from stripe_handler_cli.stack.other_rules import OtherRule
from support.commands import run

KEY = {"STRIPE_API_KEY": "rk_test_x"}
FOUND = EventDestination(
    id="ed_test_1", source_arn="arn:aws:events:r::event-source/aws.partner/stripe.com/ed_test_1"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A Terraform root with one environment."""
    (tmp_path / "variables.tf").write_text('variable "stripe_event_source_name" {}\n', "utf-8")
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "development.tfvars").write_text('prefix = "bayon"\n', "utf-8")
    return tmp_path


@pytest.mark.parametrize("command", ["connect", "disconnect"])
def test_without_a_key_it_is_wrong_usage(command: str, root: Path) -> None:
    """The message says where a key is looked for."""
    ran = run([command, "--terraform-directory", str(root)], {"STRIPE_API_KEY": ""})
    assert ran.exit_code == 2
    assert "no Stripe key in STRIPE_API_KEY" in ran.err


@pytest.mark.parametrize(
    ("workspace", "problem"),
    [("default", "name the environment with --workspace"), ("moon", "moon.tfvars")],
)
def test_an_environment_that_is_none_is_told(root: Path, workspace: str, problem: str) -> None:
    """Before anybody is asked."""
    ran = run(["connect", "--terraform-directory", str(root), "--workspace", workspace], KEY)
    assert ran.exit_code == 1
    assert problem in ran.err


def test_a_directory_without_terraform_is_told(tmp_path: Path) -> None:
    """With the option that names another."""
    ran = run(["connect", "--terraform-directory", str(tmp_path), "--workspace", "development"], KEY)
    assert (ran.exit_code, "--terraform-directory" in ran.err) == (1, True)


def test_a_root_of_somebody_elses_is_told(root: Path) -> None:
    """It has no file for the event source's name; the page says what to do there."""
    (root / "variables.tf").write_text('variable "environments" {}\n', "utf-8")
    ran = run(["connect", "--terraform-directory", str(root), "--workspace", "development"], KEY)
    assert ran.exit_code == 1
    assert "docs/connect.md" in ran.err
    assert "not the stack's own root" in " ".join(ran.err.split())


def test_the_region_is_terraforms() -> None:
    """The file's before AWS_REGION, as the provider takes them."""
    environment = {"AWS_REGION": "eu-west-1"}
    assert AwsSide.of(Settings(prefix="a"), environment).region == "eu-west-1"
    assert AwsSide.of(Settings(prefix="a", region="eu-north-1"), environment).region == "eu-north-1"


def test_without_any_region_it_says_where_to_set_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """boto3 alone would name no variable."""
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(CliError, match="set aws_region"):
        _ = AwsSide.of(Settings(prefix="a"), {}).region


def test_what_is_left_is_listed_with_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """For people in words, for programs as JSON."""
    left = Outcome(
        destination_id="ed_test_1",
        event_source="aws.partner/stripe.com/ed_test_1",
        done=(Step.CREATE,),
        left=(Step.APPLY, Step.PING),
        commands=("terraform apply",),
    )
    print_outcome(left, "test", "Connected.", as_json=False)
    told = capsys.readouterr().out
    assert "  terraform apply\n" in told
    assert "Connected." not in told
    print_outcome(left, "test", "Connected.", as_json=True)
    values = json.loads(capsys.readouterr().out)
    assert (values["done"], values["left"]) == (["create_destination"], ["terraform_apply", "ping"])
    assert (values["commands"], values["ping"]) == (["terraform apply"], None)


def test_nobody_there_to_answer_is_a_no(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With stdin closed: the run goes on to tell what is left, instead of ending in the middle."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    terminal = Terminal(reporter(), yes=False)
    assert not terminal.confirmed("Apply this?")
    assert "--yes goes on without a question" in capsys.readouterr().err


def test_a_dry_run_lists_the_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """In their order; nothing left is said too."""
    print_plan(Plan(None, (Step.CREATE, Step.WAIT), notes=("mind this",)), "test", as_json=False)
    told = capsys.readouterr().out
    assert "mind this\nEvent destination: none\nLeft to do:\n  1. Create" in told
    assert "replaces the bus" not in told
    mail = OtherRule("mail", "ENABLED", ("arn:aws:lambda:eu-west-1:1:function:mail",))
    replacing = Plan(FOUND, (Step.APPLY,), replaces="bayon-stripe-events", other_rules=(mail,))
    print_plan(replacing, "test", as_json=False)
    told = capsys.readouterr().out
    assert "Applying replaces the bus bayon-stripe-events.\n1 rule of others" in told
    assert "  mail (leads to function:mail)" in told
    print_plan(replacing, "test", as_json=True)
    values = json.loads(capsys.readouterr().out)
    assert (values["replaces_bus"], values["other_rules"][0]["name"]) == ("bayon-stripe-events", "mail")
    print_plan(Plan(FOUND, ()), "test", as_json=False)
    assert "Nothing is left to do." in capsys.readouterr().out
    print_plan(Plan(FOUND, (Step.PING,)), "test", as_json=True)
    values = json.loads(capsys.readouterr().out)
    assert (values["event_source"], values["steps"]) == ("aws.partner/stripe.com/ed_test_1", ["ping"])

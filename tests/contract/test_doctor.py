"""The doctor agrees with what it is about: the page, Terraform's role, the handler's own environment."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from stripe_handler_cli.commands.doctor import doctor
from stripe_handler_cli.doctor.arns import Arn
from stripe_handler_cli.doctor.checklist import BY_HAND, render_checklist
from stripe_handler_cli.doctor.expected_role import PERMISSIONS, RoleBasis
from stripe_handler_cli.doctor.registry import CHECKS
from support.terraform import made

ROOT = Path(__file__).parents[2]


def test_the_page_is_the_doctors_own_list() -> None:
    """`stripe-handler doctor --checklist > docs/production-checklist.md` makes it again."""
    page = (ROOT / "docs/production-checklist.md").read_text(encoding="utf-8")
    assert page == render_checklist()
    for check in CHECKS:
        assert f"(`{check.key}`)" in page
    for item in BY_HAND:
        assert item.what in " ".join(page.split())


def test_the_checklist_needs_no_stack() -> None:
    """It is printed whatever the directory."""
    result = CliRunner().invoke(doctor, ["--checklist"])
    assert (result.exit_code, result.output) == (0, render_checklist())


@pytest.mark.xdist_group("terraform")
def test_the_role_is_terraforms() -> None:
    """Statement for statement, action for action; the integration test compares the resources."""
    written = {
        sid: tuple(statement["Action"])
        for stack in made().values()
        for sid, statement in stack.statements("handler").items()
    }
    assert written == {permission.sid: permission.actions for permission in PERMISSIONS}


@pytest.mark.xdist_group("terraform")
@pytest.mark.parametrize(
    ("run", "place"),
    [
        (
            "with_secrets",
            {"secret_arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"},
        ),
        ("with_parameters", {"secret_parameter": "/bayon/stripe-key"}),
    ],
)
def test_the_conditions_of_the_role_are_terraforms(run: str, place: dict[str, str]) -> None:
    """What KMS must be told, key and value."""
    basis = RoleBasis(
        function=Arn("aws", "lambda", "eu-west-1", "111122223333", "function"),
        log_group_name="g",
        profile_table_name="p",
        sync_table_name="s",
        failure_queue_arn="q",
        **place,
    )
    written = {
        sid: statement["Condition"]["StringEquals"]
        for sid, statement in made()[run].statements("handler").items()
        if "Condition" in statement
    }
    assert written == {
        permission.sid: permission.context(basis) for permission in PERMISSIONS if permission.context(basis)
    }


def test_an_unknown_check_is_wrong_usage() -> None:
    """With the names there are."""
    result = CliRunner().invoke(doctor, ["--only", "nonsense"])
    assert result.exit_code == 2
    assert "rule-enabled" in result.output


def test_a_variable_without_a_key_is_wrong_usage() -> None:
    """Somebody mistyped it; going on without the key would look like a pass."""
    arguments = ["--resource", "function_name=f", "--terraform-directory", "none"]
    result = CliRunner().invoke(doctor, [*arguments, "--stripe-key-variable", "NO_SUCH_VARIABLE"])
    assert result.exit_code == 2
    assert "NO_SUCH_VARIABLE is not set" in result.output

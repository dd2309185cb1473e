"""The doctor agrees with what it is about: the page, Terraform's role, the handler's own environment."""

import re
from pathlib import Path

import attrs
from click.testing import CliRunner

from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.checklist import BY_HAND, render_checklist
from stripe_handler_cli.operate.doctor.command import doctor
from stripe_handler_cli.operate.doctor.expected_role import PERMISSIONS, RoleBasis
from stripe_handler_cli.operate.doctor.registry import CHECKS

ROOT = Path(__file__).parents[2]


def test_the_page_is_the_doctors_own_list() -> None:
    """`stripe-handler doctor --checklist > docs/production-checklist.md` makes it again."""
    page = (ROOT / "docs/production-checklist.md").read_text(encoding="utf-8")
    assert page == render_checklist()
    for check in CHECKS:
        assert f"(`{check.key}`)" in page
    assert BY_HAND in page


def test_the_checklist_needs_no_stack() -> None:
    """It is printed whatever the directory."""
    result = CliRunner().invoke(doctor, ["--checklist"])
    assert (result.exit_code, result.output) == (0, render_checklist())


def test_the_role_is_terraforms() -> None:
    """Statement for statement, action for action; the integration test compares the resources."""
    text = (ROOT / "terraform/modules/handler/role.tf").read_text(encoding="utf-8")
    written = {
        sid: tuple(re.findall(r'"([\w:]+)"', actions))
        for sid, actions in re.findall(r'Sid\s*=\s*"(\w+)".*?Action\s*=\s*\[(.*?)\]', text, re.DOTALL)
    }
    assert written == {permission.sid: permission.actions for permission in PERMISSIONS}


def test_the_conditions_of_the_role_are_terraforms() -> None:
    """What KMS must be told, key and value, as role.tf writes it."""
    text = " ".join((ROOT / "terraform/modules/handler/role.tf").read_text(encoding="utf-8").split())
    function = Arn("aws", "lambda", "${local.region}", "account", "function")
    basis = RoleBasis(
        function=function,
        log_group_name="g",
        profile_table_name="p",
        sync_table_name="s",
        failure_queue_arn="q",
        kms_key_arn="k",
    )
    secret = attrs.evolve(basis, secret_arn="arn")  # noqa: S106 - a name
    parameter = attrs.evolve(basis, secret_parameter="name")  # noqa: S106 - a name
    written = {
        (name, value)
        for one in (secret, parameter)
        for permission in PERMISSIONS
        for name, value in permission.context(one).items()
    }
    places = {"arn": "var.stripe_secret_arn", parameter.parameter_arn: "local.parameter_arn"}
    for name, value in written:
        assert re.search(rf'"{name}" *= {re.escape(places.get(value, f"{chr(34)}{value}{chr(34)}"))}', text)
    assert len(written) == text.count('"kms:ViaService" ') + text.count('"kms:EncryptionContext')


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

"""The doctor agrees with its page, and takes no options that are none."""

from pathlib import Path

from click.testing import CliRunner

from stripe_handler_cli.operate.doctor.areas import CHECKS
from stripe_handler_cli.operate.doctor.checklist import BY_HAND, render_checklist
from stripe_handler_cli.operate.doctor.command import doctor

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

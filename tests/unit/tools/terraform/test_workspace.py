"""`Workspace` with the real Terraform, on a root that needs no provider and no cloud."""

from pathlib import Path

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.terraform import Workspace, find_terraform

ROOT = Path(__file__).resolve().parents[4]

MAIN = """
variable "greeting" {
  type = string
}

variable "names" {
  type    = list(string)
  default = []
}

resource "terraform_data" "greeting" {
  input = "${var.greeting}, ${join(" and ", var.names)} in ${terraform.workspace}"

  lifecycle {
    precondition {
      condition     = var.greeting != "wrong"
      error_message = "The greeting is wrong."
    }
  }
}

output "text" {
  value = terraform_data.greeting.output
}
"""


@pytest.fixture(scope="module")
def terraform() -> Path:
    """Terraform from PATH or from the checkout's cache."""
    try:
        return find_terraform(ROOT / ".stripe-handler/terraform", fetch=_no_download)
    except CliError as error:
        pytest.skip(str(error))


def _no_download(_url: str, _progress: object) -> bytes:
    raise CliError(
        "Terraform is neither on PATH nor in the checkout's cache; 'make terraform-check' fetches it"
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A root with one resource, and a tfvars file."""
    source = tmp_path / "terraform"
    source.mkdir()
    (source / "main.tf").write_text(MAIN, encoding="utf-8")
    (source / "development.tfvars").write_text('greeting = "hello"\n', encoding="utf-8")
    return source


def workspace(terraform: Path, source: Path, tmp_path: Path, name: str = "development") -> Workspace:
    """Return a prepared workspace."""
    made = Workspace(terraform=terraform, source=source, state_directory=tmp_path / "state", name=name)
    made.prepare()
    return made


def test_a_stack_lives_from_apply_to_destroy(terraform: Path, source: Path, tmp_path: Path) -> None:
    """Apply makes the plan empty and the outputs readable; destroy makes the plan full again."""
    stack = workspace(terraform, source, tmp_path)
    var_file, variables = source / "development.tfvars", {"names": ["Ada", "Grace"]}
    assert stack.plan(var_file, variables)
    lines: list[str] = []
    stack.apply(var_file, variables, lines.append)
    assert any(line.startswith("Apply complete! Resources: 1 added") for line in lines)
    assert not stack.plan(var_file, variables)
    assert stack.outputs() == {"text": "hello, Ada and Grace in development"}
    stack.destroy(var_file, variables)
    assert stack.plan(var_file, variables).has_changes


def test_a_plan_keeps_its_text(terraform: Path, source: Path, tmp_path: Path) -> None:
    """What would change can be shown to a person."""
    plan = workspace(terraform, source, tmp_path).plan(source / "development.tfvars")
    assert "terraform_data.greeting will be created" in plan.text


def test_two_workspaces_do_not_touch_each_other(terraform: Path, source: Path, tmp_path: Path) -> None:
    """Each workspace has its own state, and its name reaches the configuration."""
    one = workspace(terraform, source, tmp_path, "development")
    two = workspace(terraform, source, tmp_path, "staging")
    one.apply(variables={"greeting": "hi"})
    two.apply(variables={"greeting": "ho"})
    one.destroy(variables={"greeting": "hi"})
    assert (one.outputs(), two.outputs()) == ({}, {"text": "ho,  in staging"})


def test_preparing_again_keeps_the_state(terraform: Path, source: Path, tmp_path: Path) -> None:
    """A second run of a command finds what the first one made."""
    workspace(terraform, source, tmp_path).apply(variables={"greeting": "hi"})
    assert not workspace(terraform, source, tmp_path).plan(variables={"greeting": "hi"})


def test_the_sources_stay_untouched(terraform: Path, source: Path, tmp_path: Path) -> None:
    """Terraform leaves no lock, no data and no state in the checkout."""
    before = sorted(source.rglob("*"))
    workspace(terraform, source, tmp_path).apply(variables={"greeting": "hi"})
    assert sorted(source.rglob("*")) == before


def test_a_failed_apply_says_what_terraform_says(terraform: Path, source: Path, tmp_path: Path) -> None:
    """The message of a failed precondition reaches the person, without the noise before it."""
    stack = workspace(terraform, source, tmp_path)
    with pytest.raises(CliError, match=r"terraform apply failed \(exit code 1\):\nError: .*") as caught:
        stack.apply(variables={"greeting": "wrong"})
    assert "The greeting is wrong." in str(caught.value)


def test_sources_that_are_not_formatted_are_shown(terraform: Path, source: Path, tmp_path: Path) -> None:
    """The format check passes on formatted sources, and shows the difference on others."""
    copy = workspace(terraform, source, tmp_path).copy
    copy.fmt_check()
    copy.validate()
    (source / "more.tf").write_text("locals {\n a=1\n}\n", encoding="utf-8")
    with pytest.raises(CliError, match=r"make format[\s\S]*a = 1"):
        copy.fmt_check()

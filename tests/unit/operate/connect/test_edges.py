"""What is asked of EventBridge, and what of Terraform, with small stand-ins for both."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.fake_stripe.partner_side import LocalPartner
from stripe_handler_cli.operate.connect.aws_side import AwsSide
from stripe_handler_cli.operate.connect.terraform_root import TerraformRoot
from stripe_handler_cli.operate.connect.var_file import edit
from stripe_handler_cli.stack.endpoint import Endpoint

OUTPUTS = {"rule_name": "r", "event_bus_name": "b"}


class Events:
    """An EventBridge with two pages of event sources and, perhaps, a rule."""

    def __init__(self, code: str | None = None) -> None:
        """With the error code that every other question is answered with."""
        self.code = code

    def list_event_sources(self, **asked: Any) -> dict[str, Any]:
        """A page."""
        assert asked["NamePrefix"] == "aws.partner/stripe.com/"
        if "NextToken" not in asked:
            return {"EventSources": [{"Name": "one", "State": "ACTIVE"}], "NextToken": "2"}
        return {"EventSources": [{"Name": "two", "State": "PENDING"}]}

    def describe_rule(self, **_: Any) -> dict[str, Any]:
        """The rule."""
        self._fail("DescribeRule")
        return {"EventPattern": '{"detail-type": ["invoice.paid", {"prefix": "x"}]}'}

    def describe_event_source(self, **_: Any) -> dict[str, Any]:
        """An event source."""
        self._fail("DescribeEventSource")
        return {"State": "PENDING"}

    def delete_partner_event_source(self, **_: Any) -> None:
        """It is gone."""
        self._fail("DeletePartnerEventSource")

    def _fail(self, operation: str) -> None:
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": "no"}}, operation)


def side(code: str | None = None) -> AwsSide:
    """AWS with such an EventBridge."""
    return AwsSide(Endpoint({}, lambda _: Events(code)))


def test_every_page_of_event_sources_is_read() -> None:
    """With AWS's word for each one's state."""
    assert side().sources() == {"one": "ACTIVE", "two": "PENDING"}


def test_a_rules_types_are_read() -> None:
    """None of a stack that is not applied, or whose rule is gone; what may not be read is an error."""
    assert side().admitted(OUTPUTS) == {"invoice.paid"}
    assert side().admitted({}) == frozenset()
    assert side("ResourceNotFoundException").admitted(OUTPUTS) == frozenset()
    with pytest.raises(ClientError):
        side("AccessDeniedException").admitted(OUTPUTS)


def test_the_fakes_event_sources_follow_aws() -> None:
    """Gone is deleted, and deleting twice does no harm."""
    gone: Any = Events("ResourceNotFoundException")
    LocalPartner(gone).delete("one", "1")
    assert LocalPartner(gone).status("one") == "deleted"
    there: Any = Events()
    assert LocalPartner(there).status("one") == "pending"
    refused: Any = Events("AccessDeniedException")
    with pytest.raises(ClientError):
        LocalPartner(refused).status("one")


SCRIPT = """\
#!/bin/sh
echo "$1 in ${TF_WORKSPACE:-none}" >> "$PWD/calls"
case "$1" in
  init) mkdir -p .terraform/providers ;;
  plan) for word in "$@"; do
          case "$word" in -out=*) echo p > "${word#-out=}"; echo "${word#-out=}" > plan ;; esac
        done
        echo "Plan: 1 to add, 0 to change, 0 to destroy."; exit PLANNED ;;
  apply) for file in "$@"; do :; done; cat "$file" > applied ;;
  output) echo "OUTPUT"; exit 0 ;;
esac
"""


def terraform(directory: Path, *, planned: int = 2, output: str = "{}") -> TerraformRoot:
    """A root whose Terraform notes what it is called for."""
    executable = directory / "terraform"
    executable.write_text(SCRIPT.replace("PLANNED", str(planned)).replace("OUTPUT", output), "utf-8")
    executable.chmod(0o755)
    return TerraformRoot(directory, "development", directory / "d.tfvars", executable)


def calls(root: TerraformRoot) -> list[str]:
    """What it was called for."""
    return (root.directory / "calls").read_text("utf-8").splitlines()


def test_exactly_the_plan_that_was_shown_is_applied(tmp_path: Path) -> None:
    """After an init, which is no matter of the workspace; the plan file does not stay."""
    root, shown, lines = terraform(tmp_path), [], []

    def agreed(plan: str) -> bool:
        shown.append(plan)
        return True

    assert root.apply(agreed, lines.append)
    assert shown == ["Plan: 1 to add, 0 to change, 0 to destroy."]
    assert calls(root) == ["init in none", "plan in development", "apply in development"]
    assert (tmp_path / "applied").read_text() == "p\n"
    assert not Path((tmp_path / "plan").read_text().strip()).exists()
    assert shown[0] in lines


def test_nothing_is_applied_that_nobody_wants_or_that_changes_nothing(tmp_path: Path) -> None:
    """A person says no; or there is nothing to apply, and nobody is asked."""
    refused = terraform(tmp_path)
    assert not refused.apply(lambda _: False, lambda _: None)
    assert not (tmp_path / "applied").exists()
    assert terraform(tmp_path, planned=0).apply(lambda _: pytest.fail("asked"), lambda _: None)
    assert "init" not in calls(refused)[-1]


def test_a_plan_that_fails_is_told(tmp_path: Path) -> None:
    """In Terraform's words."""
    with pytest.raises(CliError, match="terraform plan failed"):
        terraform(tmp_path, planned=1).apply(lambda _: True, lambda _: None)


def test_commands_are_for_a_shell(tmp_path: Path) -> None:
    """With the init that is missing; a strange name is quoted."""
    odd = tmp_path / "a b"
    odd.mkdir()
    root = terraform(odd)
    assert root.apply_commands == (
        f"terraform -chdir='{odd}' init",
        f"TF_WORKSPACE=development terraform -chdir='{odd}' apply -var-file=d.tfvars",
    )
    (odd / ".terraform" / "providers").mkdir(parents=True)
    assert len(root.apply_commands) == 1


def test_outputs_are_of_the_workspace(tmp_path: Path) -> None:
    """None before the first apply."""
    root = terraform(tmp_path)
    assert (root.outputs(), calls(root)) == ({}, ["output in development"])
    named = terraform(tmp_path, output='{\\"rule_name\\": {\\"value\\": \\"r\\"}}')
    assert named.outputs() == {"rule_name": "r"}


def test_a_file_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    """What is changed is the text, and it is changed in one piece."""
    path, link = tmp_path / "d.tfvars", tmp_path / "link.tfvars"
    path.write_text("a = 1\r\n", "utf-8", newline="")
    path.chmod(0o640)
    link.symlink_to(path)
    checked: list[Path] = []
    shown = edit(link, lambda text: text + "b = 2\r\n", checked.append)
    assert ("+b = 2" in shown, len(checked)) == (True, 1)
    assert path.read_bytes() == b"a = 1\r\nb = 2\r\n"
    assert (path.stat().st_mode & 0o777, link.is_symlink()) == (0o640, True)
    assert sorted(found.name for found in tmp_path.iterdir()) == ["d.tfvars", "link.tfvars"]


def test_a_text_that_is_refused_is_not_written(tmp_path: Path) -> None:
    """Nor left beside the file."""
    path = tmp_path / "d.tfvars"
    path.write_text("a = 1\n", "utf-8")

    def refuse(_file: Path) -> None:
        raise CliError("no")

    with pytest.raises(CliError, match="no"):
        edit(path, lambda text: text + "b = 2\n", refuse)
    assert [(found.name, found.read_text("utf-8")) for found in tmp_path.iterdir()] == [
        ("d.tfvars", "a = 1\n")
    ]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """By its name."""
    (tmp_path / "d.tfvars").write_bytes(b"\xff")
    for name in ("d.tfvars", "none.tfvars"):
        with pytest.raises(CliError, match=name):
            edit(tmp_path / name, lambda text: text, print)

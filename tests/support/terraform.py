"""What Terraform itself says about the stack: its variables' defaults, and what modules/pipeline would make.

Asked once for each process. Tests that need `made` share one (`pytest.mark.xdist_group("terraform")`).
"""

import functools
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.tools.terraform import find_terraform
from stripe_handler_cli.tools.terraform.console import evaluate
from stripe_handler_cli.tools.terraform.working_copy import WorkingCopy

CHECKOUT = Path(__file__).parents[2]
ROOT = CHECKOUT / "terraform"
PIPELINE = ROOT / "modules/pipeline"
STATE = CHECKOUT / ".stripe-handler/terraform"
_KEPT = "STRIPE_HANDLER_PLANNED"
"""Names a directory where a plan is kept from the first Python's run to the second one's."""
_RUNS = "tests/role_policies.tftest.hcl"


@functools.cache
def terraform() -> Path:
    """The executable."""
    return find_terraform(STATE)


@functools.cache
def defaults(*names: str) -> Mapping[str, Any]:
    """The defaults of the root's variables, most of which are the pipeline's."""
    return _values("var", names)


@functools.cache
def constants(*names: str) -> Mapping[str, Any]:
    """The local values that stand beside the variables, for what these refuse, or in a file of their own."""
    return _values("local", names)


def _values(kind: str, names: tuple[str, ...]) -> Mapping[str, Any]:
    paths = (*ROOT.glob("variables*.tf"), *PIPELINE.glob("locals_*.tf"))
    declarations = {path.name: path.read_text(encoding="utf-8") for path in paths}
    wanted = ", ".join(f"{name} = {kind}.{name}" for name in names)
    found: dict[str, Any] = evaluate(terraform(), f"{{ {wanted} }}", declarations)
    return found


@attrs.frozen
class Made:
    """A plan with every option that one stack can have.

    Attributes:
        outputs: The stack's outputs.
        resources: Address → the resource's arguments.
    """

    outputs: Mapping[str, Any]
    resources: Mapping[str, Mapping[str, Any]]

    def statements(self, role: str) -> dict[str, dict[str, Any]]:
        """Statement's id → the statement, of the policy of a function's role."""
        policy = json.loads(self.outputs["role_policies"][role])
        return {statement["Sid"]: statement for statement in policy["Statement"]}

    def of(self, kind: str, part: str) -> Mapping[str, Any]:
        """The arguments of the one resource of a kind in a module."""
        [found] = [
            arguments
            for address, arguments in self.resources.items()
            if kind in address.split(".") and part in address.replace("[", ".").split(".")
        ]
        return found


@functools.cache
def made() -> Mapping[str, Made]:
    """Plan the runs of `role_policies.tftest.hcl`: run → what it would make. The provider is mocked."""
    kept = Path(os.environ[_KEPT]) / "made.jsonl" if _KEPT in os.environ else None
    told = kept.read_text(encoding="utf-8") if kept is not None and kept.exists() else _planned()
    if kept is not None:
        written = kept.with_suffix(f".{os.getpid()}")
        written.write_text(told, encoding="utf-8")
        written.replace(kept)
    lines = [json.loads(line) for line in told.splitlines()]
    return {line["@testrun"]: _made(line["test_plan"]) for line in lines if line["type"] == "test_plan"}


def _planned() -> str:
    with tempfile.TemporaryDirectory() as scratch:
        copy = WorkingCopy(
            terraform=terraform(),
            source=ROOT,
            directory=Path(scratch) / "root",
            shared=STATE,
            environment={"TF_WORKSPACE": "development"},
        )
        copy.refresh()
        folder = str(PIPELINE.relative_to(ROOT))
        copy.init(backend=False, folder=folder)
        arguments = ["test", f"-filter={_RUNS}", "-json", "-verbose"]
        return copy.capture("terraform test", arguments, folder=folder)


def _made(plan: Mapping[str, Any]) -> Made:
    return Made(
        outputs={name: change["after"] for name, change in plan["output_changes"].items()},
        resources={
            change["address"]: change["change"]["after"]
            for change in plan["resource_changes"]
            if change["mode"] == "managed"
        },
    )


def event_pattern(rule: str = "rule") -> dict[str, Any]:
    """The pattern of a rule by default: the stack's own, or that of `webhook_bridge_rule`."""
    found: dict[str, Any] = json.loads(
        made()["with_secrets"].of("aws_cloudwatch_event_rule", rule)["event_pattern"]
    )
    return found

"""Where the doctor gets from what the role should allow: Terraform's own output, against IAM's answer."""

import json
from typing import Any

import attrs

from stripe_handler_cli.operate.doctor.areas.access import OWN_POLICY, role_permissions
from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.operate.doctor.examination import Result, examine
from stripe_handler_cli.operate.doctor.site import Site
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from support.doctor.permissions import EVERYTHING, STATEMENTS, role_document

ROLE = {"Role": {"AssumeRolePolicyDocument": {"Statement": []}}}


@attrs.frozen
class Aws:
    """IAM with one role, and STS.

    Attributes:
        statements: Of the role's one policy.
    """

    statements: list[dict[str, Any]]

    def get_caller_identity(self) -> Any:
        """STS."""
        return {"Account": "123456789012"}

    def get_role(self, **_: Any) -> Any:
        """IAM."""
        return ROLE

    def get_paginator(self, _: str) -> Any:
        """IAM, one page of either list."""
        return self

    def paginate(self, **_: Any) -> Any:
        """The page."""
        return [{"PolicyNames": [OWN_POLICY], "AttachedPolicies": []}]

    def get_role_policy(self, **_: Any) -> Any:
        """IAM."""
        return {"PolicyDocument": {"Statement": self.statements}}


def examined(statements: list[dict[str, Any]], **outputs: Any) -> Result:
    """The role's permissions."""
    named = {"function_role_arn": "arn:aws:iam::123456789012:role/handler", **outputs}
    [result] = examine(
        Site(DeployedStack(Endpoint({}, lambda _: Aws(statements)), named)), [role_permissions.key]
    )
    return result


def test_the_role_is_compared_with_what_terraform_made() -> None:
    """The statements of the output, for the handler and no other function."""
    made = {
        "handler": json.dumps(role_document()),
        "drift_check": json.dumps({"Statement": [EVERYTHING]}),
    }
    assert examined(list(STATEMENTS), role_policies=made).status is Status.PASS
    wider = examined([*STATEMENTS, EVERYTHING], role_policies=made)
    assert (wider.status, wider.found) == (Status.FAIL, "wider than needed: * on *")
    narrower = examined(list(STATEMENTS[1:]), role_policies=made)
    assert (narrower.status, "not sufficient (WriteOwnLogs)" in narrower.found) == (Status.FAIL, True)


def test_a_stack_of_older_code_is_to_be_applied_again() -> None:
    """Its outputs do not tell what the role should allow; nor does a map without the handler."""
    for outputs in ({}, {"role_policies": None}, {"role_policies": {}}):
        found = examined(list(STATEMENTS), **outputs)
        assert (found.status, "apply again" in found.found) == (Status.WARN, True)
        assert found.fix is not None
        assert "terraform -chdir=terraform apply" in found.fix

"""Where the doctor gets from what the role should allow: Terraform's own output, against IAM's answer."""

import json
from typing import Any

from stripe_handler_cli.operate.doctor.areas.access import OWN_POLICY, role_permissions
from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.operate.doctor.examination import Result
from support.doctor import aws
from support.doctor.permissions import EVERYTHING, STATEMENTS, role_document


def examined(statements: list[dict[str, Any]], **outputs: Any) -> Result:
    """The permissions of a role with one policy."""
    return aws.examined(
        role_permissions,
        {"function_role_arn": "arn:aws:iam::123456789012:role/handler", **outputs},
        get_role={"Role": {"AssumeRolePolicyDocument": {"Statement": []}}},
        list_role_policies=[{"PolicyNames": [OWN_POLICY]}],
        list_attached_role_policies=[{"AttachedPolicies": []}],
        get_role_policy={"PolicyDocument": {"Statement": statements}},
    )


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

"""The exercise asks IAM about exactly what Terraform grants, by one list of what the code needs.

That the grants are what the code asks of AWS, test_permissions.py says.
"""

from collections.abc import Mapping

import pytest

from stripe_handler_cli.operate.doctor.exercise.needed import FORBIDDEN, NEEDED
from stripe_handler_cli.operate.doctor.exercise.simulating import FUNCTIONS
from support.terraform import made

pytestmark = pytest.mark.xdist_group("terraform")  # asked once, by one process


def granted(role: str) -> Mapping[str, set[str]]:
    """Statement's id → its actions, in any of the plans."""
    found: dict[str, set[str]] = {}
    for stack in made().values():
        for sid, statement in stack.statements(role).items():
            found.setdefault(sid, set()).update(statement["Action"])
    return found


@pytest.mark.parametrize("role", NEEDED)
def test_what_is_asked_is_what_is_granted(role: str) -> None:
    """Statement by statement and action by action: nothing is forgotten, and nothing is asked in vain."""
    assert {need.sid: set(need.actions) for need in NEEDED[role]} == granted(role)


def test_every_role_is_asked_about() -> None:
    """Each function that Terraform gives a policy has rows, and outputs by which it is found."""
    roles = {role for stack in made().values() for role in stack.outputs["role_policies"]}
    assert roles == NEEDED.keys() == FUNCTIONS.keys()
    named = {output for outputs in FUNCTIONS.values() for output in outputs}
    assert named <= next(iter(made().values())).outputs.keys()


@pytest.mark.parametrize("role", NEEDED)
def test_what_a_statement_depends_on_is_told(role: str) -> None:
    """A request without the condition's key would be refused, and the answer would mean nothing."""
    told = {need.sid: {key for key, _ in need.context} for need in NEEDED[role] if need.place != "kms"}
    for stack in made().values():
        for sid, statement in stack.statements(role).items():
            if sid in told:
                keys = {key for keys in statement.get("Condition", {}).values() for key in keys}
                assert told[sid] == keys


def test_nobody_may_do_what_is_forbidden() -> None:
    """Or the answer that shows that IAM refuses anything at all would fail everywhere."""
    assert not any(FORBIDDEN in actions for role in NEEDED for actions in granted(role).values())

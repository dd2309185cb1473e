"""Who may do what: the function's role, and who may invoke the function.

Both sides are judged everywhere: that what is needed is there, and that nothing more is.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.areas.rule import invoked_by_rule
from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.policies import (
    Grant,
    PolicyFacts,
    Statement,
    grants_of,
    is_covered,
    judge_policy,
    parse_policy,
    rules_may,
    unlike,
)
from stripe_handler_cli.operate.doctor.site import Site, found_or_none, listed
from stripe_handler_cli.stack.deployed import qualified

DELETE_ROLE_POLICY = "aws iam delete-role-policy --role-name {role_name} --policy-name {policy_name}"
DETACH_ROLE_POLICY = "aws iam detach-role-policy --role-name {role_name} --policy-arn {policy_arn}"
REMOVE_PERMISSION = "aws lambda remove-permission --function-name {belongs_to} --statement-id {statement_id}"
OWN_POLICY = "least-privilege"
"""Name of the one policy Terraform gives the role."""
_STATEMENTS_OUTPUT = "role_policies"
"""Terraform's output: the statements that it made for each function's role."""
_SHOWN = 3


def look_at_function_policy(site: Site) -> PolicyFacts:
    """GetPolicy of what the rule invokes, and of the function itself: that could let in forgers too."""
    function = Arn.parse(site.output("function_arn"))
    hourly = function.beside("events", f"rule/{site.output('parked_count_rule_name')}")
    expected = rules_may("lambda:InvokeFunction", (*site.rule_arns, hourly))
    name = site.output("function_name")
    invoked = invoked_by_rule(site)
    statements = _policy_of(site, invoked)
    if "Qualifier" not in invoked:
        return PolicyFacts("function", statements, expected, belongs_to=name)
    _, strangers = unlike(statements, expected)
    _, besides = unlike(_policy_of(site, {"FunctionName": name}), expected)
    holder = name if besides and not strangers else qualified(name, invoked["Qualifier"])
    return PolicyFacts("function", (*statements, *besides), expected, belongs_to=holder)


def _policy_of(site: Site, function: dict[str, str]) -> tuple[Statement, ...]:
    found = found_or_none(site.client("lambda").get_policy, **function)
    return parse_policy((found or {}).get("Policy"))


@check(Area.FUNCTION, look_at_function_policy, APPLY, REMOVE_PERMISSION)
def function_policy(facts: PolicyFacts) -> Finding:
    """Who may invoke.

    Without the permission every event goes to a dead-letter queue; whoever else may invoke can forge
    events.

    The resource policy of what the rule invokes lets EventBridge do so for the stack's rules, and lets
    nobody else; with an alias, neither does the function's own.
    """
    return judge_policy(facts, REMOVE_PERMISSION)


@attrs.frozen
class RoleFacts:
    """The function's role."""

    name: str
    policies: Mapping[str, tuple[Statement, ...]] | None  # inline ones; None where there is no such role
    attached: tuple[str, ...]  # ARNs of managed policies
    trust: tuple[Statement, ...]
    boundary: str | None  # ARN of its permissions boundary
    expected: tuple[Statement, ...] | None  # what Terraform made; None where its outputs do not say


def look_at_role(site: Site) -> RoleFacts:
    iam, name = site.client("iam"), site.role_name
    found = found_or_none(iam.get_role, RoleName=name)
    if found is None:
        return RoleFacts(name, None, (), (), None, None)
    policies = {
        policy: parse_policy(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
        for policy in listed(iam, "list_role_policies", "PolicyNames", RoleName=name)
    }
    attached = listed(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    role = found["Role"]
    return RoleFacts(
        name=name,
        policies=policies,
        attached=tuple(policy["PolicyArn"] for policy in attached),
        trust=parse_policy(role["AssumeRolePolicyDocument"]),
        boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        expected=_expected(site.stack.outputs.get(_STATEMENTS_OUTPUT)),
    )


def _expected(role_policies: Any) -> tuple[Statement, ...] | None:
    document = role_policies.get("handler") if isinstance(role_policies, Mapping) else None
    return None if document is None else parse_policy(document)


@check(Area.FUNCTION, look_at_role, APPLY, DELETE_ROLE_POLICY, DETACH_ROLE_POLICY)
def role_permissions(facts: RoleFacts) -> Finding:  # noqa: PLR0911 - a table of what can be wrong
    """Role's permissions.

    Too little, and events fail; too much, and a fault in the function reaches what is none of its
    business.

    Every action on every resource the role's policies allow, against the statements that Terraform made
    for it (output `role_policies`; without it, a warning). Missing or additional ones, denials and
    attached policies fail; a permissions boundary is a warning.
    """
    if facts.policies is None:
        return failed(f"there is no role {facts.name}")
    if facts.attached:
        arn = facts.attached[0]
        found = f"wider than needed: {', '.join(facts.attached)} attached"
        return failed(found, DETACH_ROLE_POLICY, policy_arn=arn)
    if facts.expected is None:
        return warned(f"cannot be told: the stack has no output '{_STATEMENTS_OUTPUT}'; apply again", APPLY)
    other = next((name for name in facts.policies if name != OWN_POLICY), None)
    grants, strange = grants_of(s for statements in facts.policies.values() for s in statements)
    expected = {grant: one.sid for one in facts.expected for grant in grants_of([one])[0]}
    missing = sorted(grant for grant in expected if not is_covered(grant, grants))
    wider = sorted(grants - expected.keys())
    if missing:
        sids = sorted({expected[grant] for grant in missing})
        return failed(f"not sufficient ({', '.join(sids)}): {_some(missing)}")
    if strange:
        return failed(f"cannot be told what these allow: {', '.join(one.sid for one in strange)}")
    if wider and other:
        return failed(f"wider than needed: {_some(wider)}", DELETE_ROLE_POLICY, policy_name=other)
    if wider:
        return failed(f"wider than needed: {_some(wider)}")
    if facts.boundary:
        return warned(f"as needed, but within the boundary {facts.boundary}, which may take some away")
    return passed(f"{plural(len(grants), 'grant')}, each one needed, none missing")


def _some(grants: list[Grant]) -> str:
    shown = "; ".join(map(str, grants[:_SHOWN]))
    return shown if len(grants) <= _SHOWN else f"{shown}; and {len(grants) - _SHOWN} more"


@check(Area.FUNCTION, look_at_role)
def role_trust(facts: RoleFacts) -> Finding:
    """Role's trust.

    Whoever may take the role on may write profiles.

    The trust policy names Lambda and nobody else.
    """
    if facts.policies is None:
        return failed(f"there is no role {facts.name}")
    principals = {name for statement in facts.trust for name in statement.principals}
    inverted = any(statement.inverted for statement in facts.trust)
    if principals != {"Service:lambda.amazonaws.com"} or inverted:
        return failed(f"these may take the role on: {', '.join(sorted(principals)) or 'nobody'}")
    return passed("only lambda.amazonaws.com may take the role on")

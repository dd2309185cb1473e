"""Who may do what: the role, and the policies of the function, queues and topic. Pure.

Everywhere both sides: what is needed is there, and nothing more.
"""

from collections.abc import Callable, Mapping

import attrs

from stripe_handler_cli.operate.doctor.arns import short
from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.policies import (
    Admission,
    Grant,
    Statement,
    grants_of,
    is_covered,
    unlike,
)

DELETE_ROLE_POLICY = "aws iam delete-role-policy --role-name {role_name} --policy-name {policy_name}"
DETACH_ROLE_POLICY = "aws iam detach-role-policy --role-name {role_name} --policy-arn {policy_arn}"
REMOVE_PERMISSION = "aws lambda remove-permission --function-name {belongs_to} --statement-id {statement_id}"
OWN_POLICY = "least-privilege"
"""Name of the one policy Terraform gives the role."""
_SHOWN = 3


@attrs.frozen
class RoleFacts:
    """The function's role.

    Attributes:
        name: Its name.
        policies: Its inline policies by name; None where there is no such role.
        attached: ARNs of managed policies attached to it.
        trust: Its trust policy.
        boundary: ARN of its permissions boundary, None without one.
        expected: What it should allow, with the id of each grant's statement.
        tolerated: What it may allow besides.
    """

    name: str
    policies: Mapping[str, tuple[Statement, ...]] | None
    attached: tuple[str, ...]
    trust: tuple[Statement, ...]
    boundary: str | None
    expected: Mapping[Grant, str]
    tolerated: frozenset[Grant] = frozenset()


@attrs.frozen
class PolicyFacts:
    """A resource's policy.

    Attributes:
        of: What it belongs to, for messages.
        statements: Its statements; None where the resource does not exist.
        expected: Who is to be let in, and nobody else.
        belongs_to: Its name, for commands that need it.
    """

    of: str
    statements: tuple[Statement, ...] | None
    expected: tuple[Admission, ...]
    belongs_to: str = ""


def judge_role_permissions(facts: RoleFacts) -> Finding:  # noqa: PLR0911 - a table of what can be wrong
    """Exactly what the function needs."""
    if facts.policies is None:
        return failed(f"there is no role {facts.name}", APPLY)
    if facts.attached:
        arn = facts.attached[0]
        return failed(
            f"wider than needed: {', '.join(facts.attached)} attached", DETACH_ROLE_POLICY, policy_arn=arn
        )
    other = next((name for name in facts.policies if name != OWN_POLICY), None)
    grants, strange = grants_of(s for statements in facts.policies.values() for s in statements)
    missing = sorted(grant for grant in facts.expected if not is_covered(grant, grants))
    wider = sorted(grants - facts.expected.keys() - facts.tolerated)
    if missing:
        sids = sorted({facts.expected[grant] for grant in missing})
        return failed(f"not sufficient ({', '.join(sids)}): {_some(missing)}", APPLY)
    if strange:
        return failed(f"cannot be told what these allow: {', '.join(one.sid for one in strange)}", APPLY)
    if wider and other:
        return failed(f"wider than needed: {_some(wider)}", DELETE_ROLE_POLICY, policy_name=other)
    if wider:
        return failed(f"wider than needed: {_some(wider)}", APPLY)
    if facts.boundary:
        return warned(f"as needed, but within the boundary {facts.boundary}, which may take some away")
    return passed(f"{len(grants)} grants, each one needed, none missing")


def judge_role_trust(facts: RoleFacts) -> Finding:
    """Only Lambda may take the role on."""
    if facts.policies is None:
        return failed(f"there is no role {facts.name}", APPLY)
    principals = {name for statement in facts.trust for name in statement.principals}
    inverted = any(statement.inverted for statement in facts.trust)
    if principals != {"Service:lambda.amazonaws.com"} or inverted:
        return failed(f"these may take the role on: {', '.join(sorted(principals)) or 'nobody'}", APPLY)
    return passed("only lambda.amazonaws.com may take the role on")


def judge_policy(strange_fix: str) -> Callable[[PolicyFacts], Finding]:
    """Make the judgement of a resource's policy: whom it should let in, and nobody else.

    Args:
        strange_fix: What removes a statement that does not belong there.
    """

    def judge(facts: PolicyFacts) -> Finding:
        if facts.statements is None:
            return failed(f"there is no {facts.of}", APPLY)
        missing, strange = unlike(facts.statements, facts.expected)
        if missing:
            said = "; ".join(f"{one.service} may not {one.action} for {short(one.source)}" for one in missing)
            return failed(said, APPLY)
        if strange:
            names = ", ".join(statement.sid for statement in strange)
            return failed(
                f"wider or other than needed: {names}",
                strange_fix,
                statement_id=strange[0].sid,
                belongs_to=facts.belongs_to,
            )
        if not facts.expected:
            return passed("nobody is let in but by the account's own IAM policies")
        return passed("only " + "; ".join(f"{one.service} for {short(one.source)}" for one in facts.expected))

    return judge


def _some(grants: list[Grant]) -> str:
    shown = "; ".join(map(str, grants[:_SHOWN]))
    return shown if len(grants) <= _SHOWN else f"{shown}; and {len(grants) - _SHOWN} more"


ROLE_PERMISSIONS = Check(
    key="role-permissions",
    area=Area.FUNCTION,
    title="Role's permissions",
    why=(
        "Too little, and events fail; too much, and a fault in the function reaches what is none of its "
        "business."
    ),
    checked=(
        "Every action on every resource the role's policies allow, against the table of what the function "
        "needs. Missing or additional ones, denials and attached policies fail; a permissions boundary is "
        "a warning."
    ),
    fixes=(APPLY, DELETE_ROLE_POLICY, DETACH_ROLE_POLICY),
    judge=judge_role_permissions,
)
ROLE_TRUST = Check(
    key="role-trust",
    area=Area.FUNCTION,
    title="Role's trust",
    why="Whoever may take the role on may write profiles.",
    checked="The trust policy names Lambda and nobody else.",
    fixes=(APPLY,),
    judge=judge_role_trust,
)
FUNCTION_POLICY = Check(
    key="function-policy",
    area=Area.FUNCTION,
    title="Who may invoke",
    why=(
        "Without the permission every event goes to a dead-letter queue; whoever else may invoke can forge "
        "events."
    ),
    checked=(
        "The resource policy of what the rule invokes lets EventBridge do so for the stack's rules, and "
        "lets nobody else; with an alias, neither does the function's own."
    ),
    fixes=(APPLY, REMOVE_PERMISSION),
    judge=judge_policy(REMOVE_PERMISSION),
)
DELIVERY_QUEUE_POLICY = Check(
    key="delivery-queue-policy",
    area=Area.QUEUES,
    title="Delivery queue's policy",
    why=(
        "Without it EventBridge drops what it cannot deliver; a wider one lets others fill the queue, or "
        "read it."
    ),
    checked=(
        "The queue's policy lets EventBridge send for the rules that lead to the function, and lets nobody "
        "else."
    ),
    fixes=(APPLY,),
    judge=judge_policy(APPLY),
)
FAILURE_QUEUE_POLICY = Check(
    key="failure-queue-policy",
    area=Area.QUEUES,
    title="Failure queue's policy",
    why="Lambda writes there with the function's own role; nobody else has any business there.",
    checked="The queue exists and its policy lets nobody in.",
    fixes=(APPLY,),
    judge=judge_policy(APPLY),
)
ALARM_TOPIC_POLICY = Check(
    key="alarm-topic-policy",
    area=Area.ALARMS,
    title="Topic's policy",
    why="Without it CloudWatch cannot tell anyone; with a wider one others can raise false alarms.",
    checked="The topic's policy lets CloudWatch publish for this account, and lets nobody else.",
    fixes=(APPLY,),
    judge=judge_policy(APPLY),
)

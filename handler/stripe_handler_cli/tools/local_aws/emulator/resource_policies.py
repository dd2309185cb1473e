"""Whether a queue's or function's resource policy lets somebody act on it.

AWS rule: EventBridge needs the queue's policy to send to it, and the function's policy to invoke it.
MiniStack checks such policies only when its whole authentication layer is on, which is off here.
"""

from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region


def allows(
    policy: Any, action: str, resource_arn: str, told: dict[str, str], *, service: str | None = None
) -> bool:
    """Whether the policy lets a service, or else anyone, do this, given what is told of the call."""
    context = EvalContext(
        principal_arn="*",
        principal_type="Service" if service else "Anonymous",
        principal_account="",
        action=action,
        resource_arn=resource_arn,
        region=get_region(),
        service_context=told,
    )
    return bool(policy and evaluate_resource_policy(policy, context, service).decision == "Allow")


def allows_rule(policy: Any, action: str, resource_arn: str, rule_arn: str) -> bool:
    """Whether the policy lets EventBridge do this for a rule."""
    told = {"aws:sourcearn": rule_arn, "aws:sourceaccount": get_account_id()}
    return allows(policy, action, resource_arn, told, service="events.amazonaws.com")

"""Whether a queue's or function's resource policy lets an AWS service act for one of its resources.

AWS rule: EventBridge needs the queue's policy to send to it, and the function's policy to invoke it.
MiniStack checks such policies only when its whole authentication layer is on, which is off here.
"""

from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region


def allows(policy: Any, *, service: str, action: str, resource_arn: str, source_arn: str) -> bool:
    """Whether `policy` lets `service` do `action` on `resource_arn` for the resource `source_arn`."""
    if not policy:
        return False
    context = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource_arn,
        region=get_region(),
        service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": get_account_id()},
    )
    return bool(evaluate_resource_policy(policy, context, service=service).decision == "Allow")


def allows_anyone(policy: Any, *, action: str, resource_arn: str, told: dict[str, str]) -> bool:
    """Whether `policy` lets anyone do `action`, given what the service tells of the call."""
    if not policy:
        return False
    context = EvalContext(
        principal_arn="*",
        principal_type="Anonymous",
        principal_account="",
        action=action,
        resource_arn=resource_arn,
        region=get_region(),
        service_context=told,
    )
    return bool(evaluate_resource_policy(policy, context).decision == "Allow")

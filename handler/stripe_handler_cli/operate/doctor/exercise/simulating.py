"""IAM's own answer: may each role, as it is deployed, do what the code needs? One step.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.arns import Arn, short
from stripe_handler_cli.operate.doctor.exercise.exercise import Exercise
from stripe_handler_cli.operate.doctor.exercise.needed import FORBIDDEN, NEEDED, Deployed, Need, places
from stripe_handler_cli.operate.doctor.exercise.steps import Told, failed, passed, unanswered
from stripe_handler_cli.operate.doctor.policies import Statement, parse_policy
from stripe_handler_cli.operate.doctor.site import listed
from stripe_handler_cli.stack.deployed import DeployedStack, qualified

_ALLOWED = "allowed"
FUNCTIONS = {
    "handler": ("function_name", "log_group_name"),
    "drift_check": ("drift_check_function_name", "drift_check_log_group_name"),
    "profile_events": ("profile_events_function_name", "profile_events_log_group_name"),
    "webhook_bridge": ("webhook_bridge_function_name", "webhook_bridge_log_group_name"),
}
"""Function → Terraform's outputs of its name and its log group."""
_SHOWN = 3


@attrs.frozen
class Question:
    """One question to IAM: these actions, on one resource."""

    role_arn: str
    actions: tuple[str, ...]
    resource: str
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def request(self) -> dict[str, Any]:
        return {
            "PolicySourceArn": self.role_arn,
            "ActionNames": list(self.actions),
            "ResourceArns": [self.resource],
            "ContextEntries": [
                {"ContextKeyName": key, "ContextKeyValues": list(values), "ContextKeyType": _type(key)}
                for key, values in self.context
            ],
        }


def simulate(exercise: Exercise) -> Told:
    if exercise.is_local:
        return unanswered("local AWS lets everybody do everything, so a simulation would show nothing")
    questions = [one for role in NEEDED for one in _questions(exercise.stack, role)]
    iam = exercise.site.client("iam")
    refused = []
    for number, one in enumerate(questions):
        exercise.patience.tell(f"asking IAM: {number} of {plural(len(questions), 'question')}")
        refused += [f"{action} on {short(one.resource)} ({why})" for action, why in refusals(iam, one)]
    roles = dict.fromkeys(one.role_arn for one in questions)
    if refused:
        more = f"; and {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""
        return failed(f"IAM refuses {'; '.join(refused[:_SHOWN])}{more}")
    wide = [role for role in roles if not list(refusals(iam, Question(role, (FORBIDDEN,), "*")))]
    if wide:
        return failed(f"{short(wide[0])} may even do {FORBIDDEN}: whatever IAM allows shows nothing")
    actions = sum(len(one.actions) for one in questions)
    return passed(f"{plural(actions, 'action')} of {plural(len(roles), 'role')}, each allowed by IAM")


def refusals(iam: Any, question: Question) -> Iterator[tuple[str, str]]:
    """The actions that IAM does not allow, each with its word for why."""
    for one in listed(iam, "simulate_principal_policy", "EvaluationResults", **question.request()):
        if one["EvalDecision"] != _ALLOWED:
            yield one["EvalActionName"], _why(one)


def _why(result: Mapping[str, Any]) -> str:
    boundary = result.get("PermissionsBoundaryDecisionDetail") or {}
    organisation = result.get("OrganizationsDecisionDetail") or {}
    if boundary.get("AllowedByPermissionsBoundary") is False:
        return "the permissions boundary"
    if organisation.get("AllowedByOrganizations") is False:
        return "a policy of the organisation"
    missing = result.get("MissingContextValues")
    return f"it wants {', '.join(missing)}" if missing else str(result["EvalDecision"])


def _questions(stack: DeployedStack, role: str) -> Iterator[Question]:
    name, log_group = (stack.outputs.get(output) for output in FUNCTIONS[role])
    if not (name and log_group):
        return
    invoked = qualified(str(name), stack.function_alias if role == "handler" else None)
    settings: Any = stack.endpoint.functions.get_function_configuration(FunctionName=invoked)
    deployed = Deployed(
        function=Arn.parse(str(settings["FunctionArn"])),
        environment=settings.get("Environment", {}).get("Variables", {}),
        log_group=str(log_group),
        is_traced=settings.get("TracingConfig", {}).get("Mode") == "Active",
        outputs=stack.outputs,
        statements=_made_by_terraform(stack, role),
    )
    yield from questions_of(str(settings["Role"]), NEEDED[role], deployed)


def questions_of(role_arn: str, needs: tuple[Need, ...], deployed: Deployed) -> Iterator[Question]:
    """What to ask of one role; nothing about places that this stack has not."""
    known = places(deployed)
    for need in needs:
        statement = deployed.statements.get(need.sid)
        if need.place != "kms":
            resource = known[need.place]
            if resource is not None:
                yield Question(role_arn, need.actions, resource, need.context)
        elif statement is not None:
            context = tuple((key, values) for _operator, key, values in sorted(statement.conditions))
            for key_arn in sorted(statement.resources):
                yield Question(role_arn, need.actions, key_arn, context)


def _made_by_terraform(stack: DeployedStack, role: str) -> Mapping[str, Statement]:
    made = stack.outputs.get("role_policies")
    document = made.get(role) if isinstance(made, Mapping) else None
    return {one.sid: one for one in parse_policy(document)}


def _type(key: str) -> str:
    """Leading keys are those of all items of a request; every other key here has one value."""
    return "stringList" if key == "dynamodb:LeadingKeys" else "string"

"""docs/operator-policy.json allows what the operators' commands ask of AWS, on this stack, and no more."""

import functools
import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import get_session

from stripe_handler_cli.operate.doctor.checklist import RIGHTS
from stripe_handler_cli.operate.doctor.exercise import page as exercise_page
from stripe_handler_cli.operate.doctor.exercise.made_up import USER

ROOT = Path(__file__).parents[2]
POLICY: Mapping[str, Any] = json.loads((ROOT / "docs/operator-policy.json").read_text(encoding="utf-8"))
STATEMENTS: list[Mapping[str, Any]] = POLICY["Statement"]
ALLOWED = {action for statement in STATEMENTS for action in statement["Action"]}
PAGES = ("docs/operating.md", "docs/dead-letters.md")

CLI, LIBRARY = ROOT / "handler/stripe_handler_cli", ROOT / "handler/stripe_subscription_handler"
OPERATORS = (
    *(CLI / "operate" / name for name in ("dlq", "doctor", "explain", "link", "parked", "reconcile")),
    *(CLI / "operate" / name for name in ("profile_events", "replay", "show")),
    CLI / "composed" / "console",
    CLI / "stack",
    LIBRARY / "comparison",
    LIBRARY / "dynamodb",
)
"""What runs in an operator's name: not what sends made-up events, nor what a deployer does."""
NOT_OPERATORS = {CLI / "stack" / "pipeline.py"}  # the moving parts of a stack, for tests and the demo
SERVICES = (
    "cloudwatch",
    "dynamodb",
    "dynamodbstreams",
    "events",
    "iam",
    "lambda",
    "logs",
    "scheduler",
    "sns",
    "sqs",
    "sts",
)
ACTIONS = {
    "lambda:Invoke": {"lambda:InvokeFunction"},
    "sqs:ChangeMessageVisibilityBatch": {"sqs:ChangeMessageVisibility"},
    # Streams are an API of their own, and the same service for IAM.
    **{
        f"dynamodbstreams:{name}": {f"dynamodb:{name}"}
        for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    },
    # The parts of a transaction, which has no action of its own.
    "dynamodb:TransactWriteItems": {
        f"dynamodb:{part}" for part in ("ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem")
    },
    # Both services have it; the doctor asks the function for its own.
    "iam:GetPolicy": set(),
}
"""API operation → what IAM calls it, where that is something else."""
ONLY_THE_EXERCISES = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [f"USER#{USER}"]}}
WITHOUT_A_NAME = {
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:GetMetricStatistics",
    "events:ListRules",
    "events:TestEventPattern",
    "sts:GetCallerIdentity",
}
"""Actions that take no resource, or a list of them."""


@functools.cache
def operations() -> Mapping[str, set[str]]:
    """A client's method → the actions it needs; a few methods are those of several services."""
    session, found = get_session(), dict[str, set[str]]()
    for service in SERVICES:
        for name in session.get_service_model(service).operation_names:
            operation = f"{service}:{name}"
            found.setdefault(xform_name(name), set()).update(ACTIONS.get(operation, {operation}))
    return found


def asked_by(sources: str) -> set[str]:
    """The actions behind the API operations that are named as a method, or as one, in quotes."""
    words = set(re.findall(r"""[."]([a-z]+(?:_[a-z]+)*)\b(?=[("),])""", sources))
    return {action for word in words for action in operations().get(word, ())}


def sources() -> str:
    """The text of the operators' code."""
    paths = {path for folder in OPERATORS for path in folder.rglob("*.py")} - NOT_OPERATORS
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(paths))


def test_it_allows_what_the_commands_ask() -> None:
    """Nothing is missing, and nothing is left over."""
    assert asked_by(sources()) == ALLOWED


def test_operations_are_found_in_code() -> None:
    """Called, handed over, named for a paginator; not what merely looks like one."""
    assert asked_by('client.describe_rule(Name="x")') == {"events:DescribeRule"}
    assert asked_by("found_or_none(iam.get_role, RoleName=name)") == {"iam:GetRole"}
    assert asked_by('listed(logs, "filter_log_events", "events")') == {"logs:FilterLogEvents"}
    assert asked_by("describe_rule = 1; publish_later()") == set()


def test_the_doctors_own_list_is_in_it() -> None:
    """docs/production-checklist.md has it."""
    assert {*RIGHTS, *exercise_page.RIGHTS} <= ALLOWED


@pytest.mark.parametrize("page", PAGES)
def test_the_rights_that_a_page_names_are_in_it(page: str) -> None:
    """With the service's name in front, or after one that has it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:dynamodb|events|lambda|logs|sqs):[A-Z]\w+)`", text))
    assert named
    assert named <= ALLOWED


def test_it_is_one_that_iam_takes() -> None:
    """Each statement has a name of its own and a place; no action is a pattern; it fits a managed policy."""
    assert POLICY["Version"] == "2012-10-17"
    names = [statement["Sid"] for statement in STATEMENTS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z]+", name) for name in names)
    assert {statement["Effect"] for statement in STATEMENTS} == {"Allow"}
    assert not any("*" in action for action in ALLOWED)
    assert len(json.dumps(POLICY, separators=(",", ":"))) < 6144
    anywhere = [set(one["Action"]) for one in STATEMENTS if one["Resource"] == "*"]
    assert anywhere == [WITHOUT_A_NAME]


def test_whoever_looks_changes_nothing() -> None:
    """What begins with Look only reads."""
    looking = {action for one in STATEMENTS if one["Sid"].startswith("Look") for action in one["Action"]}
    reading = ("Describe", "Get", "List", "Query", "BatchGet", "TestEventPattern")
    assert all(action.partition(":")[2].startswith(reading) for action in looking)


@pytest.mark.parametrize(
    ("action", "arn"),
    [
        ("lambda:InvokeFunction", "lambda:REGION:ACCOUNT:function:{subscription-handler}"),
        ("lambda:InvokeFunction", "lambda:REGION:ACCOUNT:function:{subscription-handler}:live"),
        ("iam:GetRole", "iam::ACCOUNT:role/{subscription-handler}"),
        ("iam:SimulatePrincipalPolicy", "iam::ACCOUNT:role/{drift-check}"),
        ("events:PutEvents", "events:REGION:ACCOUNT:event-bus/{events}"),
        ("events:PutEvents", "events:REGION:ACCOUNT:event-bus/{bridge}"),
        ("sqs:ReceiveMessage", "sqs:REGION:ACCOUNT:{delivery-dlq}"),
        ("sqs:DeleteMessage", "sqs:REGION:ACCOUNT:{failures}"),
        ("sqs:DeleteMessage", "sqs:REGION:ACCOUNT:{profile-events-failures}"),
        ("dynamodb:GetRecords", "dynamodb:REGION:ACCOUNT:table/PROFILE_TABLE/stream/2026-11-30T00:00:00.000"),
        ("events:StartReplay", "events:REGION:ACCOUNT:archive/{events}"),
        ("events:StartReplay", "events:REGION:ACCOUNT:archive/{bridge}"),
        ("events:StartReplay", "events:REGION:ACCOUNT:replay/any"),
        ("dynamodb:Query", "dynamodb:REGION:ACCOUNT:table/{sync}/index/parked-by-expiry"),
        ("dynamodb:DeleteItem", "dynamodb:REGION:ACCOUNT:table/{sync}"),
        ("dynamodb:UpdateItem", "dynamodb:REGION:ACCOUNT:table/PROFILE_TABLE"),
        ("logs:FilterLogEvents", "logs:REGION:ACCOUNT:log-group:/aws/lambda/{drift-check}:*"),
        ("scheduler:GetSchedule", "scheduler:REGION:ACCOUNT:schedule/default/{drift-check}"),
        ("sns:GetTopicAttributes", "sns:REGION:ACCOUNT:{alarms}"),
        (
            "events:DescribeRule",
            "events:REGION:ACCOUNT:rule/aws.partner/stripe.com/ed_1/{subscription-events}",
        ),
    ],
)
def test_it_names_the_stacks_own_resources(action: str, arn: str) -> None:
    """By the names that Terraform gives them."""
    (part,) = re.findall(r"\{(.+)\}", arn) or [None]
    locals_file = (ROOT / "terraform/modules/pipeline/locals.tf").read_text(encoding="utf-8")
    assert part is None or f'format(local.name_format, "{part}")' in locals_file
    assert 'name_format = "${var.prefix}-stripe-%s-${var.environment}"' in locals_file
    named = "arn:aws:" + re.sub(r"\{(.+)\}", r"PREFIX-stripe-\1-ENVIRONMENT", arn)
    patterns = [
        pattern
        for one in STATEMENTS
        if action in one["Action"]
        for pattern in ([one["Resource"]] if isinstance(one["Resource"], str) else one["Resource"])
    ]
    assert any(fnmatchcase(named, pattern) for pattern in patterns)


def test_no_profile_can_be_put_or_deleted() -> None:
    """As the function's role has it; but for the exercise's made-up user."""
    on_profiles = {
        action
        for one in STATEMENTS
        if any(place.endswith("table/PROFILE_TABLE") for place in one["Resource"])
        for action in one["Action"]
        if one.get("Condition") != ONLY_THE_EXERCISES
    }
    assert on_profiles.isdisjoint({"dynamodb:DeleteItem", "dynamodb:PutItem"})

"""IAM is asked about each role as it is deployed, in requests that AWS takes; one refusal fails the step."""

from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.exercise.exercise import Exercise
from stripe_handler_cli.operate.doctor.exercise.needed import FORBIDDEN, NEEDED, Deployed, places
from stripe_handler_cli.operate.doctor.exercise.simulating import Question, questions_of, refusals, simulate
from stripe_handler_cli.operate.doctor.exercise.steps import Outcome
from stripe_handler_cli.operate.doctor.policies import parse_policy
from support.doctor.exercise import FUNCTION, OUTPUTS, ROLE, exercise_on

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
VIA = {"StringEquals": {"kms:ViaService": "dynamodb.eu-central-1.amazonaws.com"}}
DECRYPT = {"Sid": "DecryptTables", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]}


def deployed(**changes: Any) -> Deployed:
    """The handler's function."""
    made: dict[str, Any] = {
        "function": Arn.parse(FUNCTION),
        "environment": {},
        "log_group": "/aws/lambda/bayon-stripe-subscription-handler-production",
        "is_traced": False,
        "outputs": OUTPUTS,
    }
    return Deployed(**made | changes)


def asked(role: str, **changes: Any) -> dict[str, tuple[str, ...]]:
    """Resource → the actions that are asked about."""
    questions = questions_of(ROLE, NEEDED[role], deployed(**changes))
    return {one.resource: one.actions for one in questions}


def test_resources_follow_from_what_is_deployed() -> None:
    """In the function's partition, region and account, by the names that the stack gave them."""
    beside = "arn:aws:dynamodb:eu-central-1:123456789012:table"
    found = asked("handler")
    assert found[f"{beside}/Profiles"] == NEEDED["handler"][1].actions
    assert found[f"{beside}/bayon-stripe-sync-production/index/parked-by-expiry"] == ("dynamodb:Query",)
    logs = "arn:aws:logs:eu-central-1:123456789012:log-group"
    group = "/aws/lambda/bayon-stripe-subscription-handler-production"
    assert found[f"{logs}:{group}:*"] == ("logs:CreateLogStream", "logs:PutLogEvents")
    assert found[OUTPUTS["failure_queue_arn"]] == ("sqs:SendMessage",)
    assert "*" not in found


@pytest.mark.parametrize(
    ("environment", "resource", "action"),
    [
        (
            {"STRIPE_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe-a1B2c3"},
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe-a1B2c3",
            "secretsmanager:GetSecretValue",
        ),
        (
            {"STRIPE_SECRET_PARAMETER": "/stripe/key"},
            "arn:aws:ssm:eu-central-1:123456789012:parameter/stripe/key",
            "ssm:GetParameter",
        ),
    ],
)
def test_the_stripe_key_is_asked_about_where_it_is(
    environment: dict[str, str], resource: str, action: str
) -> None:
    """By the function's own environment, not by a policy."""
    assert asked("handler", environment=environment)[resource] == (action,)


def test_options_are_asked_about_where_they_are_on() -> None:
    """X-Ray, and the repairs of the drift check."""
    assert asked("handler", is_traced=True)["*"] == ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
    profiles = "arn:aws:dynamodb:eu-central-1:123456789012:table/Profiles"
    looking = questions_of(ROLE, NEEDED["drift_check"], deployed())
    assert [one.actions for one in looking if one.resource == profiles] == [
        ("dynamodb:BatchGetItem", "dynamodb:Scan")
    ]
    repairing = questions_of(
        ROLE, NEEDED["drift_check"], deployed(environment={"DRIFT_CHECK_REPAIR": "true"})
    )
    assert "dynamodb:UpdateItem" in {
        action for one in repairing if one.resource == profiles for action in one.actions
    }


def test_a_key_of_kms_is_asked_about_as_the_services_use_it() -> None:
    """With what the statement has a condition on; without such a statement there is no such key."""
    statements = {one.sid: one for one in parse_policy({"Statement": [{**DECRYPT, "Condition": VIA}]})}
    [question] = [
        one
        for one in questions_of(ROLE, NEEDED["handler"], deployed(statements=statements))
        if one.resource == KEY
    ]
    assert question.actions == ("kms:Decrypt",)
    assert question.context == (("kms:viaservice", ("dynamodb.eu-central-1.amazonaws.com",)),)
    assert not any(one.startswith("arn:aws:kms") for one in asked("handler"))


def test_every_place_has_an_arn_or_none() -> None:
    """A row about a place that nobody knows would never be asked."""
    known = places(deployed())
    assert {need.place for needs in NEEDED.values() for need in needs} - {"kms"} == known.keys()


def decided(decision: str, *actions: str, **more: Any) -> dict[str, Any]:
    """IAM's answer."""
    return {
        "EvaluationResults": [
            {"EvalActionName": action, "EvalDecision": decision, **more} for action in actions
        ],
        "IsTruncated": False,
    }


@pytest.fixture
def iam() -> Iterator[tuple[Any, Stubber]]:
    """A client of IAM that sends nothing, and checks requests and answers by AWS's own model."""
    client = boto3.client(
        "iam",
        region_name="us-east-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 - a dummy
    )
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def test_the_request_is_one_that_aws_takes(iam: tuple[Any, Stubber]) -> None:
    """With values of a condition, over two pages of answers."""
    client, stubber = iam
    question = Question(ROLE, ("a:One", "a:Two"), "arn:aws:x", (("dynamodb:LeadingKeys", ("DRIFT-CHECK",)),))
    wanted = {
        "PolicySourceArn": ROLE,
        "ActionNames": ["a:One", "a:Two"],
        "ResourceArns": ["arn:aws:x"],
        "ContextEntries": [
            {
                "ContextKeyName": "dynamodb:LeadingKeys",
                "ContextKeyValues": ["DRIFT-CHECK"],
                "ContextKeyType": "stringList",
            }
        ],
    }
    page = {**decided("allowed", "a:One"), "IsTruncated": True, "Marker": "2"}
    stubber.add_response("simulate_principal_policy", page, wanted)
    stubber.add_response(
        "simulate_principal_policy", decided("implicitDeny", "a:Two"), {**wanted, "Marker": "2"}
    )
    assert list(refusals(client, question)) == [("a:Two", "implicitDeny")]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "explicitDeny"),
        ({"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}}, "boundary"),
        ({"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}, "organisation"),
        ({"MissingContextValues": ["kms:ViaService"]}, "it wants kms:ViaService"),
    ],
)
def test_who_refuses_is_told(iam: tuple[Any, Stubber], more: dict[str, Any], why: str) -> None:
    """The role's own policy, a boundary, the organisation, or a condition that nobody told of."""
    client, stubber = iam
    stubber.add_response("simulate_principal_policy", decided("explicitDeny", "a:One", **more))
    [(action, told)] = refusals(client, Question(ROLE, ("a:One",), "*"))
    assert action == "a:One"
    assert why in told


def answering(refused: Sequence[str]) -> Any:
    """What IAM answers: everything is allowed but these."""

    def answer(**request: Any) -> list[dict[str, Any]]:
        found = []
        for action in request["ActionNames"]:
            found += decided("implicitDeny" if action in refused else "allowed", action)["EvaluationResults"]
        return [{"EvaluationResults": found}]

    return answer


def on_aws(refused: Sequence[str]) -> Exercise:
    """An exercise on AWS, whose IAM refuses these actions."""
    return exercise_on(simulate_principal_policy=answering(refused))


def test_all_allowed_passes() -> None:
    """Only if IAM refuses something as well: else it is no IAM, or the role may do anything."""
    told = simulate(on_aws([FORBIDDEN]))
    assert told.outcome is Outcome.PASS
    assert "each allowed by IAM" in told.found
    wide = simulate(on_aws([]))
    assert (wide.outcome, FORBIDDEN in wide.found) == (Outcome.FAIL, True)


def test_one_refusal_fails() -> None:
    """It names the action and the resource."""
    told = simulate(on_aws([FORBIDDEN, "sqs:SendMessage"]))
    assert told.outcome is Outcome.FAIL
    assert "sqs:SendMessage on bayon-stripe-failures-production (implicitDeny)" in told.found


def test_local_aws_does_not_answer() -> None:
    """Whatever it says: nobody asks IAM there when a request comes."""
    exercise = exercise_on("http://127.0.0.1:4566", simulate_principal_policy=answering([FORBIDDEN]))
    told = simulate(exercise)
    assert told.outcome is Outcome.OPEN
    assert told.found.startswith("not answered here")

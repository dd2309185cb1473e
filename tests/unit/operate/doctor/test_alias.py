"""Where an alias is invoked: two policies say who may, and old versions are left behind."""

import json
from typing import Any

from stripe_handler_cli.operate.doctor.areas.access import function_policy
from stripe_handler_cli.operate.doctor.areas.function import old_snapshots
from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.operate.doctor.examination import Result
from support.doctor import aws

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:f"
RULE = "arn:aws:events:eu-west-1:123456789012:rule/bus/rule"
OUTPUTS = {
    "event_bus_name": "bus",
    "rule_name": "rule",
    "rule_arn": RULE,
    "parked_count_rule_name": "hourly",
    "function_name": "f",
    "function_arn": FUNCTION,
    "function_alias_name": "live",
    "delivery_dead_letter_queue_arn": "arn:aws:sqs:eu-west-1:123456789012:delivery",
}
BOTH_RULES = {"stripe": RULE, "hourly": "arn:aws:events:eu-west-1:123456789012:rule/hourly"}
WITH_A_STRANGER = BOTH_RULES | {"stranger": "arn:aws:events:eu-west-1:123456789012:rule/stranger"}


def examined(policies: dict[str, dict[str, str]]) -> Result:
    """Who may invoke; the policies are by qualifier, empty for the function itself, and statement id."""

    def policy(*, FunctionName: str, Qualifier: str = "") -> Any:  # noqa: N803 - boto3's words
        assert FunctionName == "f"
        statements = [
            {
                "Sid": sid,
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "lambda:InvokeFunction",
                "Condition": {"ArnLike": {"AWS:SourceArn": source}},
            }
            for sid, source in policies[Qualifier].items()
        ]
        return {"Policy": json.dumps({"Statement": statements})}

    targets = {"Targets": [{"Id": "t", "Arn": f"{FUNCTION}:live"}]}
    return aws.examined(function_policy, OUTPUTS, get_policy=policy, list_targets_by_rule=targets)


def snapshots(*kept: tuple[str, str]) -> Result:
    """Versions, with the state of their snapshots, one a page; the alias leads to version 12."""
    pages = [
        {"Versions": [{"Version": version, "SnapStart": {"OptimizationStatus": status}}]}
        for version, status in kept
    ]
    return aws.examined(
        old_snapshots,
        OUTPUTS,
        list_versions_by_function=lambda **asked: {"f": pages}[asked["FunctionName"]],
        get_function_configuration=lambda **asked: {"f:live": {"Version": "12"}}[asked["FunctionName"]],
    )


def test_old_versions_with_a_snapshot_are_told_the_oldest_first() -> None:
    """Not the one that the alias leads to, not those without; the command deletes the oldest."""
    kept = (("$LATEST", "Off"), ("2", "Off"), ("10", "On"), ("9", "On"), ("12", "On"))
    found = snapshots(*kept)
    assert (found.status, found.found.endswith(": 9, 10")) == (Status.WARN, True)
    assert found.fix == "aws lambda delete-function --function-name f --qualifier 9"
    assert snapshots(*kept[2:3]).status is Status.PASS


def test_both_policies_as_they_should_be() -> None:
    """The alias lets both rules in; that the function does so too is none of its business."""
    assert examined({"": BOTH_RULES, "live": BOTH_RULES}).status is Status.PASS


def test_what_the_function_lets_in_does_not_help_the_alias() -> None:
    """Events would go to the dead-letter queue: a permission of the function is none of the alias."""
    found = examined({"": BOTH_RULES, "live": {}})
    assert (found.status, "may not lambda:InvokeFunction" in found.found) == (Status.FAIL, True)


def test_a_stranger_is_removed_where_it_stands() -> None:
    """Whoever the alias, or the function beside it, lets in can forge events; the command names which."""
    command = "aws lambda remove-permission --function-name {} --statement-id stranger"
    at_alias = examined({"": BOTH_RULES, "live": WITH_A_STRANGER})
    assert (at_alias.status, at_alias.fix) == (Status.FAIL, command.format("f:live"))
    at_function = examined({"": WITH_A_STRANGER, "live": BOTH_RULES})
    assert (at_function.status, at_function.fix) == (Status.FAIL, command.format("f"))

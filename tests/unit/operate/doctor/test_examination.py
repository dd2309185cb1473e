"""Going through the checklist: one look that fails spoils nothing else, and nothing is asked twice."""

from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.areas import CHECKS
from stripe_handler_cli.operate.doctor.areas.rule import rule_enabled
from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.operate.doctor.examination import Result, examine, worst
from stripe_handler_cli.operate.doctor.report import as_json, print_report
from stripe_handler_cli.operate.doctor.site import Site
from support.doctor.aws import ACCOUNT, Aws
from support.screens import plain, screen

KEYS = [check.key for check in CHECKS]
OUTPUTS = {
    "event_bus_name": "aws.partner/stripe.com/ed_1",
    "forwarding_bus_name": "second",
    "webhook_bridge_event_source": "stripe-webhook-bridge",
    "webhook_bridge_bus_name": "bridge",
    "webhook_bridge_rule_name": "bridge-rule",
    "rule_name": "rule",
    "function_name": "f",
    "function_arn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f",
    "log_group_name": "/aws/lambda/f",
    "environment": "staging",
    "profile_table_name": "profiles",
    "profile_events_bus_arn": f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/app",
    "profile_events_event_source_mapping_id": "mapping",
    "drift_check_function_name": "drift",
    "profile_events_function_name": "events",
}


def site_with(aws: Aws, outputs: dict[str, Any] | None = None) -> Site:
    """A stack in that AWS."""
    return aws.site(OUTPUTS if outputs is None else outputs)


def test_an_operator_without_rights_gets_a_warning_for_each_check() -> None:
    """Every check is there, each says it could not look, none is taken for healthy."""
    results = examine(site_with(Aws()), KEYS)
    assert [result.check.key for result in results] == KEYS
    assert {(result.status, result.has_looked) for result in results} == {(Status.WARN, False)}
    found = {result.check.key: result.found for result in results}
    assert found["rule-enabled"] == "could not look: AccessDeniedException for describe_rule"


def test_what_one_service_refuses_leaves_the_others() -> None:
    """The log group is looked at although everything else is refused."""
    groups = {"logGroups": [{"logGroupName": "/aws/lambda/f", "retentionInDays": 7}]}
    results = {
        result.check.key: result for result in examine(site_with(Aws({"describe_log_groups": groups})), KEYS)
    }
    assert (results["log-retention"].status, results["log-retention"].found) == (Status.PASS, "7 days")
    assert not results["rule-enabled"].has_looked


def test_only_what_is_wanted_is_looked_at() -> None:
    """One check, one request, besides the caller's identity."""
    aws = Aws()
    examine(site_with(aws), ["log-retention"])
    assert aws.asked == {"get_caller_identity": 1, "describe_log_groups": 1}


def test_nothing_is_asked_twice() -> None:
    """Checks on the same facts share a request, a refused one too."""
    aws = Aws()
    examine(site_with(aws), KEYS)
    assert aws.asked["get_function_configuration"] == 2, "the handler, and the drift check"
    assert aws.asked["describe_rule"] == 2, "the stack's rule, and that of the bridge"
    assert aws.asked["invoke"] == 1


def test_an_output_that_is_missing_concerns_its_checks_only() -> None:
    """An older stack, or one named by flags alone, is looked at as far as its names are known."""
    aws = Aws({"describe_log_groups": {"logGroups": []}})
    results = {one.check.key: one for one in examine(site_with(aws, {"log_group_name": "g"}), KEYS)}
    assert results["log-retention"].status is Status.FAIL
    assert "no output 'archive_name'" in results["archive"].found


@pytest.mark.parametrize("answer", [{}, {"logGroups": [{}]}])
def test_an_answer_that_is_none_is_a_look_that_failed(answer: dict[str, Any]) -> None:
    """An AWS that answers nonsense (or a local one that lacks the operation) aborts nothing."""
    [result] = examine(site_with(Aws({"describe_log_groups": answer})), ["log-retention"])
    assert not result.has_looked


def test_another_account_ends_it() -> None:
    """With somebody else's credentials every check would say that everything is missing."""
    with pytest.raises(CliError, match=r"account 999.*the stack is in 123456789012"):
        examine(site_with(Aws({"get_caller_identity": {"Account": "999"}})), KEYS)


def test_an_arn_that_is_none_is_a_clear_error() -> None:
    """Somebody named the function where its ARN was wanted."""
    with pytest.raises(CliError, match="function_arn is no ARN: f"):
        examine(site_with(Aws(), {"function_arn": "f"}), KEYS)


def test_no_credentials_end_it() -> None:
    """In CI a doctor that cannot look at anything must not pass."""
    with pytest.raises(NoCredentialsError):
        examine(site_with(Aws({"get_caller_identity": NoCredentialsError()})), KEYS)


def result(status: Status, found: str = "x", fix: str | None = None) -> Result:
    """An outcome."""
    return Result(rule_enabled, status, found, fix, has_looked=True)


def test_the_worst_check_decides() -> None:
    """A warning does not outweigh a failure, whatever the order."""
    fail, warn = result(Status.FAIL), result(Status.WARN)
    assert worst([fail, warn]) is worst([warn, fail]) is Status.FAIL
    assert worst([result(Status.PASS), warn]) is Status.WARN
    assert worst([]) is Status.PASS


def test_commands_are_printed_whole_whatever_the_width() -> None:
    """They are there to be copied; findings are wrapped in their column."""
    command = "aws events enable-rule --name " + "n" * 90
    results = [result(Status.FAIL, "word " * 30, command), result(Status.WARN, "[not] markup")]
    lines = plain(screen(lambda console: print_report(console, results), 60)).splitlines()
    assert any(line.strip() == command for line in lines)
    assert all(len(line) <= 60 for line in lines if command not in line)
    assert any("[not] markup" in line for line in lines)
    assert lines[-1] == "1 warn, 1 fail"


def test_json_says_all_that_is_printed() -> None:
    """And how many of each."""
    found = as_json([result(Status.FAIL, "why", "do"), result(Status.PASS)])
    assert (found["status"], found["counts"]) == ("fail", {"pass": 1, "warn": 0, "fail": 1})
    assert found["checks"][0] == {
        "key": "rule-enabled",
        "area": "Rule and target",
        "title": "Rule enabled",
        "status": "fail",
        "looked": True,
        "found": "why",
        "fix": "do",
    }

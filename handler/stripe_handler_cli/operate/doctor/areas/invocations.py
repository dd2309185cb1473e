"""What becomes of an invocation: further attempts, the failure queue, lines in the log."""

import attrs

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.areas.rule import invoked_by_rule
from stripe_handler_cli.operate.doctor.arns import short
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.site import Site, found_or_none

LEAST_ATTEMPTS = 3
LEAST_EVENT_AGE_SECONDS = 3600
SET_RETENTION = "aws logs put-retention-policy --log-group-name {log_group_name} --retention-in-days 30"


@attrs.frozen
class AttemptsFacts:
    """What Lambda does with an event the function failed on."""

    retries: int
    maximum_age_seconds: int
    on_failure: str | None  # where the event goes after that
    failure_queue_arn: str


def look_at_attempts(site: Site) -> AttemptsFacts:
    """GetFunctionEventInvokeConfig of what the rule invokes; AWS's own defaults where there is none."""
    invoked = invoked_by_rule(site)
    config = found_or_none(site.client("lambda").get_function_event_invoke_config, **invoked) or {}
    return AttemptsFacts(
        retries=config.get("MaximumRetryAttempts", 2),
        maximum_age_seconds=config.get("MaximumEventAgeInSeconds", 21600),
        on_failure=config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
        failure_queue_arn=site.output("failure_queue_arn"),
    )


@check(Area.FUNCTION, look_at_attempts)
def function_retries(facts: AttemptsFacts) -> Finding:
    """Attempts.

    A moment's fault of DynamoDB or Stripe should heal by itself.

    Less than {LEAST_ATTEMPTS} attempts, or less than an hour for them, is a warning.
    """
    attempts = facts.retries + 1
    found = f"{plural(attempts, 'attempt')} within {facts.maximum_age_seconds / 3600:g} h"
    if attempts < LEAST_ATTEMPTS or facts.maximum_age_seconds < LEAST_EVENT_AGE_SECONDS:
        return warned(f"{found}: a short fault of DynamoDB fills the failure queue", APPLY)
    return passed(found)


@check(Area.FUNCTION, look_at_attempts)
def failure_path(facts: AttemptsFacts) -> Finding:
    """Handling failures kept.

    An event that fails in every attempt is dropped unless the function has an on-failure destination.

    The on-failure destination of what the rule invokes is the failure queue.
    """
    if facts.on_failure is None:
        return failed("no on-failure destination: events that fail three times are dropped")
    if facts.on_failure != facts.failure_queue_arn:
        return failed(f"wired to something else: {facts.on_failure}")
    return passed(f"to the queue {short(facts.on_failure)}")


@attrs.frozen
class LogFacts:
    """The function's log group."""

    name: str
    exists: bool
    retention_days: int | None  # None for ever


def look_at_log_group(site: Site) -> LogFacts:
    name = site.output("log_group_name")
    answer = site.client("logs").describe_log_groups(logGroupNamePrefix=name)
    found = next((group for group in answer["logGroups"] if group["logGroupName"] == name), None)
    return LogFacts(name, found is not None, (found or {}).get("retentionInDays"))


@check(Area.FUNCTION, look_at_log_group, APPLY, SET_RETENTION)
def log_retention(facts: LogFacts) -> Finding:
    """Log retention.

    The log is how anyone explains a profile; kept for ever, it only costs.

    The log group exists; no retention is a warning.
    """
    if not facts.exists:
        return failed(f"there is no log group {facts.name}")
    if facts.retention_days is None:
        return warned("lines are kept for ever, at a cost; `log_retention_days` sets it", SET_RETENTION)
    return passed(plural(facts.retention_days, "day"))

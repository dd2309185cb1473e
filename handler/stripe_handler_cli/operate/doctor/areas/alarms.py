"""The alarms: all there, on metrics that something makes, each tells the topic, and somebody listens."""

import json
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.policies import Admission, PolicyFacts, judge_policy, parse_policy
from stripe_handler_cli.operate.doctor.site import Site, found_or_none, listed, livemode_of
from stripe_subscription_handler.operations.names import COUNT_PARKED_REQUEST

ENABLE_ACTIONS = "aws cloudwatch enable-alarm-actions --alarm-names {alarm_name}"
SEE_ALARM = "aws cloudwatch describe-alarms --alarm-names {alarm_name}"
LIST_SUBSCRIPTIONS = "aws sns list-subscriptions-by-topic --topic-arn {alarm_topic_arn}"
SUBSCRIBE = "# name alarm_email_addresses in {settings}, then\n" + APPLY
ASK_FOR_SILENCE = "# name alarm_silence_hours in {settings}, then\n" + APPLY
ENABLE_COUNT = "aws events enable-rule --name {parked_count_rule_name}"
SILENCE_ALARMS = frozenset({"silence", "bridge_silence"})
"""Keys of the alarms that ring when no event comes."""
_ALARMS_AT_ONCE = 100


@attrs.frozen
class Alarm:
    """An alarm as it is."""

    name: str
    state: str  # `OK`, `ALARM` or `INSUFFICIENT_DATA`
    are_actions_enabled: bool
    tells: tuple[str, ...]  # ARNs
    metrics: tuple[tuple[str, str], ...] = ()  # namespace and name of each it watches
    section: str = ""  # of the runbook


@attrs.frozen
class AlarmsFacts:
    """The alarms."""

    wanted: tuple[str, ...]  # names
    found: tuple[Alarm, ...]
    topic_arn: str


def look_at_alarms(site: Site) -> AlarmsFacts:
    names = site.stack.outputs.get("alarm_names")
    if not isinstance(names, dict):
        raise CliError("the stack has no output 'alarm_names'")
    wanted, sections = tuple(names.values()), {name: key for key, name in names.items()}
    found: list[Any] = []
    for start in range(0, len(wanted), _ALARMS_AT_ONCE):
        some = list(wanted[start : start + _ALARMS_AT_ONCE])
        found += site.client("cloudwatch").describe_alarms(AlarmNames=some)["MetricAlarms"]
    alarms = tuple(
        Alarm(
            name=one["AlarmName"],
            state=one["StateValue"],
            are_actions_enabled=one["ActionsEnabled"],
            tells=tuple(one.get("AlarmActions", ())),
            metrics=tuple(map(_named, _metrics_of(one))),
            section=sections[one["AlarmName"]],
        )
        for one in found
    )
    return AlarmsFacts(wanted, alarms, site.output("alarm_topic_arn"))


def _metrics_of(alarm: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The one metric of an alarm, or those that its expression is made of."""
    queries = alarm.get("Metrics")
    if not queries:
        return [alarm]
    return [query["MetricStat"]["Metric"] for query in queries if query.get("MetricStat")]


def _named(metric: Mapping[str, Any]) -> tuple[str, str]:
    return metric.get("Namespace", ""), metric.get("MetricName", "")


@check(Area.ALARMS, look_at_alarms, APPLY, ENABLE_ACTIONS)
def alarms(facts: AlarmsFacts) -> Finding:
    """Alarms in place.

    An alarm that is gone, or tells nobody, is a loss nobody hears of.

    Every alarm of Terraform's output `alarm_names` exists, has its actions enabled, and tells the topic.
    """
    there = {alarm.name for alarm in facts.found}
    missing = sorted(set(facts.wanted) - there)
    if missing:
        return failed(f"{len(missing)} of {len(facts.wanted)} missing: {', '.join(missing)}")
    mute = [alarm.name for alarm in facts.found if not alarm.are_actions_enabled]
    if mute:
        return failed(f"actions disabled: {', '.join(mute)}", ENABLE_ACTIONS, alarm_name=mute[0])
    astray = [alarm.name for alarm in facts.found if facts.topic_arn not in alarm.tells]
    if astray:
        return failed(f"do not tell the topic: {', '.join(astray)}")
    return passed(f"{plural(len(facts.found), 'alarm')}, each tells the topic")


@check(Area.ALARMS, look_at_alarms, SEE_ALARM)
def alarms_quiet(facts: AlarmsFacts) -> Finding:
    """No alarm ringing.

    Something is wrong just now; the alarm's description says what, and what to do.

    An alarm in the state ALARM is a warning, which names its section of docs/runbook.md.
    """
    ringing = [alarm for alarm in facts.found if alarm.state == "ALARM"]
    if ringing:
        told = ", ".join(f"{alarm.name} (docs/runbook.md#{alarm.section})" for alarm in ringing)
        return warned(f"in ALARM: {told}", SEE_ALARM, alarm_name=ringing[0].name)
    return passed("none is in ALARM")


@attrs.frozen
class SilenceFacts:
    """The alarms on no event."""

    found: tuple[str, ...]  # names
    livemode: str


def look_at_silence(site: Site) -> SilenceFacts:
    found = (alarm.name for alarm in site.see(look_at_alarms).found if alarm.section in SILENCE_ALARMS)
    return SilenceFacts(tuple(found), livemode_of(site))


@check(Area.ALARMS, look_at_silence, ASK_FOR_SILENCE)
def alarm_on_silence(facts: SilenceFacts) -> Finding:
    """Silence is told.

    What stops events before the rule matches them (a destination that was disabled, an event source that is
    gone, a rule that somebody disabled) rings no other alarm.

    There is an alarm on silence (`alarm_silence_hours`). None is a warning, but where `LIVEMODE` is test:
    nothing happens there by itself.
    """
    if facts.found:
        return passed(f"by {', '.join(facts.found)}")
    if facts.livemode == "test":
        return passed("does not apply: nothing happens by itself in a sandbox (LIVEMODE test)")
    return warned("no alarm rings when no event comes any more", ASK_FOR_SILENCE)


@attrs.frozen
class LogMetricsFacts:
    """Metrics made of the function's log."""

    watched: frozenset[str]  # by alarms
    made: frozenset[str]  # by metric filters


def look_at_log_metrics(site: Site) -> LogMetricsFacts:
    """DescribeMetricFilters of the log groups, beside what the alarms watch."""
    namespace = site.output("metric_namespace")
    # Drift check and webhook bridge are optional, and have logs of their own.
    optional = ("drift_check_log_group_name", "webhook_bridge_log_group_name")
    groups = [site.output("log_group_name"), *map(site.stack.outputs.get, optional)]
    logs = site.client("logs")
    made = {
        made["metricName"]
        for group in groups
        if group
        for one in listed(logs, "describe_metric_filters", "metricFilters", logGroupName=group)
        for made in one["metricTransformations"]
        if made["metricNamespace"] == namespace
    }
    alarms = site.see(look_at_alarms).found
    watched = {name for alarm in alarms for place, name in alarm.metrics if place == namespace}
    return LogMetricsFacts(frozenset(watched), frozenset(made))


@check(Area.ALARMS, look_at_log_metrics)
def log_metrics(facts: LogMetricsFacts) -> Finding:
    """Metrics of the log.

    An alarm on a metric that nothing makes is quiet for ever.

    Each metric of the stack's own namespace that an alarm watches has a metric filter on the log group,
    or on that of the drift check or the webhook bridge.
    """
    missing = sorted(facts.watched - facts.made)
    if missing:
        return failed(f"no metric filter makes {', '.join(missing)}: its alarm cannot ring")
    return passed(
        f"made of the log: {plural(len(facts.made), 'metric')}, {len(facts.watched)} of them with alarms"
    )


@attrs.frozen
class HourlyCountFacts:
    """The rule that has the function count parked events."""

    name: str
    state: str | None  # AWS's word; None where there is no such rule
    inputs: tuple[object, ...]  # what it sends to each target that is the function


def look_at_hourly_count(site: Site) -> HourlyCountFacts:
    name = site.output("parked_count_rule_name")
    events = site.client("events")
    found = found_or_none(events.describe_rule, Name=name)
    if found is None:
        return HourlyCountFacts(name, None, ())
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    invoked = site.stack.invoked_arn
    inputs = [json.loads(target.get("Input", "null")) for target in targets if target["Arn"] == invoked]
    return HourlyCountFacts(name, found["State"], tuple(inputs))


@check(Area.ALARMS, look_at_hourly_count, APPLY, ENABLE_COUNT)
def parked_count(facts: HourlyCountFacts) -> Finding:
    """Hourly count.

    The alarm on parked events that expire rests on it.

    The rule that has the function count parked events is enabled and leads to the function.
    """
    if facts.state is None:
        return failed(f"there is no rule {facts.name}")
    if not facts.state.startswith("ENABLED"):
        found = f"{facts.name} is {facts.state}: nobody is told that parked events expire"
        return failed(found, ENABLE_COUNT)
    if COUNT_PARKED_REQUEST not in facts.inputs:
        return failed(f"{facts.name} does not ask the function to count")
    return passed(f"{facts.name} asks the function to count")


def look_at_topic(site: Site) -> dict[str, str] | None:
    """GetTopicAttributes; None where there is no such topic."""
    arn = site.output("alarm_topic_arn")
    found = found_or_none(site.client("sns").get_topic_attributes, TopicArn=arn)
    return None if found is None else dict(found["Attributes"])


def look_at_topic_policy(site: Site) -> PolicyFacts:
    found = site.see(look_at_topic)
    account = Arn.parse(site.output("alarm_topic_arn")).account
    alarms = Admission("cloudwatch.amazonaws.com", "sns:Publish", "aws:SourceAccount", account)
    return PolicyFacts("topic", None if found is None else parse_policy(found.get("Policy")), (alarms,))


@check(Area.ALARMS, look_at_topic_policy)
def alarm_topic_policy(facts: PolicyFacts) -> Finding:
    """Topic's policy.

    Without it CloudWatch cannot tell anyone; with a wider one others can raise false alarms.

    The topic's policy lets CloudWatch publish for this account, and lets nobody else.
    """
    return judge_policy(facts)


@attrs.frozen
class SubscriberFacts:
    """Who listens to the topic."""

    confirmed: int
    pending: int
    livemode: str


def look_at_subscribers(site: Site) -> SubscriberFacts:
    """The topic's own count: the list of subscriptions shows addresses, which are nobody's business here."""
    found = site.see(look_at_topic) or {}
    confirmed, pending = (int(found.get(f"Subscriptions{kind}", 0)) for kind in ("Confirmed", "Pending"))
    return SubscriberFacts(confirmed, pending, livemode_of(site))


@check(Area.ALARMS, look_at_subscribers, LIST_SUBSCRIPTIONS, SUBSCRIBE)
def alarm_subscribers(facts: SubscriberFacts) -> Finding:
    """Somebody is told.

    AWS asks each address to confirm; until it does, its alarms go nowhere.

    The topic has a confirmed subscription. Only pending ones are a warning; none at all fails where
    `LIVEMODE` is live, and is a warning elsewhere.
    """
    if facts.confirmed:
        waiting = f"; {facts.pending} not confirmed yet" if facts.pending else ""
        return passed(f"{facts.confirmed} confirmed{waiting}")
    if facts.pending:
        return warned(
            f"{facts.pending} pending, none confirmed: follow the link in AWS's mail within 3 days, or "
            "subscribe anew",
            LIST_SUBSCRIPTIONS,
        )
    if facts.livemode == "live":
        return failed("nobody: alarms ring unheard, and the environment is live", SUBSCRIBE)
    return warned("nobody: alarms ring unheard", SUBSCRIBE)

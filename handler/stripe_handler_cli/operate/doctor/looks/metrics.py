"""Asks CloudWatch for alarms and metrics, and SNS for who is told."""

import datetime as dt
from typing import Any

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.areas.access import PolicyFacts
from stripe_handler_cli.operate.doctor.areas.alarms import (
    Alarm,
    AlarmsFacts,
    LogMetricsFacts,
    SubscriberFacts,
)
from stripe_handler_cli.operate.doctor.areas.traffic import TrafficFacts
from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.looks.functions import livemode_of
from stripe_handler_cli.operate.doctor.policies import Admission, parse_policy
from stripe_handler_cli.operate.doctor.site import Site, found_or_none

_ALARMS_AT_ONCE = 100
_AGE_WINDOW = dt.timedelta(minutes=15)
_HOUR_SECONDS = 3600


def look_at_alarms(site: Site) -> AlarmsFacts:
    """DescribeAlarms, for the names of Terraform's output."""
    names = site.stack.outputs.get("alarm_names")
    if not isinstance(names, dict):
        raise CliError("the stack has no output 'alarm_names'")
    wanted = tuple(names.values())
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
            metric=(one.get("Namespace", ""), one.get("MetricName", "")),
        )
        for one in found
    )
    return AlarmsFacts(wanted, alarms, site.output("alarm_topic_arn"))


def look_at_log_metrics(site: Site) -> LogMetricsFacts:
    """DescribeMetricFilters of the log groups, beside what the alarms watch."""
    namespace = site.output("metric_namespace")
    # The drift check is optional, and has a log of its own.
    groups = [site.output("log_group_name"), site.stack.outputs.get("drift_check_log_group_name")]
    paginator = site.client("logs").get_paginator("describe_metric_filters")
    pages = (page for group in groups if group for page in paginator.paginate(logGroupName=group))
    made = {
        made["metricName"]
        for page in pages
        for one in page["metricFilters"]
        for made in one["metricTransformations"]
        if made["metricNamespace"] == namespace
    }
    alarms = site.see(look_at_alarms).found
    watched = {alarm.metric[1] for alarm in alarms if alarm.metric[0] == namespace}
    return LogMetricsFacts(frozenset(watched), frozenset(made))


def look_at_topic(site: Site) -> dict[str, str] | None:
    """GetTopicAttributes; None where there is no such topic."""
    arn = site.output("alarm_topic_arn")
    found = found_or_none(site.client("sns").get_topic_attributes, TopicArn=arn)
    return None if found is None else dict(found["Attributes"])


def look_at_subscribers(site: Site) -> SubscriberFacts:
    """The topic's own count: the list of subscriptions shows addresses, which are nobody's business here."""
    found = site.see(look_at_topic) or {}
    confirmed, pending = (int(found.get(f"Subscriptions{kind}", 0)) for kind in ("Confirmed", "Pending"))
    return SubscriberFacts(confirmed, pending, livemode_of(site))


def look_at_topic_policy(site: Site) -> PolicyFacts:
    """CloudWatch, for this account."""
    found = site.see(look_at_topic)
    account = Arn.parse(site.output("alarm_topic_arn")).account
    alarms = Admission("cloudwatch.amazonaws.com", "sns:Publish", "aws:SourceAccount", account)
    return PolicyFacts("topic", None if found is None else parse_policy(found.get("Policy")), (alarms,))


def look_at_traffic(site: Site) -> TrafficFacts:
    """GetMetricStatistics: the rule's invocations, and the event source's events of any type."""
    source = site.stack.partner_event_source
    rule = {"EventBusName": site.output("event_bus_name"), "RuleName": site.output("rule_name")}
    return TrafficFacts(
        hours=site.recent_hours,
        from_stripe=_recent_sum(site, "Events", EventSourceName=source) if source else None,
        invocations=_recent_sum(site, "Invocations", **rule),
    )


def latest_maximum(site: Site, namespace: str, name: str, **dimensions: str) -> float | None:
    """The newest value of the last minutes; None where CloudWatch has none."""
    points = _points(site, namespace, name, "Maximum", (_AGE_WINDOW, 60), dimensions)
    newest = max(points, key=lambda point: point["Timestamp"], default=None)
    return None if newest is None else float(newest["Maximum"])


def _recent_sum(site: Site, name: str, **dimensions: str) -> int:
    window = dt.timedelta(hours=site.recent_hours), _HOUR_SECONDS
    return int(sum(point["Sum"] for point in _points(site, "AWS/Events", name, "Sum", window, dimensions)))


def _points(
    site: Site,
    namespace: str,
    name: str,
    statistic: str,
    window: tuple[dt.timedelta, int],
    dimensions: dict[str, str],
) -> list[Any]:
    span, period_seconds = window
    answer = site.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=site.now - span,
        EndTime=site.now + dt.timedelta(minutes=1),
        Period=period_seconds,
        Statistics=[statistic],
    )
    return list(answer["Datapoints"])

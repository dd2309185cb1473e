"""DescribeAlarms in the query protocol, complete.

AWS rule: the response holds every member of an alarm. Terraform's provider 5 reads it in the query
protocol; stock MiniStack leaves out period, statistic, dimensions, actions, missing data, expressions and
more there, so every second plan shows changes.
"""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import cloudwatch

from .alarm_queries import queries_xml
from .replacing import replaces

_TEXTS = (
    "AlarmName",
    "AlarmArn",
    "AlarmDescription",
    "AlarmConfigurationUpdatedTimestamp",
    "StateValue",
    "StateReason",
    "StateUpdatedTimestamp",
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "Unit",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
)
_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")
_FILTERS = ("AlarmNamePrefix", "StateValue", "MaxRecords", "NextToken")
# MiniStack's last two arguments: whether the request came as CBOR, and as JSON.
_JSON_PROTOCOL = (False, True)


@replaces(cloudwatch, "_describe_alarms")
def describe_alarms(stock: Any, params: dict[str, Any], body: dict[str, Any], *protocol: bool) -> Any:
    """The stock answer, with each metric alarm written out in full."""
    stock_answer = stock(params, body, *protocol)
    is_composite = "CompositeAlarm" in _members(params, "AlarmTypes")
    if any(protocol) or stock_answer[0] != HTTPStatus.OK or is_composite:
        return stock_answer
    # The JSON answer to the same request has everything, pages and filters included.
    request = {name: cloudwatch._p(params, name) for name in _FILTERS}
    request["AlarmNames"] = _members(params, "AlarmNames")
    page = json.loads(stock({}, request, *_JSON_PROTOCOL)[2])
    alarms = _list("MetricAlarms", map(_alarm_xml, page["MetricAlarms"]))
    token = _element("NextToken", page["NextToken"]) if page.get("NextToken") else ""
    result = f"<DescribeAlarmsResult>{alarms}{token}</DescribeAlarmsResult>"
    return cloudwatch._xml(200, "DescribeAlarmsResponse", result)


def _members(params: dict[str, Any], name: str) -> list[str]:
    return [cloudwatch._p(params, key) for key in params if key.startswith(f"{name}.member.")]


def _alarm_xml(alarm: dict[str, Any]) -> str:
    # An alarm has either statistic; MiniStack fills in an average beside a percentile.
    alarm = {**alarm, "Statistic": None} if alarm.get("ExtendedStatistic") else alarm
    parts = [_element(name, _text(name, alarm[name])) for name in _TEXTS if alarm.get(name) not in (None, "")]
    parts.append(_element("ActionsEnabled", "true" if alarm.get("ActionsEnabled", True) else "false"))
    parts += [_list(name, map(escape, alarm.get(name) or [])) for name in _ACTIONS]
    dimensions = alarm.get("Dimensions") or []
    pairs = (_element("Name", each["Name"]) + _element("Value", each["Value"]) for each in dimensions)
    queries = _list("Metrics", queries_xml(alarm.get("Metrics") or []))
    return "".join([*parts, _list("Dimensions", pairs), queries])


def _text(name: str, value: Any) -> str:
    return str(cloudwatch._ts_iso(value)) if name.endswith("Timestamp") else str(value)


def _list(name: str, members: Iterable[str]) -> str:
    return f"<{name}>{''.join(f'<member>{member}</member>' for member in members)}</{name}>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"

# ruff: noqa: SLF001 - MiniStack has no public interface for this
"""DescribeAlarms in the query protocol, complete.

AWS rule: the response holds every member of an alarm. Terraform's provider 5 reads it in the query
protocol; stock MiniStack leaves out period, statistic, dimensions, actions, missing data and more there,
so every second plan shows changes.
"""

import json
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import cloudwatch

from .answers import Response

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
#: MiniStack's last two arguments: whether the request came as CBOR, and as JSON.
_JSON_PROTOCOL = (False, True)

_stock_describe_alarms = cloudwatch._describe_alarms


def install() -> None:
    """Replace MiniStack's function by ours."""
    cloudwatch._describe_alarms = describe_alarms


def describe_alarms(params: dict[str, Any], body: dict[str, Any], *protocol: bool) -> Response:
    """DescribeAlarms: the stock answer, with each metric alarm written out in full."""
    stock_answer: Response = _stock_describe_alarms(params, body, *protocol)
    if any(protocol) or stock_answer[0] != HTTPStatus.OK or _asks_for_composite_alarms(params):
        return stock_answer
    # The JSON answer to the same request has everything, pages and filters included.
    request = {name: cloudwatch._p(params, name) for name in _FILTERS}
    names = [cloudwatch._p(params, key) for key in params if key.startswith("AlarmNames.member.")]
    _, _, content = _stock_describe_alarms({}, {**request, "AlarmNames": names}, *_JSON_PROTOCOL)
    page = json.loads(content)
    members = "".join(f"<member>{alarm_xml(alarm)}</member>" for alarm in page["MetricAlarms"])
    token = f"<NextToken>{escape(page['NextToken'])}</NextToken>" if page.get("NextToken") else ""
    result = f"<DescribeAlarmsResult><MetricAlarms>{members}</MetricAlarms>{token}</DescribeAlarmsResult>"
    response: Response = cloudwatch._xml(200, "DescribeAlarmsResponse", result)
    return response


def _asks_for_composite_alarms(params: dict[str, Any]) -> bool:
    types = [cloudwatch._p(params, key) for key in params if key.startswith("AlarmTypes.member.")]
    return "CompositeAlarm" in types


def alarm_xml(alarm: dict[str, Any]) -> str:
    """The members of one metric alarm."""
    parts = [_element(name, _text(name, alarm[name])) for name in _TEXTS if alarm.get(name) not in (None, "")]
    if alarm.get("ExtendedStatistic"):
        # An alarm has either; MiniStack fills in an average beside a percentile.
        parts = [part for part in parts if not part.startswith("<Statistic>")]
    parts.append(_element("ActionsEnabled", "true" if alarm.get("ActionsEnabled", True) else "false"))
    for name in _ACTIONS:
        parts.append(f"<{name}>{''.join(_element('member', arn) for arn in alarm.get(name) or [])}</{name}>")
    dimensions = (
        f"<member>{_element('Name', each['Name'])}{_element('Value', each['Value'])}</member>"
        for each in alarm.get("Dimensions") or []
    )
    parts.append(f"<Dimensions>{''.join(dimensions)}</Dimensions>")
    return "".join(parts)


def _text(name: str, value: Any) -> str:
    return str(cloudwatch._ts_iso(value)) if name.endswith("Timestamp") else str(value)


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"

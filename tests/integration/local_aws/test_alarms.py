"""Alarms: their description, their states, their notifications, metric math, and the metrics of queues."""

import datetime as dt
import json
import urllib.parse
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud

pytestmark = pytest.mark.embedded


def _alarm(cloud: Cloud, **settings: Any) -> str:
    name = cloud.name()
    defaults = {
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    cloud.client("cloudwatch").put_metric_alarm(AlarmName=name, **defaults | settings)
    return name


def _state(cloud: Cloud, name: str) -> str:
    (alarm,) = cloud.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarm["StateValue"])


def _query_protocol(cloud: Cloud, **parameters: str) -> str:
    """CloudWatch's query protocol, which Terraform's provider 5 speaks and current boto3 does not."""
    request = urllib.request.Request(  # noqa: S310 - the emulator on the loopback
        cloud.endpoint_url,
        data=urllib.parse.urlencode({"Version": "2010-08-01", **parameters}).encode(),
        headers={
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/monitoring/aws4_request",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    with urllib.request.urlopen(request) as response:  # noqa: S310 - the emulator on the loopback
        return str(response.read().decode())


def _described(cloud: Cloud) -> str:
    name = _alarm(
        cloud,
        Namespace="AWS/Lambda",
        MetricName="Duration",
        Dimensions=[{"Name": "FunctionName", "Value": "a<b"}],
        AlarmActions=["arn:aws:sns:us-east-1:000000000000:topic"],
        AlarmDescription="slow & steady",
    )
    return _query_protocol(cloud, Action="DescribeAlarms", **{"AlarmNames.member.1": name})


def test_the_description_in_the_query_protocol_is_complete(emulator: Cloud) -> None:
    """Everything Terraform compares is in it, escaped."""
    text = _described(emulator)
    for part in (
        "<Period>60</Period>",
        "<Statistic>Sum</Statistic>",
        "<TreatMissingData>notBreaching</TreatMissingData>",
        "<Dimensions><member><Name>FunctionName</Name><Value>a&lt;b</Value></member></Dimensions>",
        "<AlarmActions><member>arn:aws:sns:us-east-1:000000000000:topic</member></AlarmActions>",
        "<AlarmDescription>slow &amp; steady</AlarmDescription>",
        "<ActionsEnabled>true</ActionsEnabled>",
    ):
        assert part in text


def test_an_alarm_of_a_percentile_has_no_statistic(emulator: Cloud) -> None:
    """An alarm has a statistic or an extended one."""
    name = emulator.name()
    parameters = {
        "AlarmName": name,
        "Namespace": "AWS/Lambda",
        "MetricName": "Duration",
        "ExtendedStatistic": "p99",
        "Period": "60",
        "EvaluationPeriods": "1",
        "Threshold": "1",
        "ComparisonOperator": "GreaterThanThreshold",
    }
    _query_protocol(emulator, Action="PutMetricAlarm", **parameters)
    text = _query_protocol(emulator, Action="DescribeAlarms", **{"AlarmNames.member.1": name})
    assert "<ExtendedStatistic>p99</ExtendedStatistic>" in text
    assert "<Statistic>" not in text


def test_messages_in_a_queue_raise_an_alarm_that_reaches_the_topics_subscriber(emulator: Cloud) -> None:
    """Queue metrics are recorded, alarms are evaluated without a new metric, and recover as well."""
    topic_arn, notifications_url = emulator.topic_in_queue()
    queue_url, queue_arn = emulator.queue()
    alarm_name = _alarm(
        emulator,
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Statistic="Maximum",
        Dimensions=[{"Name": "QueueName", "Value": queue_arn.rsplit(":", 1)[-1]}],
        AlarmActions=[topic_arn],
    )
    assert emulator.until(lambda: _state(emulator, alarm_name) == "OK")
    emulator.client("sqs").send_message(QueueUrl=queue_url, MessageBody="failed event")
    (message,) = emulator.messages(notifications_url, wait_seconds=20)
    notification = json.loads(json.loads(message["Body"])["Message"])
    assert (notification["AlarmName"], notification["NewStateValue"]) == (alarm_name, "ALARM")
    emulator.client("sqs").purge_queue(QueueUrl=queue_url)
    assert emulator.until(lambda: _state(emulator, alarm_name) == "OK")


def test_an_alarm_watches_its_own_dimensions_only(emulator: Cloud) -> None:
    """One environment's failures leave another environment's alarm alone."""
    quiet, loud = (
        _alarm(
            emulator,
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[{"Name": "FunctionName", "Value": function_name}],
        )
        for function_name in ("alarms-quiet", "alarms-loud")
    )
    emulator.client("cloudwatch").put_metric_data(
        Namespace="AWS/Lambda",
        MetricData=[
            {
                "MetricName": "Errors",
                "Value": 1,
                "Dimensions": [{"Name": "FunctionName", "Value": "alarms-loud"}],
            }
        ],
    )
    assert emulator.until(lambda: _state(emulator, loud) == "ALARM")
    assert _state(emulator, quiet) == "OK"


@pytest.mark.parametrize(
    ("treat_missing", "state"),
    [("missing", "INSUFFICIENT_DATA"), ("notBreaching", "OK"), ("breaching", "ALARM")],
)
def test_missing_data_is_treated_as_configured(emulator: Cloud, treat_missing: str, state: str) -> None:
    """An alarm on a metric nobody publishes."""
    name = _alarm(emulator, Namespace="Nobody", MetricName="Silence", TreatMissingData=treat_missing)
    assert emulator.until(lambda: _state(emulator, name) == state)


def _put(cloud: Cloud, metric: str) -> None:
    cloud.client("cloudwatch").put_metric_data(
        Namespace="Rare", MetricData=[{"MetricName": metric, "Value": 1, "Unit": "Count"}]
    )


def test_a_filled_alarm_ends_with_its_period_another_with_the_range_that_is_looked_at(
    emulator: Cloud,
) -> None:
    """One failure each, and then nothing: without `FILL` the last value holds for three periods more."""
    metric = emulator.name()
    measured = {
        "Metric": {"Namespace": "Rare", "MetricName": metric, "Dimensions": []},
        "Period": 60,
        "Stat": "Sum",
    }
    defaults: Any = {
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    filled = emulator.name()
    cloudwatch = emulator.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=filled,
        Metrics=[
            {"Id": "filled", "Expression": "FILL(m1, 0)", "ReturnData": True},
            {"Id": "m1", "MetricStat": measured, "ReturnData": False},
        ],
        **defaults,
    )
    plain = _alarm(emulator, Namespace="Rare", MetricName=metric)
    _put(emulator, metric)
    assert emulator.until(lambda: {_state(emulator, name) for name in (filled, plain)} == {"ALARM"})
    assert emulator.until(lambda: _state(emulator, filled) == "OK")
    assert _state(emulator, plain) == "ALARM"
    assert emulator.until(lambda: _state(emulator, plain) == "OK")
    (described,) = cloudwatch.describe_alarms(AlarmNames=[filled])["MetricAlarms"]
    assert [query["Id"] for query in described["Metrics"]] == ["filled", "m1"]
    assert "MetricName" not in described
    assert "<Expression>FILL(m1, 0)</Expression>" in _query_protocol(
        emulator, Action="DescribeAlarms", **{"AlarmNames.member.1": filled}
    )


def test_an_expression_that_is_not_modelled_is_refused(emulator: Cloud) -> None:
    """When it is put, in both protocols' words."""
    with pytest.raises(ClientError, match="not modelled by local AWS"):
        emulator.client("cloudwatch").put_metric_alarm(
            AlarmName=emulator.name(),
            Metrics=[{"Id": "all", "Expression": "SUM(METRICS())"}],
            EvaluationPeriods=1,
            Threshold=0.0,
            ComparisonOperator="GreaterThanThreshold",
        )


def _ages(cloud: Cloud, queue_arn: str) -> list[float]:
    now = dt.datetime.now(dt.UTC)
    points: Any = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": queue_arn.rsplit(":", 1)[-1]}],
        StartTime=now - dt.timedelta(minutes=5),
        EndTime=now + dt.timedelta(minutes=1),
        Period=1,
        Statistics=["Maximum"],
    )["Datapoints"]
    return [point["Maximum"] for point in sorted(points, key=lambda point: point["Timestamp"])]


def test_the_age_of_a_message_received_three_times_is_not_counted(emulator: Cloud) -> None:
    """It goes to the back of the queue, and its age is published no more: that of the next one is."""
    queue_url, queue_arn = emulator.queue()
    sqs = emulator.client("sqs")
    sqs.send_message(QueueUrl=queue_url, MessageBody="first")
    assert emulator.until(lambda: max(_ages(emulator, queue_arn), default=0) >= 2)
    sqs.send_message(QueueUrl=queue_url, MessageBody="second")
    taken = [
        sqs.receive_message(QueueUrl=queue_url, VisibilityTimeout=0)["Messages"][0]["Body"] for _ in range(4)
    ]
    assert taken == ["first", "first", "first", "second"]
    assert emulator.until(lambda: _ages(emulator, queue_arn)[-1] < 2)
    assert len(sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)["Messages"]) == 2


def _errors_of_another_function(cloud: Cloud, *, patience_seconds: float) -> str:
    suffix = cloud.name()
    watched, other = f"watched-{suffix}", f"other-{suffix}"
    cloud.client("cloudwatch").put_metric_data(
        Namespace=suffix,
        MetricData=[
            {"MetricName": "Errors", "Value": 1, "Dimensions": [{"Name": "FunctionName", "Value": other}]}
        ],
    )
    name = _alarm(
        cloud,
        Namespace=suffix,
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": watched}],
    )
    cloud.until(lambda: _state(cloud, name) == "ALARM", patience_seconds=patience_seconds)
    return _state(cloud, name)


def test_stock_ministack_still_mixes_dimensions(stock: Cloud) -> None:
    """When this fails, see whether `alarms` is still needed."""
    assert _errors_of_another_function(stock, patience_seconds=2) == "ALARM"


def test_stock_ministack_still_describes_alarms_incompletely(stock: Cloud) -> None:
    """When this fails, see whether `alarm_description` is still needed."""
    assert "<Period>" not in _described(stock)


def test_stock_ministack_still_has_no_queue_metrics(stock: Cloud) -> None:
    """When this fails, see whether `queue_metrics` is still needed."""
    stock.queue()
    assert stock.client("cloudwatch").list_metrics(Namespace="AWS/SQS")["Metrics"] == []

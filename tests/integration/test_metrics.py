"""What the handler logs becomes metrics: its real lines, through the real filters, on the dashboard."""

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.operations.names import COUNT_PARKED_REQUEST
from support.function_urls import post, request, send_webhook
from support.lives import Life
from support.webhooks import signed

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def traffic(endpoint: Endpoint, stack: "Stack") -> Life:
    """A life with each kind of decision: parked, applied later, written, skipped, failed; and a count."""
    life, pipeline = Life("metrics"), stack.pipeline
    before = json.loads(_count(endpoint, stack)["Payload"].read())
    steps = [
        (life.created(user=None), 1),
        (life.updated("label", 5, {"metadata": {"userId": None}}), 1),
        (life.created(user=None), 2),
        (life.updated("malformed", 9, status=None), 3),
        (Life("metrics_waits").created(user=None), 1),
    ]
    for event, deliveries in steps:
        pipeline.put(event)
        pipeline.follow(event["id"], deliveries)
    queue_url = stack.outputs["failure_queue_url"]
    message = pipeline.receive(queue_url)
    endpoint.queues.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    # The index follows the table in its own time.
    wait_for(
        lambda: json.loads(_count(endpoint, stack)["Payload"].read())["parked"] > before["parked"] or None,
        "the parked event is counted",
        30,
    )
    return life


def _count(endpoint: Endpoint, stack: "Stack") -> Any:
    payload = json.dumps(COUNT_PARKED_REQUEST).encode()
    return endpoint.functions.invoke(FunctionName=stack.outputs["function_name"], Payload=payload)


def _statistic(
    endpoint: Endpoint, stack: "Stack", name: str, statistic: str = "Sum", **dimensions: str
) -> float | None:
    now = dt.datetime.now(dt.UTC)
    points: Any = endpoint.client("cloudwatch").get_metric_statistics(
        Namespace=stack.outputs["metric_namespace"],
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - dt.timedelta(hours=1),
        EndTime=now + dt.timedelta(minutes=1),
        Period=7200,
        Statistics=[statistic],
    )["Datapoints"]
    return max((point[statistic] for point in points), default=None)


@pytest.mark.usefixtures("traffic")
@pytest.mark.parametrize(
    ("name", "dimensions", "at_least"),
    [
        ("EventsDecided", {"Decision": "write"}, 1),
        ("EventsDecided", {"Decision": "skip"}, 3),
        ("EventsDecided", {"Decision": "error"}, 3),
        ("EventErrors", {"ErrorType": "InvalidEventError"}, 3),
        ("EventsParked", {}, 2),
        ("EventsDrained", {}, 1),
        ("Parked", {}, 1),
    ],
)
def test_each_line_counts(
    endpoint: Endpoint, stack: "Stack", name: str, dimensions: dict[str, str], at_least: int
) -> None:
    """Decisions by kind, errors by type, parked, applied later, waiting."""
    assert (_statistic(endpoint, stack, name, **dimensions) or 0) >= at_least


@pytest.mark.usefixtures("traffic")
def test_the_duration_of_a_write_is_measured(endpoint: Endpoint, stack: "Stack") -> None:
    """In whole milliseconds, as the lines say."""
    logged = [line["duration_ms"] for line in stack.pipeline.log_lines() if line["decision"] == "write"]
    assert all(isinstance(duration_ms, int) for duration_ms in logged)
    assert _statistic(endpoint, stack, "WriteDuration", "Maximum") == max(logged)


@pytest.mark.usefixtures("traffic")
def test_nothing_expires_yet(endpoint: Endpoint, stack: "Stack") -> None:
    """What was parked a moment ago has 30 days; the count says 0, it is not silent."""
    assert _statistic(endpoint, stack, "ParkedExpiring", "Minimum") == 0


@pytest.mark.usefixtures("traffic")
def test_the_count_tells_the_age_of_what_waits(endpoint: Endpoint, stack: "Stack") -> None:
    """Of a message that somebody looks at again and again, whom SQS's own metric forgets; and 0 of none."""
    url = stack.outputs["failure_queue_url"]
    endpoint.queues.send_message(QueueUrl=url, MessageBody="{}")
    for _ in range(3):
        endpoint.queues.receive_message(QueueUrl=url, VisibilityTimeout=0)
    wait_for(
        lambda: json.loads(_count(endpoint, stack)["Payload"].read())["failureQueueOldestSeconds"] or None,
        "the message is a second old",
        30,
    )
    endpoint.queues.delete_message(QueueUrl=url, ReceiptHandle=stack.pipeline.receive(url)["ReceiptHandle"])
    assert json.loads(_count(endpoint, stack)["Payload"].read())["failureQueueOldestSeconds"] == 0
    wait_for(
        lambda: (
            (
                (_statistic(endpoint, stack, "FailureQueueAge", "Maximum") or 0) > 0
                and _statistic(endpoint, stack, "FailureQueueAge", "Minimum") == 0
            )
            or None
        ),
        "both counts are data of the metric",
        30,
    )


def test_a_scanners_requests_are_no_refusals_of_stripes(endpoint: Endpoint, stack: "Stack") -> None:
    """All are answered with 4xx; counted is the event that another secret has signed."""
    bridge = stack.outputs["webhook_bridge_function_name"]
    url = endpoint.functions.get_function_url_config(FunctionName=bridge)["FunctionUrl"]
    place, event = endpoint.variables["AWS_ENDPOINT_URL"], Life("metrics_refused").created()
    before = _statistic(endpoint, stack, "BridgeRefusals", "SampleCount") or 0
    for answer in (
        request(place, url, "GET"),
        post(place, url, b"login=admin"),
        post(place, url, json.dumps(event).encode()),
        post(place, url, b"{}", Stripe_Signature=signed(b"{}", "whsec_made_up")),
    ):
        assert answer.status // 100 == 4
    assert send_webhook(endpoint, bridge, event, "whsec_of_another_endpoint") == 400
    wait_for(
        lambda: (_statistic(endpoint, stack, "BridgeRefusals", "SampleCount") or 0) > before or None,
        "the refusal is counted",
        30,
    )
    assert _statistic(endpoint, stack, "BridgeRefusals", "SampleCount") == before + 1


@pytest.mark.usefixtures("traffic")
def test_every_graph_of_ours_has_data(endpoint: Endpoint, stack: "Stack") -> None:
    """The dashboard is there, and names no metric that nobody publishes."""
    cloudwatch = endpoint.client("cloudwatch")
    body: Any = cloudwatch.get_dashboard(DashboardName=stack.outputs["dashboard_name"])["DashboardBody"]
    shown = {
        tuple(part for part in metric if isinstance(part, str))
        for widget in json.loads(body)["widgets"]
        for metric in widget["properties"].get("metrics", [])
        if metric[0] == stack.outputs["metric_namespace"]
    }
    published = {
        (each["Namespace"], each["MetricName"], *(text for d in each["Dimensions"] for text in d.values()))
        for each in cloudwatch.list_metrics(Namespace=stack.outputs["metric_namespace"])["Metrics"]
    }
    assert shown <= published


def test_the_saved_queries_are_there(endpoint: Endpoint, stack: "Stack") -> None:
    """For the function's own log group."""
    found: Any = endpoint.logs.describe_query_definitions()["queryDefinitions"]
    names = {query["name"] for query in found if stack.outputs["log_group_name"] in query["logGroupNames"]}
    assert names == set(stack.outputs["saved_query_names"])

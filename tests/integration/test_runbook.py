"""The runbook, lived through: each alarm's cause, the alarm, the page's commands, the alarm's end.

One incident can raise several alarms, and costs a `terraform apply`, so alarms share incidents; each alarm is
a test of its own. Commands are taken from docs/runbook.md: the first block of each section, then what its
words ask for outside the shell (`repair`), then the other blocks.
"""

import datetime as dt
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.function_log import FunctionLog
from stripe_subscription_handler.dynamodb.sync_table import parked_key
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT
from stripe_subscription_handler.operations.names import COUNT_PARKED_REQUEST
from support import events, on_call_report, runbook
from support.drift_checks import DriftChecks
from support.function_urls import send_webhook
from support.incidents import Incident, Scene, environment_of, set_environment
from support.lives import Life
from support.on_call import Shell
from support.slow_proxy import SlowProxy
from support.stripe_feeding import stripe_feeding
from support.wiping import EMAIL, put_over, shown

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded

SECTIONS = runbook.sections()
SLOW_SECONDS = 2.5
USAGE_ERROR = 2


def _next_second() -> dt.datetime:
    """Wait for it: an event's time is a whole second, and a replay takes events by their time."""
    now = dt.datetime.now(dt.UTC)
    time.sleep(1 - now.microsecond / 1e6)
    return now.replace(microsecond=0) + dt.timedelta(seconds=1)


def _scene(endpoint: Endpoint, stack: "Stack", directory: Path) -> Scene:
    return Scene(endpoint, stack.pipeline, Shell.of(directory, stack.deployment))


@pytest.fixture(scope="module")
def scene(endpoint: Endpoint, stack: "Stack", tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The first workspace."""
    return _scene(endpoint, stack, tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def other_scene(endpoint: Endpoint, other_stack: "Stack", tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The second workspace."""
    return _scene(endpoint, other_stack, tmp_path_factory.mktemp("second"))


OUTAGE = (
    "failure_queue_messages",
    "failure_queue_age",
    "function_errors",
    "function_async_events_dropped",
    "delivery_queue_messages",
    "delivery_queue_age",
    "rule_failed_invocations",
    "rule_invocations_sent_to_dlq",
    "forwarding_failed_invocations",
    "parked_count_failed_invocations",
    "function_destination_delivery_failures",
    "rule_invocations_failed_to_be_sent_to_dlq",
    "bridge_rule_failed_invocations",
    "bridge_rule_invocations_failed_to_be_sent_to_dlq",
    "bridge_errors",
    "bridge_refusals",
    "profile_events_errors",
    "profile_events_iterator_age",
    "profile_events_failure_queue_messages",
)


def count(scene: Scene) -> Mapping[str, Any]:
    """Have the function count what waits, as its schedule does once an hour; what it answers."""
    answer = scene.endpoint.functions.invoke(
        FunctionName=scene.function_name, Payload=json.dumps(COUNT_PARKED_REQUEST).encode()
    )
    told: Mapping[str, Any] = json.loads(answer["Payload"].read())
    return told


def wait_until_old(scene: Scene) -> None:
    """Wait until the oldest message of each queue is older than the thresholds here, by its count."""
    names = ("deliveryQueueOldestSeconds", "failureQueueOldestSeconds")

    def is_old() -> bool | None:
        told = count(scene)
        return all((told[name] or 0) > 1 for name in names) or None

    wait_for(is_old, "dead letters grow old", 30)


MET_THE_OUTAGE = tuple(
    Life(f"outage_{name}") for name in ("failed", "undelivered", "lambda", "rule", "bridge")
)

REFUSED_BY_THE_BRIDGE = Life("outage_refused")
UNTOLD = Life("outage_untold")


def change_by_hand(scene: Scene, life: Life, status: str) -> None:
    """Write to a profile as the app should not."""
    config = scene.pipeline.config
    scene.pipeline.dynamodb.update_item(
        TableName=config.table_name,
        Key=to_wire(config.profile_key(life.user_id)),
        UpdateExpression="SET subscriptionStatus = :status",
        ExpressionAttributeValues=to_wire({":status": status}),
    )


@pytest.fixture(scope="module")
def outage(scene: Scene) -> Incident:
    """A bad deploy, then the rest of the set-up goes, piece by piece; an event meets each state of it."""
    pipeline, outputs = scene.pipeline, scene.outputs
    failed, undelivered, lost_by_lambda, lost_by_rule, lost_by_bridge = MET_THE_OUTAGE
    poison = Life("outage_poison").updated("poison", 1, status=None)

    def cause() -> Mapping[str, str]:
        # The profile events lose their bus, and the app changes a profile: that is given up.
        scene.reconfigure(outputs["profile_events_function_name"], PROFILE_EVENTS_BUS_ARN="")
        change_by_hand(scene, UNTOLD, "canceled")
        scene.reconfigure(DYNAMODB_TABLE_NAME="itest-no-such-table")
        pipeline.put(failed.created(), poison)
        scene.wait_for_messages("failure_queue_url", 2)
        # From here on only the archive has what fails: a record no longer fits into the queue.
        began = _next_second()
        scene.set_queue("failure_queue_url", MaximumMessageSize="1024")
        pipeline.put(lost_by_lambda.created())
        pipeline.follow(lost_by_lambda.event_id("created"), deliveries=3)
        # Now the hand-off: the permissions of all rules, the forwarding bus, at last the queue's policy.
        for statement in ("AllowStripeRule", "AllowBridgeRule", "AllowParkedCount"):
            scene.endpoint.functions.remove_permission(
                FunctionName=scene.function_name, StatementId=statement
            )
        scene.endpoint.events.put_rule(
            Name=outputs["parked_count_rule_name"], ScheduleExpression="rate(1 minute)"
        )
        scene.endpoint.events.delete_event_bus(Name=outputs["forwarding_bus_name"])
        pipeline.put(undelivered.created())
        scene.wait_for_messages("delivery_dead_letter_queue_url", 1)
        nobody = json.dumps({"Version": "2012-10-17", "Statement": []})
        scene.set_queue("delivery_dead_letter_queue_url", Policy=nobody)
        pipeline.put(lost_by_rule.created())
        bridge = outputs["webhook_bridge_function_name"]
        assert send_webhook(scene.endpoint, bridge, lost_by_bridge.created()) == HTTPStatus.OK
        # At last the bridge: Stripe signs with a secret it does not know, and its own one is gone.
        event = REFUSED_BY_THE_BRIDGE.created()
        assert send_webhook(scene.endpoint, bridge, event, "whsec_rolled") == HTTPStatus.BAD_REQUEST
        scene.reconfigure(bridge, WEBHOOK_SECRET_ARN=f"{outputs['function_arn']}:no-such-secret")
        assert send_webhook(scene.endpoint, bridge, event) == HTTPStatus.INTERNAL_SERVER_ERROR
        # Somebody has looked at them three times already, after which SQS's own metric has no age.
        for queue in ("delivery_dead_letter_queue_url", "failure_queue_url"):
            for _ in range(3):
                scene.endpoint.queues.receive_message(
                    QueueUrl=outputs[queue], MaxNumberOfMessages=10, VisibilityTimeout=0
                )
        wait_until_old(scene)
        return {"EVENT_ID": poison["id"], "SINCE": began.isoformat()}

    count(scene)  # so that an age that was counted before rings no alarm now
    return scene.live_through(OUTAGE, cause)


SLOWNESS = ("function_duration", "function_throttles", "function_async_event_age")
MET_SLOWNESS = tuple(Life(f"slowness_{number}") for number in range(3))


@pytest.fixture(scope="module")
def slowness(scene: Scene) -> Incident:
    """DynamoDB answers late, and the function may run only once at a time."""
    with SlowProxy(scene.endpoint.variables["AWS_ENDPOINT_URL"], SLOW_SECONDS) as proxy:

        def cause() -> Mapping[str, str]:
            scene.reconfigure(AWS_ENDPOINT_URL_DYNAMODB=proxy.url)
            scene.endpoint.functions.put_function_concurrency(
                FunctionName=scene.function_name, ReservedConcurrentExecutions=1
            )
            scene.pipeline.put(*(life.created() for life in MET_SLOWNESS))
            return {}

        return scene.live_through(SLOWNESS, cause)


NEEDS_STRIPE = Life("needs_stripe")


@pytest.fixture(scope="module")
def refused_key(other_scene: Scene, stripe: FakeStripe) -> Incident:
    """Somebody rolled the Stripe key without telling; in the end the function has the right one again."""

    def cause() -> Mapping[str, str]:
        stripe.account = objects(NEEDS_STRIPE.subscription())
        stripe.keys = set()
        other_scene.pipeline.put(NEEDS_STRIPE.created(user=None))
        failed = DriftChecks(other_scene.endpoint, other_scene.pipeline).invoke(begin=True)
        assert failed["errorType"] == "StripeUnavailableError"
        other_scene.wait_for_messages("failure_queue_url", 1)
        return {}

    def correct_the_key() -> None:
        stripe.keys = {API_KEY}

    return other_scene.live_through(("stripe_unavailable", "drift_check_errors"), cause, correct_the_key)


PARKED = ("parked_events", "parked_expiring")
NEARLY_EXPIRED = Life("expiring")


@pytest.fixture(scope="module")
def parking(scene: Scene) -> Incident:
    """An unlabelled checkout, 24 days later. The days are made by moving `expiresAt`: nothing else can.

    The function has no Stripe key, but where it would ask is where the commands find Stripe.
    """
    life, pipeline = NEARLY_EXPIRED, scene.pipeline
    tomorrow = int(dt.datetime.now(dt.UTC).timestamp()) + 24 * 3600

    def cause() -> Mapping[str, str]:
        pipeline.put(life.created(user=None))
        pipeline.follow(life.event_id("created"))
        key = parked_key(f"cus_{life.name}", life.event_id("created"))
        pipeline.dynamodb.update_item(
            TableName=scene.outputs["sync_table_name"],
            Key={name: {"S": text} for name, text in key.items()},
            UpdateExpression="SET expiresAt = :tomorrow",
            ExpressionAttributeValues={":tomorrow": {"N": str(tomorrow)}},
        )
        count(scene)
        ids = {"SUBSCRIPTION_ID": f"sub_{life.name}_1", "USER_ID": life.user_id}
        return {**ids, "STRIPE_API_KEY": API_KEY}

    with stripe_feeding(pipeline, life.subscription(user=None, livemode=False)) as stripe:
        before = environment_of(scene.endpoint, scene.function_name)
        scene.reconfigure(STRIPE_API_URL=stripe.url)
        incident = scene.live_through(PARKED, cause)
        # At once: Terraform must find the function as it made it, whatever is looked at next.
        set_environment(scene.endpoint, scene.function_name, before)
    return incident


SILENCE = ("silence", "parked_count_silence", "drift_check_unfinished")
CAME_TO_A_DISABLED_RULE = Life("rule_disabled")


@pytest.fixture(scope="module")
def silence(other_scene: Scene) -> Incident:
    """Somebody disabled the rules, so nothing takes the event that comes; no pass of the drift check ends."""
    outputs, life = other_scene.outputs, CAME_TO_A_DISABLED_RULE

    def cause() -> Mapping[str, str]:
        other_scene.endpoint.events.disable_rule(
            Name=outputs["rule_name"], EventBusName=outputs["event_bus_name"]
        )
        other_scene.endpoint.events.disable_rule(Name=outputs["parked_count_rule_name"])
        began = _next_second()
        other_scene.pipeline.put(life.created())
        return {"SINCE": began.isoformat()}

    def a_pass_ends() -> None:
        assert other_scene.status(life) is None
        DriftChecks(other_scene.endpoint, other_scene.pipeline).whole_pass()

    incident = other_scene.live_through(SILENCE, cause, a_pass_ends)
    # Looked at here, because later incidents empty this stack's tables.
    assert other_scene.status(life) == "active", "the replay finds the event in the archive"
    return incident


CAME_TO_A_DISABLED_BRIDGE_RULE = Life("bridge_rule_disabled")


@pytest.fixture(scope="module")
def bridge_silence(scene: Scene) -> Incident:
    """Somebody disabled the rule of the bridge's bus: it takes Stripe's events, and they lead nowhere."""
    outputs = scene.outputs

    def cause() -> Mapping[str, str]:
        scene.endpoint.events.disable_rule(
            Name=outputs["webhook_bridge_rule_name"], EventBusName=outputs["webhook_bridge_bus_name"]
        )
        began, bridge = _next_second(), outputs["webhook_bridge_function_name"]
        event = CAME_TO_A_DISABLED_BRIDGE_RULE.created()
        assert send_webhook(scene.endpoint, bridge, event) == HTTPStatus.OK
        return {"SINCE": began.isoformat()}

    incident = scene.live_through(("bridge_silence",), cause)
    # The event source brings what the bridge did, so that the doctor's verdict on the bridge is not spoilt.
    scene.pipeline.put(CAME_TO_A_DISABLED_BRIDGE_RULE.created())
    scene.pipeline.follow(CAME_TO_A_DISABLED_BRIDGE_RULE.event_id("created"), deliveries=2)
    return incident


DRIFTED, WIPED = Life("drifted"), Life("put_over")
LOST_BY_STRIPE = {
    "id": "evt_itest_never_generated",
    "object": "v2.core.event",
    "type": GENERATION_FAILURE_EVENT,
    "created": "2026-11-02T10:00:00.000Z",
    "livemode": False,
    "context": None,
}
"""Stripe says that it failed to generate an event, and then shows nothing more of it."""


@attrs.frozen
class Drift:
    """The incident, and what the app's put replaced.

    Attributes:
        incident: What came of it.
        profile: The wiped user's profile before.
        told: The drift check's lines about differences.
    """

    incident: Incident
    profile: Mapping[str, Any]
    told: Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def drifting(other_scene: Scene, stripe: FakeStripe) -> Iterator[Drift]:
    """Stripe never generated an event, and does not say which; and the app's `PutItem` replaced a profile.

    The schedule's passes, seconds apart here, find both and then see them repaired.
    """
    pipeline = other_scene.pipeline
    checks = DriftChecks(other_scene.endpoint, pipeline)
    before: list[str] = []
    profile: dict[str, Any] = {}
    paid = {"status": "paid", "status_transitions": {"paid_at": events.T0 + 2}, "total": 2000}
    bill = WIPED.invoice(livemode=False, **paid)

    def cause() -> Mapping[str, str]:
        checks.empty_tables()
        pipeline.put(WIPED.created(), WIPED.paid("paid", 2, **paid))
        for suffix in ("created", "paid"):
            pipeline.follow(WIPED.event_id(suffix))
        profile.update(pipeline.profile(WIPED.user_id))
        put_over(pipeline, WIPED.user_id)
        subscription = WIPED.subscription(livemode=False, latest_invoice=bill["id"])
        stripe.account = objects(DRIFTED.subscription(livemode=False), subscription, bill)
        checks.set_up(DRIFT_CHECK_INTERVAL_HOURS="0.001")
        before.append(checks.set_schedule("rate(1 minute)"))
        pipeline.put(LOST_BY_STRIPE)
        pipeline.follow(str(LOST_BY_STRIPE["id"]))
        return {"STRIPE_API_KEY": API_KEY}

    told_before = len(checks.log_lines("drift_difference"))
    incident = other_scene.live_through(("drift_found", "generation_failures"), cause)
    yield Drift(incident, profile, checks.log_lines("drift_difference")[told_before:])
    checks.set_schedule(*before)
    checks.set_up(DRIFT_CHECK_INTERVAL_HOURS="1")


@pytest.fixture(scope="module")
def drift(drifting: Drift) -> Incident:
    """The alarm's incident."""
    return drifting.incident


@pytest.fixture(scope="module")
def throttled_rule_by_its_metric(scene: Scene) -> Incident:
    """Nothing on one machine throttles a rule: the metric itself is put, so this shows the alarm alone."""

    def cause() -> Mapping[str, str]:
        dimensions = {
            "EventBusName": scene.outputs["event_bus_name"],
            "RuleName": scene.outputs["rule_name"],
        }
        scene.endpoint.client("cloudwatch").put_metric_data(
            Namespace="AWS/Events",
            MetricData=[
                {
                    "MetricName": "ThrottledRules",
                    "Value": 1,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                }
            ],
        )
        return {}

    return scene.live_through(("rule_throttled",), cause)


INCIDENTS = {
    "bridge_silence": "bridge_silence",
    **dict.fromkeys(SILENCE, "silence"),
    **dict.fromkeys(OUTAGE, "outage"),
    **dict.fromkeys(SLOWNESS, "slowness"),
    **dict.fromkeys(PARKED, "parking"),
    "stripe_unavailable": "refused_key",
    "drift_check_errors": "refused_key",
    "drift_found": "drift",
    "generation_failures": "drift",
    "rule_throttled": "throttled_rule_by_its_metric",
}


def test_every_alarm_has_an_incident() -> None:
    """No section of the page is untested."""
    assert INCIDENTS.keys() == SECTIONS.keys()


@pytest.mark.usefixtures("refused_key")
def test_what_stripe_did_not_tell_is_asked_again(other_scene: Scene) -> None:
    """The redriven event names its user, as Stripe does. Stands first: drift comes over empty tables."""
    assert other_scene.status(NEEDS_STRIPE) == "active"
    assert other_scene.messages("failure_queue_url") == 0


@pytest.mark.parametrize("key", INCIDENTS)
def test_the_alarm_fires_and_the_runbook_ends_it(key: str, request: pytest.FixtureRequest) -> None:
    """Its cause raises it; every command of its section runs, without a stack trace; then it is over."""
    incident: Incident = request.getfixturevalue(INCIDENTS[key])
    assert key in incident.fired
    for line in SECTIONS[key].commands:
        ran = incident.ran[line]
        assert ran.exit_code < USAGE_ERROR, f"{line}\n{ran.output}"
        assert "/stripe_handler_cli/" not in ran.output, "a stack trace of ours"
    assert key in incident.cleared
    on_call_report.write(key, SECTIONS[key], incident)


def test_the_outage_lost_nothing(outage: Incident, scene: Scene, stack: "Stack") -> None:
    """Each event that met it is applied, the one nobody can apply is in a file, and Terraform is content."""
    assert [scene.status(life) for life in MET_THE_OUTAGE] == ["active"] * 5
    assert scene.messages("failure_queue_url") == scene.messages("delivery_dead_letter_queue_url") == 0
    (dropped,) = scene.shell.directory.glob("state/stripe-handler/dropped/dropped-*.jsonl")
    assert "evt_outage_poison_poison" in dropped.read_text(encoding="utf-8")
    assert not stack.deployment.plan().has_changes
    assert outage.cleared == set(OUTAGE)


@pytest.mark.usefixtures("outage")
def test_what_was_not_told_is_told_in_the_end(scene: Scene) -> None:
    """By the page's command: the change is in the log of what was told, and nothing waits in the queue."""
    log = FunctionLog(scene.endpoint.logs, scene.outputs["profile_events_log_group_name"])
    told = [line for line in log.values() if line.get("user_id") == UNTOLD.user_id]
    assert [line["changed"] for line in told] == [["subscriptionStatus"]]
    assert scene.messages("profile_events_failure_queue_url") == 0


@pytest.mark.usefixtures("outage")
def test_what_the_bridge_did_not_take_comes_again(scene: Scene) -> None:
    """Stripe was not told 200 before, so it sends the event once more."""
    life, bridge = REFUSED_BY_THE_BRIDGE, scene.outputs["webhook_bridge_function_name"]
    assert scene.status(life) is None
    assert send_webhook(scene.endpoint, bridge, life.created()) == HTTPStatus.OK
    scene.pipeline.follow(life.event_id("created"))
    assert scene.status(life) == "active"
    # The event source brings what the bridge did, so that the doctor's verdict on the bridge is not spoilt.
    scene.pipeline.put(life.created(), MET_THE_OUTAGE[-1].created())
    for one in (life, MET_THE_OUTAGE[-1]):
        scene.pipeline.follow(one.event_id("created"), deliveries=2)


def test_a_disabled_rule_is_found_by_the_doctor(silence: Incident) -> None:
    """It names the rule; the apply then enables it, and the replay brings what the rule let pass."""
    assert "DISABLED" in silence.ran["stripe-handler doctor"].output


def test_what_the_bridges_disabled_rule_let_pass_is_replayed(bridge_silence: Incident, scene: Scene) -> None:
    """The same, for the bus of the bridge."""
    assert "DISABLED" in bridge_silence.ran["stripe-handler doctor"].output
    assert scene.status(CAME_TO_A_DISABLED_BRIDGE_RULE) == "active"


@pytest.mark.usefixtures("slowness")
def test_slowness_lost_nothing(scene: Scene) -> None:
    """Throttled events waited inside Lambda."""
    for life in MET_SLOWNESS:
        scene.pipeline.follow(life.event_id("created"))
    assert [scene.status(life) for life in MET_SLOWNESS] == ["active"] * 3


def test_the_list_of_parked_events_names_what_to_label(parking: Incident, scene: Scene) -> None:
    """The subscription, and the command; and its label applied everything."""
    listed = parking.ran["stripe-handler parked --expiring"]
    assert listed.exit_code == 1
    assert f"stripe-handler link sub_{NEARLY_EXPIRED.name}_1 USER" in listed.output
    linked = parking.ran['stripe-handler link "$SUBSCRIPTION_ID" "$USER_ID" --wait']
    assert linked.exit_code == 0, linked.output
    assert scene.status(NEARLY_EXPIRED) == "active"


def test_what_drifted_is_repaired(drifting: Drift, other_scene: Scene) -> None:
    """By the page's command: what was lost is there, and what the app's put wiped, payments included.

    The check told of each: the alarm would ring for either.
    """
    assert other_scene.status(DRIFTED) == "active"
    assert {line["user_id"] for line in drifting.told} == {DRIFTED.user_id, WIPED.user_id}
    assert drifting.profile["lastPaymentStatus"] == "succeeded"
    restored = other_scene.pipeline.profile(WIPED.user_id)
    assert (shown(restored), restored["email"]) == (shown(drifting.profile), EMAIL)

"""Ways to break a stack through boto3, as somebody in a hurry would, and which checks must notice."""

import json
import time
from collections.abc import Callable
from typing import Any

import attrs

from stripe_handler_cli.operate.doctor.check import Status
from stripe_subscription_handler.conversation.links import OWNER
from stripe_subscription_handler.decisions.ledger import OTHERS, Held
from stripe_subscription_handler.decisions.registers import Register
from stripe_subscription_handler.dynamodb.sync_table import link_ids, link_key
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.events.selection import PLAIN
from stripe_subscription_handler.events.subscriptions import read_subscription
from support import events
from support.doctor.patient import Patient

APPLY = "TF_WORKSPACE=first terraform -chdir="
FAIL, WARN = Status.FAIL, Status.WARN
MISSING_SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:none"  # noqa: S105 - a name
ACTIVE_SINCE = "0 2026-11-01T00:00:00Z 1"
RESTORED = read_subscription(events.subscription(id="sub_restored", customer="cus_restored"), "object", PLAIN)
ANYONE_SENDS = json.dumps(
    {"Statement": [{"Sid": "Anyone", "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}]}
)


@attrs.frozen
class Break:
    """One way to break a stack."""

    name: str
    make: Callable[[Patient], Callable[[], Any] | None]  # returns what undoes it, unless the fix does
    changed: dict[str, Status]  # keys of the checks that notice
    fix: str = APPLY  # what the first one's command begins with

    def __str__(self) -> str:
        """Its name in pytest's output."""
        return self.name


def disable_the_rule(patient: Patient) -> None:
    """As somebody does to stop the function for a moment."""
    patient.client("events").disable_rule(Name=patient.outputs["rule_name"], **patient.rule)


def disable_the_bridges_rule(patient: Patient) -> None:
    """The same, on the bus of the webhook bridge."""
    name, bus = (patient.outputs[f"webhook_bridge_{what}_name"] for what in ("rule", "bus"))
    patient.client("events").disable_rule(Name=name, EventBusName=bus)


def change_the_pattern(patient: Patient, **changes: Any) -> Callable[[], Any]:
    """Put the rule anew with other parts in its pattern."""

    def changed(pattern: str) -> str:
        parts = {**json.loads(pattern), **changes}
        if "detail-type" in changes:
            del parts["$or"]  # which names the types by default
        return json.dumps(parts)

    return _put_pattern(patient, changed)


def reword_the_pattern(patient: Patient, old: str, new: str) -> Callable[[], Any]:
    """Put the rule anew with another word in its pattern."""
    return _put_pattern(patient, lambda pattern: pattern.replace(old, new))


def _put_pattern(patient: Patient, change: Callable[[str], str]) -> Callable[[], Any]:
    events, name = patient.client("events"), patient.outputs["rule_name"]
    found = events.describe_rule(Name=name, **patient.rule)
    kept = {key: found[key] for key in ("Name", "EventPattern", "State", "Description", "EventBusName")}
    events.put_rule(**{**kept, "EventPattern": change(found["EventPattern"])})
    return lambda: events.put_rule(**kept)


def change_the_target(patient: Patient, *without: str, **changes: Any) -> Callable[[], Any]:
    """Put the target anew."""
    events = patient.client("events")
    named = {"Rule": patient.outputs["rule_name"], **patient.rule}
    [target] = events.list_targets_by_rule(**named)["Targets"]
    kept = {key: value for key, value in target.items() if key not in without}
    events.put_targets(**named, Targets=[{**kept, **changes}])
    return lambda: events.put_targets(**named, Targets=[target])


def remove_the_dead_letter_queue(patient: Patient) -> None:
    """As a console does that does not show it."""
    change_the_target(patient, "DeadLetterConfig")


def remove_the_failure_destination(patient: Patient) -> Callable[[], Any]:
    """Put the attempts anew, and forget the destination."""
    functions = patient.client("lambda")
    found = functions.get_function_event_invoke_config(**patient.function)
    names = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
    kept = {name: found[name] for name in names}
    functions.put_function_event_invoke_config(**patient.function, MaximumRetryAttempts=2)
    return lambda: functions.put_function_event_invoke_config(**patient.function, **kept)


def change_the_role(patient: Patient, change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[], Any]:
    """Change the statements of the role's policy."""
    iam, policy = patient.client("iam"), {**patient.role, "PolicyName": "least-privilege"}
    document = iam.get_role_policy(**policy)["PolicyDocument"]
    changed = json.loads(json.dumps(document))
    change(changed["Statement"])
    iam.put_role_policy(**policy, PolicyDocument=json.dumps(changed))
    return lambda: iam.put_role_policy(**policy, PolicyDocument=json.dumps(document))


def widen(statements: list[dict[str, Any]]) -> None:
    """As somebody does who is tired of AccessDenied."""
    next(one for one in statements if one["Sid"] == "ReadAndUpdateProfiles")["Action"] = "dynamodb:*"


def narrow(statements: list[dict[str, Any]]) -> None:
    """One action is gone."""
    next(one for one in statements if one["Sid"] == "KeepOwnersAndParkedEvents")["Action"].remove(
        "dynamodb:Query"
    )


def add_a_role_policy(patient: Patient) -> None:
    """A second inline policy."""
    everything = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    patient.client("iam").put_role_policy(
        **patient.role, PolicyName="quick-fix", PolicyDocument=json.dumps(everything)
    )


def attach_a_policy(patient: Patient) -> None:
    """A managed policy."""
    iam = patient.client("iam")
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    made = iam.create_policy(PolicyName="itest-administrator", PolicyDocument=json.dumps(everything))
    iam.attach_role_policy(**patient.role, PolicyArn=made["Policy"]["Arn"])


def trust_another_service(patient: Patient) -> Callable[[], Any]:
    """EC2 may take the role on too."""
    iam = patient.client("iam")
    document = iam.get_role(**patient.role)["Role"]["AssumeRolePolicyDocument"]
    changed = json.loads(json.dumps(document))
    changed["Statement"][0]["Principal"] = {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}
    iam.update_assume_role_policy(**patient.role, PolicyDocument=json.dumps(changed))
    return lambda: iam.update_assume_role_policy(**patient.role, PolicyDocument=json.dumps(document))


def let_another_service_invoke(patient: Patient) -> None:
    """A bucket may invoke the function."""
    patient.client("lambda").add_permission(
        **patient.function,
        StatementId="bucket",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::anyone",
    )


def change_the_queue(patient: Patient, **attributes: str) -> Callable[[], Any]:
    """Change the delivery queue."""
    sqs, url = patient.endpoint.queues, patient.outputs["delivery_dead_letter_queue_url"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    kept: Any = {name: found[name] for name in attributes}  # type: ignore[index]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]
    return lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes=kept)


def leave_an_event_in_the_failure_queue(patient: Patient) -> Callable[[], Any]:
    """One message."""
    url = patient.outputs["failure_queue_url"]
    patient.endpoint.queues.send_message(QueueUrl=url, MessageBody="{}")
    return lambda: patient.endpoint.queues.purge_queue(QueueUrl=url)


def forget_log_retention(patient: Patient) -> None:
    """Logs for ever."""
    patient.endpoint.logs.delete_retention_policy(logGroupName=patient.outputs["log_group_name"])


def stop_expiry(patient: Patient) -> None:
    """Parked events stay."""
    patient.endpoint.dynamodb.update_time_to_live(
        TableName=patient.outputs["sync_table_name"],
        TimeToLiveSpecification={"Enabled": False, "AttributeName": "expiresAt"},
    )


def stop_recovery(patient: Patient) -> None:
    """No way back."""
    patient.endpoint.dynamodb.update_continuous_backups(
        TableName=patient.outputs["profile_table_name"],
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )


def mute_an_alarm(patient: Patient) -> None:
    """As somebody does who wants to sleep."""
    patient.client("cloudwatch").disable_alarm_actions(
        AlarmNames=[patient.outputs["alarm_names"]["failure_queue_messages"]]
    )


def remove_a_metric_filter(patient: Patient) -> Callable[[], Any]:
    """Nothing makes the metric any more that an alarm watches."""
    logs, group = patient.endpoint.logs, {"logGroupName": patient.outputs["log_group_name"]}
    [found] = logs.describe_metric_filters(**group, filterNamePrefix="parked-expiring")["metricFilters"]
    names = ("filterName", "filterPattern", "metricTransformations")
    kept: Any = {name: found[name] for name in names}  # type: ignore[literal-required]
    logs.delete_metric_filter(**group, filterName=kept["filterName"])
    return lambda: logs.put_metric_filter(**group, **kept)


def stop_the_hourly_count(patient: Patient) -> None:
    """As somebody does to whom it looks like noise."""
    patient.client("events").disable_rule(Name=patient.outputs["parked_count_rule_name"])


def park_an_event(patient: Patient) -> Callable[[], Any]:
    """An event waits for a user and expires tomorrow."""
    table, key = patient.outputs["sync_table_name"], {"PK": {"S": "CUSTOMER#x"}, "SK": {"S": "PARKED#x"}}
    tomorrow = {"N": str(int(time.time()) + 86400)}
    item: Any = {**key, "waitingFor": {"S": "user"}, "expiresAt": tomorrow}
    patient.endpoint.dynamodb.put_item(TableName=table, Item=item)
    return lambda: patient.endpoint.dynamodb.delete_item(TableName=table, Key=key)


def hold_a_subscription_of_nobody(patient: Patient) -> Callable[[], Any]:
    """A profile was restored from a backup, without its link."""
    table, key = patient.outputs["profile_table_name"], {"PK": {"S": "USER#restored"}, "SK": {"S": "PROFILE"}}
    held = Held(Register(ACTIVE_SINCE, "2026-11-01T00:00:00Z", RESTORED)).to_attributes(RESTORED.id)
    known = {name: value for name, value in held.items() if value is not None}
    item: Any = {**key, **to_wire({OTHERS: frozenset({RESTORED.id}), **known})}
    patient.endpoint.dynamodb.put_item(TableName=table, Item=item)
    return lambda: patient.endpoint.dynamodb.delete_item(TableName=table, Key=key)


def replace_a_profile(patient: Patient) -> Callable[[], Any]:
    """The app has put an item in place of a profile; the link of what the user has bought is left."""
    key = {"PK": {"S": "USER#replaced"}, "SK": {"S": "PROFILE"}}
    link = to_wire(link_key("cus_replaced", "sub_replaced"))
    profiles, links = patient.outputs["profile_table_name"], patient.outputs["sync_table_name"]
    client = patient.endpoint.dynamodb
    client.put_item(TableName=profiles, Item={**key, "email": {"S": "ada@example.com"}})
    client.put_item(
        TableName=links,
        Item={**link, **to_wire(link_ids("cus_replaced", "sub_replaced") | {OWNER: "replaced"})},
    )

    def undo() -> None:
        client.delete_item(TableName=profiles, Key=key)
        client.delete_item(TableName=links, Key=link)

    return undo


def widen_the_topic(patient: Patient) -> Callable[[], Any]:
    """Anyone may publish."""
    sns, topic = patient.client("sns"), {"TopicArn": patient.outputs["alarm_topic_arn"]}
    kept = sns.get_topic_attributes(**topic)["Attributes"]["Policy"]
    changed = json.loads(kept)
    changed["Statement"].append(
        {"Sid": "Anyone", "Effect": "Allow", "Principal": "*", "Action": "sns:Publish"}
    )
    sns.set_topic_attributes(**topic, AttributeName="Policy", AttributeValue=json.dumps(changed))
    return lambda: sns.set_topic_attributes(**topic, AttributeName="Policy", AttributeValue=kept)


def shorten_the_archive(patient: Patient) -> Callable[[], Any]:
    """Three days."""
    events, archive = patient.client("events"), {"ArchiveName": patient.outputs["archive_name"]}
    kept = events.describe_archive(**archive)["RetentionDays"]
    events.update_archive(**archive, RetentionDays=3)
    return lambda: events.update_archive(**archive, RetentionDays=kept)


def change_the_environment(patient: Patient, **changes: str) -> Callable[[], Any]:
    """Another environment for the function."""
    functions = patient.client("lambda")
    kept = functions.get_function_configuration(**patient.function)["Environment"]["Variables"]

    def use(variables: dict[str, str]) -> None:
        functions.update_function_configuration(**patient.function, Environment={"Variables": variables})
        updated = functions.get_waiter("function_updated_v2")
        updated.wait(**patient.function, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    use({**kept, **changes})
    return lambda: use(kept)


def switch_the_mapping_off(patient: Patient) -> None:
    """As somebody does to stop the profile events for a moment."""
    patient.client("lambda").update_event_source_mapping(
        UUID=patient.outputs["profile_events_event_source_mapping_id"], Enabled=False
    )


def leave_a_change_untold(patient: Patient) -> Callable[[], Any]:
    """One message in the profile events' queue."""
    url = patient.outputs["profile_events_failure_queue_url"]
    patient.endpoint.queues.send_message(QueueUrl=url, MessageBody="{}")
    return lambda: patient.endpoint.queues.purge_queue(QueueUrl=url)


BREAKS = (
    Break(
        "the stream is not read",
        switch_the_mapping_off,
        {"profile-events-mapping": FAIL},
        "aws lambda update-event-source-mapping",
    ),
    Break(
        "a change was not told",
        leave_a_change_untold,
        {"profile-events-queue-empty": FAIL},
        "stripe-handler profile-events list",
    ),
    Break("rule disabled", disable_the_rule, {"rule-enabled": FAIL}, "aws events enable-rule"),
    Break(
        "bridge's rule disabled",
        disable_the_bridges_rule,
        {"bridge-rule-enabled": FAIL},
        "aws events enable-rule",
    ),
    Break(
        "a type left out of the pattern",
        lambda patient: change_the_pattern(patient, **{"detail-type": ["invoice.payment_failed"]}),
        {"rule-pattern": WARN},
    ),
    Break(
        "another metadata key in the pattern",
        lambda patient: reword_the_pattern(patient, "userId", "accountId"),
        {"rule-pattern": WARN},
    ),
    Break(
        "sessions of payments in the pattern",
        lambda patient: reword_the_pattern(patient, '["subscription"]', '["subscription","payment"]'),
        {"rule-pattern": WARN},
    ),
    Break(
        "any source in the pattern",
        lambda patient: change_the_pattern(patient, source=[{"prefix": ""}]),
        {"rule-pattern": FAIL},
    ),
    Break(
        "target without a dead-letter queue",
        remove_the_dead_letter_queue,
        {"delivery-path": FAIL},
        "aws events put-targets",
    ),
    Break(
        "target with an input path",
        lambda patient: change_the_target(patient, InputPath="$.detail.data"),
        {"target": FAIL},
    ),
    Break("no on-failure destination", remove_the_failure_destination, {"failure-path": FAIL}),
    Break("role widened", lambda patient: change_the_role(patient, widen), {"role-permissions": FAIL}),
    Break("role narrowed", lambda patient: change_the_role(patient, narrow), {"role-permissions": FAIL}),
    Break(
        "a statement less",
        lambda patient: change_the_role(patient, lambda statements: statements.pop(0)),
        {"role-permissions": FAIL},
    ),
    Break("a policy more", add_a_role_policy, {"role-permissions": FAIL}, "aws iam delete-role-policy"),
    Break("a policy attached", attach_a_policy, {"role-permissions": FAIL}, "aws iam detach-role-policy"),
    Break("role trusts EC2", trust_another_service, {"role-trust": FAIL}),
    Break(
        "a bucket may invoke",
        let_another_service_invoke,
        {"function-policy": FAIL},
        "aws lambda remove-permission",
    ),
    Break(
        "anyone may send to the delivery queue",
        lambda patient: change_the_queue(patient, Policy=ANYONE_SENDS),
        {"delivery-queue-policy": FAIL},
    ),
    Break(
        "dead letters kept for an hour",
        lambda patient: change_the_queue(patient, MessageRetentionPeriod="3600"),
        {"queue-settings": WARN},
    ),
    Break(
        "an event in the failure queue",
        leave_an_event_in_the_failure_queue,
        {"failure-queue-empty": FAIL},
        "stripe-handler dlq list",
    ),
    Break("no log retention", forget_log_retention, {"log-retention": WARN}, "aws logs put-retention"),
    Break("no expiry", stop_expiry, {"sync-table-expiry": FAIL}, "aws dynamodb update-time-to-live"),
    Break(
        "no recovery",
        stop_recovery,
        {"point-in-time-recovery": FAIL},
        "aws dynamodb update-continuous-backups",
    ),
    Break("an alarm muted", mute_an_alarm, {"alarms": FAIL}, "aws cloudwatch enable-alarm-actions"),
    Break("a metric filter less", remove_a_metric_filter, {"log-metrics": FAIL}),
    Break("no hourly count", stop_the_hourly_count, {"parked-count": FAIL}, "aws events enable-rule"),
    Break("an event about to expire", park_an_event, {"parked-events": FAIL}, "stripe-handler parked"),
    Break(
        "a subscription that nobody owns",
        hold_a_subscription_of_nobody,
        {"one-owner": FAIL},
        "stripe-handler sync",
    ),
    Break(
        "a profile that the app has replaced",
        replace_a_profile,
        {"nothing-lost": FAIL},
        "stripe-handler reconcile --apply",
    ),
    Break("anyone may publish", widen_the_topic, {"alarm-topic-policy": FAIL}),
    Break("short archive", shorten_the_archive, {"archive": WARN}),
    Break(
        "live mode on a sandbox's event source",
        lambda patient: change_the_environment(patient, LIVEMODE="live"),
        {"livemode": FAIL, "deletion-protection": WARN},
        "# set livemode",
    ),
    Break(
        "another table",
        lambda patient: change_the_environment(patient, SYNC_TABLE_NAME="none"),
        {"function-configuration": FAIL, "self-check": FAIL},
    ),
    Break(
        "a secret that is not there",
        lambda patient: change_the_environment(patient, STRIPE_SECRET_ARN=MISSING_SECRET),
        {"stripe-key": FAIL},
        "# name stripe_secret_arn",
    ),
    Break(
        "a setting that means nothing",
        lambda patient: change_the_environment(patient, UNMAPPED="maybe"),
        {
            "function-configuration": FAIL,
            "self-check": FAIL,
            "stripe-key": WARN,
            "profile-table": WARN,
            "one-owner": WARN,
            "nothing-lost": WARN,
            "view-settings": WARN,
            "point-in-time-recovery": WARN,
            "deletion-protection": WARN,
        },
    ),
)


MENDED_AT_ONCE = {
    "any source in the pattern",
    "target with an input path",
    "no on-failure destination",
    "role widened",
    "role trusts EC2",
    "anyone may publish",
    "a metric filter less",
    "short archive",
    "live mode on a sandbox's event source",
}
"""Breaks of different checks; a queue is left out, as its change alone takes Terraform 25 s."""

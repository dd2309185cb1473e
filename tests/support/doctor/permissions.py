"""Cases about the role, and the policies of function, queues and topic."""

from typing import Any

import attrs

from stripe_handler_cli.operate.doctor.areas import access, alarms, queues
from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.policies import Admission, PolicyFacts, Statement, parse_policy
from support.doctor.cases import FAIL, PASS, WARN, Cases

_HOME = Arn.parse("arn:aws:lambda:eu-west-1:123456789012:function:handler")
RULE = _HOME.beside("events", "rule/bus/subscription-events")
SECRET = _HOME.beside("secretsmanager", "secret:stripe-AbCdEf")
TOPIC = _HOME.beside("sns", "alarms")
APP_KEY = _HOME.beside("kms", "key/app")
STACK_KEY = _HOME.beside("kms", "key/stack")


def statement(sid: str, resource: Any, *actions: str, **context: str) -> dict[str, Any]:
    """A statement as Terraform writes it."""
    made = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {**made, "Condition": {"StringEquals": context}} if context else made


def via(service: str) -> dict[str, str]:
    """What KMS is told when a service asks it in the role's name."""
    return {"kms:ViaService": f"{service}.eu-west-1.amazonaws.com"}


STATEMENTS = (
    statement(
        "WriteOwnLogs", _HOME.beside("logs", "log-group:g:*"), "logs:CreateLogStream", "logs:PutLogEvents"
    ),
    statement(
        "ReadAndUpdateProfiles",
        _HOME.beside("dynamodb", "table/profiles"),
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
    ),
    statement(
        "KeepOwnersAndParkedEvents",
        [_HOME.beside("dynamodb", "table/sync")],
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
    ),
    statement("CountParkedEvents", [_HOME.beside("dynamodb", "table/sync/index/parked")], "dynamodb:Query"),
    statement("SendToFailureQueue", [_HOME.beside("sqs", "failures")], "sqs:SendMessage"),
    statement("ReadStripeSecret", [SECRET], "secretsmanager:GetSecretValue"),
    statement("DecryptTables", [APP_KEY, STACK_KEY], "kms:Decrypt", **via("dynamodb")),
    statement("EncryptForFailureQueue", [STACK_KEY], "kms:Decrypt", "kms:GenerateDataKey", **via("sqs")),
    statement(
        "DecryptStripeSecret",
        [STACK_KEY],
        "kms:Decrypt",
        **via("secretsmanager"),
        **{"kms:EncryptionContext:SecretARN": SECRET},
    ),
    statement("WriteTraces", ["*"], "xray:PutTelemetryRecords", "xray:PutTraceSegments"),
)
"""Some of what Terraform's output `role_policies` holds for the handler: every form that occurs."""


def role_document() -> dict[str, Any]:
    """The document Terraform would write."""
    return {"Version": "2012-10-17", "Statement": list(STATEMENTS)}


def changed(sid: str, **changes: Any) -> tuple[Statement, ...]:
    """The role's policy with one statement changed."""
    document = role_document()
    document["Statement"] = [
        {**one, **changes} if one["Sid"] == sid else one for one in document["Statement"]
    ]
    return parse_policy(document)


def without(sid: str) -> tuple[Statement, ...]:
    """The role's policy without one statement."""
    return tuple(one for one in parse_policy(role_document()) if one.sid != sid)


def adding(**more: Any) -> tuple[Statement, ...]:
    """The role's policy with a statement more."""
    document = role_document()
    document["Statement"].append(more)
    return parse_policy(document)


def trust(service: str) -> tuple[Statement, ...]:
    """A trust policy."""
    principal = {"Service": service} if "." in service else service
    return parse_policy(
        {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
    )


def role(policy: tuple[Statement, ...] | None = None, **changes: Any) -> access.RoleFacts:
    """A good role, or one with another policy."""
    facts = access.RoleFacts(
        name="handler",
        policies={access.OWN_POLICY: parse_policy(role_document()) if policy is None else policy},
        attached=(),
        trust=trust("lambda.amazonaws.com"),
        boundary=None,
        expected=parse_policy(role_document()),
    )
    return attrs.evolve(facts, **changes)


EVERYTHING = {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}
INVOKE = Admission("events.amazonaws.com", "lambda:InvokeFunction", "aws:SourceArn", RULE)


def admitting(source: str = RULE, operator: str = "ArnLike", **changes: Any) -> dict[str, Any]:
    """What lets EventBridge invoke, or send, for the rule."""
    return {
        "Sid": "AllowStripeRule",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": str(_HOME),
        "Condition": {operator: {"AWS:SourceArn": source}},
        **changes,
    }


def policy(*statements: dict[str, Any], expected: tuple[Admission, ...] = (INVOKE,)) -> PolicyFacts:
    """A resource's policy."""
    return PolicyFacts("function", parse_policy({"Statement": list(statements)}), expected)


PLAIN_HTTP_DENIED = {
    "Sid": "OnlyTls",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": False}},
}
ANYONE = {"Sid": "Anyone", "Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction"}
ACCOUNT = Admission("cloudwatch.amazonaws.com", "sns:Publish", "aws:SourceAccount", "123456789012")
CLOUDWATCH = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": TOPIC,
    "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
}
DENIED = {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": "*"}

CASES: Cases = {
    access.role_permissions: (
        (role(), PASS, "grants, each one needed"),
        (role(policies=None), FAIL, "there is no role handler", APPLY),
        *((role(without(one["Sid"])), FAIL, f"not sufficient ({one['Sid']})", APPLY) for one in STATEMENTS),
        (
            role(changed("ReadAndUpdateProfiles", Action=["dynamodb:GetItem"])),
            FAIL,
            "dynamodb:updateitem on table/profiles",
            APPLY,
        ),
        (
            role(changed("ReadAndUpdateProfiles", Action="dynamodb:*")),
            FAIL,
            "wider than needed: dynamodb:* on table/profiles",
            APPLY,
        ),
        (
            role(changed("ReadStripeSecret", Resource="*")),
            FAIL,
            "wider than needed: secretsmanager:getsecretvalue on *",
            APPLY,
        ),
        (
            role(
                adding(
                    Effect="Allow",
                    Action="kms:Decrypt",
                    Resource=APP_KEY,
                    Condition={"StringEquals": {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"}},
                )
            ),
            PASS,
            "grants, each one needed",
        ),
        (
            role(adding(Effect="Allow", Action="kms:Decrypt", Resource=APP_KEY)),
            FAIL,
            "wider than needed: kms:decrypt on key/app",
            APPLY,
        ),
        (
            role(changed("EncryptForFailureQueue", Condition={})),
            FAIL,
            "wider than needed: kms:decrypt on key/stack",
            APPLY,
        ),
        (role(adding(**EVERYTHING)), FAIL, "wider than needed: * on *", APPLY),
        (role(adding(**DENIED)), FAIL, "cannot be told what these allow", APPLY),
        (
            role(changed("SendToFailureQueue", Condition={"Bool": {"aws:SecureTransport": "true"}})),
            FAIL,
            "not sufficient (SendToFailureQueue)",
            APPLY,
        ),
        (
            role(policies={**(role().policies or {}), "extra": parse_policy({"Statement": EVERYTHING})}),
            FAIL,
            "wider than needed: * on *",
            access.DELETE_ROLE_POLICY,
        ),
        (
            role(attached=("arn:aws:iam::aws:policy/AdministratorAccess",)),
            FAIL,
            "AdministratorAccess attached",
            access.DETACH_ROLE_POLICY,
        ),
        (role(expected=None), WARN, "no output 'role_policies'; apply again", APPLY),
        (role(boundary="arn:b"), WARN, "within the boundary arn:b"),
    ),
    access.role_trust: (
        (role(), PASS, "only lambda.amazonaws.com"),
        (role(trust=trust("*")), FAIL, "these may take the role on: *", APPLY),
        (role(trust=trust("ec2.amazonaws.com")), FAIL, "Service:ec2", APPLY),
        (role(trust=()), FAIL, "nobody", APPLY),
        (role(policies=None), FAIL, "there is no role handler", APPLY),
    ),
    access.function_policy: (
        (policy(admitting()), PASS, "only events.amazonaws.com for rule/bus/sub"),
        (policy(admitting(operator="ArnEquals")), PASS, "only events.amazonaws.com"),
        (policy(), FAIL, "may not lambda:InvokeFunction for rule/bus", APPLY),
        (policy(admitting(source="*")), FAIL, "may not lambda:InvokeFunction", APPLY),
        (policy(admitting(), ANYONE), FAIL, "wider or other than needed: Anyone", access.REMOVE_PERMISSION),
        (
            policy(admitting(), admitting(Sid="NoSource", Condition={})),
            FAIL,
            "wider or other than needed: NoSource",
            access.REMOVE_PERMISSION,
        ),
        (
            policy(admitting(), {**admitting(Sid="Not"), "NotAction": "lambda:GetFunction"}),
            FAIL,
            "wider or other than needed: Not",
            access.REMOVE_PERMISSION,
        ),
    ),
    queues.delivery_queue_policy: (
        (policy(admitting(), PLAIN_HTTP_DENIED), PASS, "only events.amazonaws.com"),
        (PolicyFacts("queue q", None, (INVOKE,)), FAIL, "there is no queue q", APPLY),
        (policy(PLAIN_HTTP_DENIED), FAIL, "may not", APPLY),
        (policy(admitting(), {**DENIED, "Sid": "D"}), FAIL, "other than needed: D", APPLY),
    ),
    queues.failure_queue_policy: (
        (policy(expected=()), PASS, "nobody is let in"),
        (policy(ANYONE, expected=()), FAIL, "Anyone", APPLY),
    ),
    alarms.alarm_topic_policy: (
        (policy(CLOUDWATCH, expected=(ACCOUNT,)), PASS, "only cloudwatch"),
        (policy(expected=(ACCOUNT,)), FAIL, "may not sns:Publish", APPLY),
        (policy(CLOUDWATCH, ANYONE, expected=(ACCOUNT,)), FAIL, "Anyone", APPLY),
    ),
}

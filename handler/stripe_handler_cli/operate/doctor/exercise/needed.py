"""What the code of each function needs of IAM, and what Lambda does in its role's name. Pure.

One list, which tests/contract/test_needed_permissions.py holds against the policies that Terraform makes:
each row is a statement there, with its actions. Which resource it is about is worked out from what is
deployed, and not read off the policy, so that a policy about another resource is noticed; only of a key of
KMS nothing else tells which.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.policies import Statement
from stripe_subscription_handler.comparison.full_pass import PARTITION
from stripe_subscription_handler.dynamodb.sync_table import PARKED_INDEX

Context = tuple[str, tuple[str, ...]]
"""A condition's key, and the values that a request has there."""


@attrs.frozen
class Deployed:
    """One function as it is deployed: what the resources of its role follow from.

    Attributes:
        function: Its ARN.
        environment: Its environment variables.
        log_group: Its log group's name.
        is_traced: Whether X-Ray is on.
        outputs: The stack's.
        statements: Those that Terraform made for its role, by id: for keys of KMS.
    """

    function: Arn
    environment: Mapping[str, str]
    log_group: str
    is_traced: bool
    outputs: Mapping[str, Any]
    statements: Mapping[str, Statement] = attrs.Factory(dict)


@attrs.frozen
class Need:
    """Actions on one kind of resource.

    Attributes:
        sid: The id of the statement that allows them.
        place: What the resource is, a name for `places`; with `kms`, the keys that the statement names.
        context: What of a request the statement has a condition on.
    """

    sid: str
    actions: tuple[str, ...]
    place: str
    context: tuple[Context, ...] = ()


def _dynamodb(*names: str) -> tuple[str, ...]:
    return tuple(f"dynamodb:{name}" for name in names)


LOGS = Need("WriteOwnLogs", ("logs:CreateLogStream", "logs:PutLogEvents"), "log_streams")
_TRACES = Need("WriteTraces", ("xray:PutTelemetryRecords", "xray:PutTraceSegments"), "traces")
_ON_PROFILES = _dynamodb("BatchGetItem", "ConditionCheckItem", "GetItem", "UpdateItem")
_ON_OWNERS = _dynamodb(
    "BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"
)
_STRIPE_KEY = (
    Need("ReadStripeSecret", ("secretsmanager:GetSecretValue",), "stripe_secret"),
    Need("ReadStripeParameter", ("ssm:GetParameter",), "stripe_parameter"),
    Need("DecryptStripeSecret", ("kms:Decrypt",), "kms"),
)
_DECRYPT_TABLES = Need("DecryptTables", ("kms:Decrypt",), "kms")
_SEAL = ("kms:Decrypt", "kms:GenerateDataKey")
_LOOK = ("sqs:GetQueueAttributes", "sqs:ReceiveMessage")

NEEDED: Mapping[str, tuple[Need, ...]] = {
    "handler": (
        LOGS,
        Need("ReadAndUpdateProfiles", _ON_PROFILES, "profiles"),
        Need("KeepOwnersAndParkedEvents", _ON_OWNERS, "owners"),
        Need("CountParkedEvents", _dynamodb("Query"), "parked_index"),
        Need("LookIntoDeadLetterQueues", _LOOK, "delivery_queue"),
        Need("LookIntoDeadLetterQueues", _LOOK, "failure_queue"),
        Need("SendToFailureQueue", ("sqs:SendMessage",), "failure_queue"),
        _DECRYPT_TABLES,
        Need("EncryptForFailureQueue", _SEAL, "kms"),
        *_STRIPE_KEY,
        _TRACES,
    ),
    "drift_check": (
        LOGS,
        Need("ReadProfiles", _dynamodb("BatchGetItem", "Scan"), "profiles"),
        Need("ReadOwners", _dynamodb("BatchGetItem", "Query"), "owners"),
        Need(
            "KeepOwnPlace",
            _dynamodb("PutItem", "Query", "UpdateItem"),
            "owners",
            (("dynamodb:LeadingKeys", (PARTITION,)),),
        ),
        _DECRYPT_TABLES,
        *_STRIPE_KEY,
        Need("ReadAndUpdateProfiles", _ON_PROFILES, "repaired_profiles"),
        Need("KeepOwnersAndParkedEvents", _ON_OWNERS, "repaired_owners"),
    ),
    "profile_events": (
        LOGS,
        Need(
            "ReadProfileStream",
            _dynamodb("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
            "stream",
        ),
        Need("PutEventsOnTheBus", ("events:PutEvents",), "profile_events_bus"),
        Need("SendToProfileEventsQueue", ("sqs:SendMessage",), "profile_events_queue"),
        Need("DecryptProfileStream", ("kms:Decrypt",), "kms"),
        Need("EncryptForProfileEventsQueue", _SEAL, "kms"),
    ),
    "webhook_bridge": (
        LOGS,
        Need("PutEventsOnTheBus", ("events:PutEvents",), "bridge_bus"),
        Need("ReadSigningSecret", ("secretsmanager:GetSecretValue",), "signing_secret"),
        Need("ReadSigningParameter", ("ssm:GetParameter",), "signing_parameter"),
        Need("DecryptSigningSecret", ("kms:Decrypt",), "kms"),
    ),
}
"""Function, as Terraform's output `role_policies` names it → what its role must be allowed."""
FORBIDDEN = "iam:CreateUser"
"""What no role of the stack may do; whoever allows this would allow anything, or is no IAM."""


def places(deployed: Deployed) -> dict[str, str | None]:
    """The ARN of each place of `Need`; None where this function has none."""
    arn, environment, outputs = deployed.function, deployed.environment, deployed.outputs
    profiles = arn.beside("dynamodb", f"table/{outputs.get('profile_table_name')}")
    owners = arn.beside("dynamodb", f"table/{outputs.get('sync_table_name')}")
    repairs = environment.get("DRIFT_CHECK_REPAIR") == "true"

    def parameter(variable: str) -> str | None:
        name = environment.get(variable)
        return arn.beside("ssm", f"parameter/{name.removeprefix('/')}") if name else None

    queue = outputs.get("profile_events_failure_queue_name")
    return {
        "log_streams": arn.beside("logs", f"log-group:{deployed.log_group}:*"),
        "traces": "*" if deployed.is_traced else None,
        "profiles": profiles,
        "owners": owners,
        "parked_index": f"{owners}/index/{PARKED_INDEX}",
        "delivery_queue": outputs.get("delivery_dead_letter_queue_arn"),
        "failure_queue": outputs.get("failure_queue_arn"),
        "stripe_secret": environment.get("STRIPE_SECRET_ARN"),
        "stripe_parameter": parameter("STRIPE_SECRET_PARAMETER"),
        "signing_secret": environment.get("WEBHOOK_SECRET_ARN"),
        "signing_parameter": parameter("WEBHOOK_SECRET_PARAMETER"),
        "repaired_profiles": profiles if repairs else None,
        "repaired_owners": owners if repairs else None,
        "stream": outputs.get("profile_stream_arn") or None,
        "profile_events_bus": outputs.get("profile_events_bus_arn"),
        "profile_events_queue": arn.beside("sqs", str(queue)) if queue else None,
        "bridge_bus": outputs.get("webhook_bridge_bus_arn") or outputs.get("event_bus_arn"),
    }

"""What the function's role should allow, as one table: the statements of terraform/modules/handler/role.tf.

Pure. The integration test examines a really applied stack, and so proves that the two agree; a statement
added there is a row added here.
"""

from collections.abc import Callable

import attrs

from stripe_handler_cli.doctor.arns import Arn
from stripe_handler_cli.doctor.policies import Condition, Grant
from stripe_subscription_handler.sync_table import PARKED_INDEX


@attrs.frozen(kw_only=True)
class RoleBasis:
    """What the role's permissions follow from.

    Attributes:
        function: The function, whose partition, region and account are those of the rest.
        log_group_name: The function's log group.
        profile_table_name: The table of the profiles.
        sync_table_name: The sync table.
        failure_queue_arn: The failure queue.
        secret_arn: `STRIPE_SECRET_ARN` of the function, if set.
        secret_parameter: `STRIPE_SECRET_PARAMETER` of the function, if set.
        kms_key_arn: `kms_key_arn` of the stack, if set.
        profile_table_kms_key_arn: The customer-managed key of an existing profile table, if it has one.
        is_traced: Whether X-Ray tracing is on.
    """

    function: Arn
    log_group_name: str
    profile_table_name: str
    sync_table_name: str
    failure_queue_arn: str
    secret_arn: str | None = None
    secret_parameter: str | None = None
    kms_key_arn: str | None = None
    profile_table_kms_key_arn: str | None = None
    is_traced: bool = False


@attrs.frozen
class Permission:
    """One statement of the role.

    Attributes:
        sid: Its id in Terraform.
        actions: As IAM writes them.
        resources: What they are allowed on; nothing where the statement is not needed.
        conditions: Condition key → its one value, compared by `StringEquals`.
    """

    sid: str
    actions: tuple[str, ...]
    resources: Callable[[RoleBasis], tuple[str, ...]]
    conditions: Callable[[RoleBasis], dict[str, str]] = lambda _: {}


def _parameter_arn(basis: RoleBasis) -> str:
    return basis.function.beside("ssm", f"parameter/{(basis.secret_parameter or '').removeprefix('/')}")


def _via(basis: RoleBasis, service: str) -> dict[str, str]:
    return {"kms:ViaService": f"{service}.{basis.function.region}.amazonaws.com"}


def _secret_context(basis: RoleBasis) -> dict[str, str]:
    if basis.secret_arn:
        return _via(basis, "secretsmanager") | {"kms:EncryptionContext:SecretARN": basis.secret_arn}
    return _via(basis, "ssm") | {"kms:EncryptionContext:PARAMETER_ARN": _parameter_arn(basis)}


PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        "WriteOwnLogs",
        ("logs:CreateLogStream", "logs:PutLogEvents"),
        lambda basis: (basis.function.beside("logs", f"log-group:{basis.log_group_name}:*"),),
    ),
    Permission(
        "ReadAndUpdateProfiles",
        ("dynamodb:GetItem", "dynamodb:UpdateItem"),
        lambda basis: (basis.function.beside("dynamodb", f"table/{basis.profile_table_name}"),),
    ),
    Permission(
        "KeepOwnersAndParkedEvents",
        (
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        ),
        lambda basis: (basis.function.beside("dynamodb", f"table/{basis.sync_table_name}"),),
    ),
    Permission(
        "CountParkedEvents",
        ("dynamodb:Query",),
        lambda basis: (
            basis.function.beside("dynamodb", f"table/{basis.sync_table_name}/index/{PARKED_INDEX}"),
        ),
    ),
    Permission("SendToFailureQueue", ("sqs:SendMessage",), lambda basis: (basis.failure_queue_arn,)),
    Permission(
        "ReadStripeSecret",
        ("secretsmanager:GetSecretValue",),
        lambda basis: (basis.secret_arn,) if basis.secret_arn else (),
    ),
    Permission(
        "ReadStripeParameter",
        ("ssm:GetParameter",),
        lambda basis: (_parameter_arn(basis),) if basis.secret_parameter else (),
    ),
    Permission(
        "DecryptTables",
        ("kms:Decrypt",),
        lambda basis: tuple(
            dict.fromkeys(filter(None, (basis.kms_key_arn, basis.profile_table_kms_key_arn)))
        ),
        lambda basis: _via(basis, "dynamodb"),
    ),
    Permission(
        "EncryptForFailureQueue",
        ("kms:Decrypt", "kms:GenerateDataKey"),
        lambda basis: (basis.kms_key_arn,) if basis.kms_key_arn else (),
        lambda basis: _via(basis, "sqs"),
    ),
    Permission(
        "DecryptStripeSecret",
        ("kms:Decrypt",),
        lambda basis: (
            (basis.kms_key_arn,) if basis.kms_key_arn and (basis.secret_arn or basis.secret_parameter) else ()
        ),
        _secret_context,
    ),
    Permission(
        "WriteTraces",
        ("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
        lambda basis: ("*",) if basis.is_traced else (),
    ),
)


def expected_grants(basis: RoleBasis) -> dict[Grant, str]:
    """Write the table out for one stack: each action on each resource, with its statement's id."""
    return {
        Grant(action.lower(), resource, _conditions(permission, basis)): permission.sid
        for permission in PERMISSIONS
        for resource in permission.resources(basis)
        for action in permission.actions
    }


def _conditions(permission: Permission, basis: RoleBasis) -> tuple[Condition, ...]:
    return tuple(
        sorted(("stringequals", key.lower(), (value,)) for key, value in permission.conditions(basis).items())
    )

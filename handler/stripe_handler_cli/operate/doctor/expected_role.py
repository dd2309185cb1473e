"""What the function's role should allow, as one table: the statements of terraform/modules/handler/role.tf.

Pure. The integration test examines a really applied stack, and so proves that the two agree; a statement
added there is a row added here.
"""

from collections.abc import Callable

import attrs

from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.policies import Condition, Grant
from stripe_subscription_handler.dynamodb.sync_table import PARKED_INDEX


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
        is_traced: Whether X-Ray tracing is on.
        kms_key_arn: The stack's own KMS key, if it has one.
        profile_table_key_arn: The KMS key of the profile table, whoever made it.
    """

    function: Arn
    log_group_name: str
    profile_table_name: str
    sync_table_name: str
    failure_queue_arn: str
    secret_arn: str | None = None
    secret_parameter: str | None = None
    is_traced: bool = False
    kms_key_arn: str | None = None
    profile_table_key_arn: str | None = None

    @property
    def parameter_arn(self) -> str | None:
        """ARN of the parameter with the Stripe key."""
        name = self.secret_parameter
        return self.function.beside("ssm", f"parameter/{name.removeprefix('/')}") if name else None

    def via(self, service: str) -> dict[str, str]:
        """What KMS is told when a service of this region asks it in the role's name."""
        return {"kms:ViaService": f"{service}.{self.function.region}.amazonaws.com"}


@attrs.frozen
class Permission:
    """One statement of the role.

    Attributes:
        sid: Its id in Terraform.
        actions: As IAM writes them.
        resources: What they are allowed on; nothing where the statement is not needed.
        context: What a request must say for them to be allowed (`StringEquals`).
    """

    sid: str
    actions: tuple[str, ...]
    resources: Callable[[RoleBasis], tuple[str, ...]]
    context: Callable[[RoleBasis], dict[str, str]] = lambda _: {}


def _secret_context(basis: RoleBasis) -> dict[str, str]:
    """What Secrets Manager, or SSM, tells KMS about the one secret."""
    if basis.secret_arn:
        return {**basis.via("secretsmanager"), "kms:EncryptionContext:SecretARN": basis.secret_arn}
    return {**basis.via("ssm"), "kms:EncryptionContext:PARAMETER_ARN": basis.parameter_arn or ""}


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
        lambda basis: (basis.parameter_arn,) if basis.parameter_arn else (),
    ),
    Permission(
        "DecryptTables",
        ("kms:Decrypt",),
        lambda basis: (basis.kms_key_arn,) if basis.kms_key_arn else (),
        lambda basis: basis.via("dynamodb"),
    ),
    Permission(
        "EncryptForFailureQueue",
        ("kms:Decrypt", "kms:GenerateDataKey"),
        lambda basis: (basis.kms_key_arn,) if basis.kms_key_arn else (),
        lambda basis: basis.via("sqs"),
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
        Grant(action.lower(), resource, _conditions(permission.context(basis))): permission.sid
        for permission in PERMISSIONS
        for resource in permission.resources(basis)
        for action in permission.actions
    }


def tolerated_grants(basis: RoleBasis) -> frozenset[Grant]:
    """What may be allowed besides, and need not be.

    A profile table of the app's may have a key of its own, which Terraform is told. Whether it is the
    account's own or AWS-managed is not in the table's description; where the right is missing, the function's
    own test fails.
    """
    key = basis.profile_table_key_arn
    return frozenset({Grant("kms:decrypt", key, _conditions(basis.via("dynamodb")))} if key else ())


def _conditions(context: dict[str, str]) -> tuple[Condition, ...]:
    return tuple(sorted(("stringequals", key.lower(), (value,)) for key, value in context.items()))

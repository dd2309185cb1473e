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
        is_traced: Whether X-Ray tracing is on.
        kms_key_arn: The customer-managed key of the stack, if there is one.
        profile_table_kms_key_arn: The KMS key of the profile table, if it is encrypted with one.
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
    profile_table_kms_key_arn: str | None = None

    def via(self, service: str) -> Condition:
        """The condition that KMS is asked by a service of the function's region."""
        return "stringequals", "kms:viaservice", (f"{service}.{self.function.region}.amazonaws.com",)

    @property
    def parameter_arn(self) -> str | None:
        """ARN of the parameter with the Stripe key."""
        if not self.secret_parameter:
            return None
        return self.function.beside("ssm", f"parameter/{self.secret_parameter.removeprefix('/')}")


@attrs.frozen
class Permission:
    """One statement of the role.

    Attributes:
        sid: Its id in Terraform.
        actions: As IAM writes them.
        resources: What they are allowed on; nothing where the statement is not needed.
        conditions: Under which conditions.
    """

    sid: str
    actions: tuple[str, ...]
    resources: Callable[[RoleBasis], tuple[str, ...]]
    conditions: Callable[[RoleBasis], tuple[Condition, ...]] = lambda _basis: ()


def _secret_context(basis: RoleBasis) -> tuple[Condition, ...]:
    """What Secrets Manager or SSM tells KMS when it decrypts the Stripe key for the function."""
    if basis.secret_arn:
        secret = ("stringequals", "kms:encryptioncontext:secretarn", (basis.secret_arn,))
        return secret, basis.via("secretsmanager")
    if basis.parameter_arn:
        parameter = ("stringequals", "kms:encryptioncontext:parameter_arn", (basis.parameter_arn,))
        return parameter, basis.via("ssm")
    return ()


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
        lambda basis: (basis.via("dynamodb"),),
    ),
    Permission(
        "EncryptForFailureQueue",
        ("kms:Decrypt", "kms:GenerateDataKey"),
        lambda basis: (basis.kms_key_arn,) if basis.kms_key_arn else (),
        lambda basis: (basis.via("sqs"),),
    ),
    Permission(
        "DecryptStripeSecret",
        ("kms:Decrypt",),
        lambda basis: (basis.kms_key_arn,) if basis.kms_key_arn and _secret_context(basis) else (),
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
        Grant(action.lower(), resource, tuple(sorted(permission.conditions(basis)))): permission.sid
        for permission in PERMISSIONS
        for resource in permission.resources(basis)
        for action in permission.actions
    }


def tolerated_grants(basis: RoleBasis) -> frozenset[Grant]:
    """Write out what the role may allow besides.

    An app's own table may be encrypted with a key of the app's (`profile_table_kms_key_arn`), or with the
    account's AWS-managed one, which needs no permission; the table does not tell which.
    """
    key = basis.profile_table_kms_key_arn
    return frozenset({Grant("kms:decrypt", key, (basis.via("dynamodb"),))}) if key else frozenset()

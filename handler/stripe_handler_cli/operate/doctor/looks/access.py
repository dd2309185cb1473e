"""Asks IAM for the function's role."""

from stripe_handler_cli.operate.doctor.areas.access import RoleFacts
from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.expected_role import RoleBasis, expected_grants, tolerated_grants
from stripe_handler_cli.operate.doctor.looks.functions import environment_of, look_at_settings
from stripe_handler_cli.operate.doctor.looks.tables import describe_table
from stripe_handler_cli.operate.doctor.policies import parse_policy
from stripe_handler_cli.operate.doctor.site import Site, found_or_none
from stripe_subscription_handler.stripe_side.secret import PARAMETER_VARIABLE, SECRET_ARN_VARIABLE


def look_at_role(site: Site) -> RoleFacts:
    """GetRole, its inline policies, and what is attached to it."""
    iam, name = site.client("iam"), site.role_name
    basis = _basis(site)
    expected = expected_grants(basis)
    found = found_or_none(iam.get_role, RoleName=name)
    if found is None:
        return RoleFacts(name, None, (), (), None, expected)
    inline = [
        policy
        for page in iam.get_paginator("list_role_policies").paginate(RoleName=name)
        for policy in page["PolicyNames"]
    ]
    documents = {
        policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in inline
    }
    attached = [
        policy["PolicyArn"]
        for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
        for policy in page["AttachedPolicies"]
    ]
    role = found["Role"]
    return RoleFacts(
        name=name,
        policies={policy: parse_policy(document) for policy, document in documents.items()},
        attached=tuple(attached),
        trust=parse_policy(role["AssumeRolePolicyDocument"]),
        boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        expected=expected,
        tolerated=tolerated_grants(basis),
    )


def _basis(site: Site) -> RoleBasis:
    environment = environment_of(site)
    settings = site.see(look_at_settings) or {}
    return RoleBasis(
        function=Arn.parse(site.output("function_arn")),
        log_group_name=site.output("log_group_name"),
        profile_table_name=site.output("profile_table_name"),
        sync_table_name=site.output("sync_table_name"),
        failure_queue_arn=site.output("failure_queue_arn"),
        secret_arn=environment.get(SECRET_ARN_VARIABLE),
        secret_parameter=environment.get(PARAMETER_VARIABLE),
        kms_key_arn=settings.get("KMSKeyArn") or None,
        profile_table_key_arn=_key_of(site, site.output("profile_table_name")),
        is_traced=settings.get("TracingConfig", {}).get("Mode") == "Active",
    )


def _key_of(site: Site, table: str) -> str | None:
    """The KMS key of a table: the app's own, the stack's, or the account's AWS-managed one."""
    found = site.see(describe_table, table) or {}
    key: str | None = found.get("SSEDescription", {}).get("KMSMasterKeyArn")
    return key

"""Runs the checks wanted, one after the other; whatever one look runs into, the others are still made."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.areas import CHECKS
from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.check import Check, Finding, Status, warned
from stripe_handler_cli.operate.doctor.commands import fill_in
from stripe_handler_cli.operate.doctor.site import LOOK_ERRORS, Site, reason_of
from stripe_subscription_handler.stripe_side.api import API_VERSION

_STATUSES = list(Status)


@attrs.frozen
class Result:
    """One check's outcome."""

    check: Check[Any]
    status: Status
    found: str
    fix: str | None  # the command that puts it right
    has_looked: bool  # whether the facts could be had; without them the status is a warning


def examine(
    site: Site, keys: Collection[str], on_check: Callable[[str], None] = lambda _: None
) -> list[Result]:
    """Make the checks with these keys; `on_check` is called with the title of each before it is made.

    Raises:
        CliError: The caller is not in the stack's account; then no check would mean anything.
        botocore.exceptions.BotoCoreError: AWS cannot be reached, or there are no credentials.
    """
    require_right_account(site)
    results = []
    for check in CHECKS:
        if check.key in keys:
            on_check(f"{check.area}: {check.title}")
            results.append(_result(site, check))
    return results


def worst(results: Sequence[Result]) -> Status:
    """How the whole ended: as its worst check."""
    return max((result.status for result in results), key=_STATUSES.index, default=Status.PASS)


def _result(site: Site, check: Check[Any]) -> Result:
    try:
        facts = site.see(check.look)
    except LOOK_ERRORS as error:
        finding, has_looked = warned(f"could not look: {reason_of(error)}"), False
    else:
        finding, has_looked = check.judge(facts), True
    return Result(check, finding.status, finding.found, _command(site, finding), has_looked)


def _command(site: Site, finding: Finding) -> str | None:
    if finding.fix is None:
        return None
    stack = site.stack
    names = {
        **stack.outputs,
        "role_name": site.role_name if stack.outputs.get("function_role_arn") else None,
        "key_variable": site.stripe.variable if site.stripe else "STRIPE_API_KEY",
        "stripe_version": API_VERSION,
        **finding.names,
    }
    phrases = {
        "apply": stack.apply_command,
        "settings": stack.settings_place,
        "stack_options": site.stack_options,
    }
    return fill_in(finding.fix, names, phrases)


def require_right_account(site: Site) -> None:
    """See that the caller is in the stack's account.

    Raises:
        CliError: The caller is in another one; then nothing that is found would mean anything.
        botocore.exceptions.BotoCoreError: AWS cannot be reached, or there are no credentials.
    """
    account = site.client("sts").get_caller_identity()["Account"]
    function = site.stack.outputs.get("function_arn")
    try:
        wanted = Arn.parse(str(function)).account if function else account
    except ValueError as error:
        raise CliError(f"The output function_arn is no ARN: {function}") from error
    if wanted != account:
        raise CliError(
            f"The credentials are of the AWS account {account}, and the stack is in {wanted}; choose others "
            "(AWS_PROFILE)."
        )

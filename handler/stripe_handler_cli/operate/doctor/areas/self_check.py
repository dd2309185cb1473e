"""What the function tells of itself: tables, Stripe key, mode. Pure."""

from typing import Literal

import attrs

from stripe_handler_cli.operate.doctor.areas.function import DEPLOY, DEPLOY_VERSION, deploy_command
from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_subscription_handler.stripe_side.api import NOT_IN_ZIP

READ_ERRORS = "aws logs tail {log_group_name} --since 15m"
_KEY_FROM_KEYBOARD = 'read -rs KEY && printf %s "$KEY" | '
"""The key passes through a pipe: it is never an argument, which other users of the machine could see."""
PUT_SECRET = (
    _KEY_FROM_KEYBOARD
    + "aws secretsmanager put-secret-value --secret-id {secret} --secret-string file:///dev/stdin"
)
PUT_PARAMETER = (
    _KEY_FROM_KEYBOARD
    + "aws ssm put-parameter --name {secret} --type SecureString --overwrite --value file:///dev/stdin"
)
SET_LIVEMODE = "# set livemode in the tfvars file, then\n" + APPLY
USE_A_SECRET = "# name stripe_secret_arn in the tfvars file, then\n" + APPLY
Mode = Literal["live", "test"]


@attrs.frozen(kw_only=True)
class SelfCheckFacts:
    """The function's answer to the self-check.

    Attributes:
        is_known: Whether the deployed code knows the self-check.
        error: Why it failed, None when it answered.
        profile_table: What was refused there, None for nothing.
        sync_table: The same.
        alias: The alias by which the function is invoked; None without one.
    """

    is_known: bool = True
    error: str | None = None
    profile_table: str | None = None
    sync_table: str | None = None
    alias: str | None = None


@attrs.frozen(kw_only=True)
class StripeKeyFacts:
    """The function's Stripe key, as the function sees it.

    Attributes:
        place: Where it is kept; None when none is configured.
        secret: Name of that secret or parameter, for commands.
        is_parameter: Whether it is one of SSM's.
        is_in_environment: Whether the key itself stands in the function's environment.
        problem: Why it cannot be read, None when it can.
        stripe_problem: Why Stripe does not accept it, None when it does.
        alias: The alias by which the function is invoked; None without one.
    """

    place: str | None
    secret: str = ""
    is_parameter: bool = False
    is_in_environment: bool = False
    problem: str | None = None
    stripe_problem: str | None = None
    alias: str | None = None


@attrs.frozen(kw_only=True)
class ModeFacts:
    """Live or test, from three sides.

    Attributes:
        configured: The function's `LIVEMODE`: `live`, `test` or `any`.
        of_source: Mode of the event source, by its name; None on a custom bus.
        of_key: Mode of the function's Stripe key; None without one, or where the key does not tell.
    """

    configured: str
    of_source: Mode | None = None
    of_key: Mode | None = None


def judge_self_check(facts: SelfCheckFacts) -> Finding:
    """Under its own role it may do to its tables what it needs to do."""
    if not facts.is_known:
        return warned("the deployed code does not know the self-check", deploy_command(facts.alias))
    if facts.error is not None:
        return failed(facts.error, READ_ERRORS)
    problems = {"profile table": facts.profile_table, "sync table": facts.sync_table}
    found = [f"{table}: {problem}" for table, problem in problems.items() if problem]
    if found:
        return failed("refused to the function: " + "; ".join(found), APPLY)
    return passed("the function may read and write both tables")


def judge_stripe_key(facts: StripeKeyFacts) -> Finding:  # noqa: PLR0911 - a table of what can be wrong
    """None configured, or one that the function can read and Stripe accepts."""
    if facts.place is None:
        return passed("none configured (it is optional); what only Stripe can tell waits, or fails")
    replace = PUT_PARAMETER if facts.is_parameter else PUT_SECRET
    if facts.problem is not None:
        if "AccessDenied" in facts.problem:
            return failed(facts.problem, APPLY)
        if "ResourceNotFound" in facts.problem:
            return failed(facts.problem, USE_A_SECRET)
        return failed(facts.problem, replace, secret=facts.secret)
    if facts.is_in_environment:
        return warned(
            "the key stands in the function's environment, for everyone to read who may see it", USE_A_SECRET
        )
    if facts.stripe_problem == NOT_IN_ZIP:
        return failed(facts.stripe_problem, deploy_command(facts.alias))
    if facts.stripe_problem is not None and "refuses" in facts.stripe_problem:
        return failed(facts.stripe_problem, replace, secret=facts.secret)
    if facts.stripe_problem is not None:
        return warned(f"readable, but: {facts.stripe_problem}")
    return passed(f"{facts.place}: readable, and Stripe lets it read subscriptions and customers")


def judge_livemode(facts: ModeFacts) -> Finding:
    """The setting, the event source and the key agree."""
    modes = {"the event source": facts.of_source, "the Stripe key": facts.of_key}
    told = {name: mode for name, mode in modes.items() if mode is not None}
    described = "; ".join(
        [f"LIVEMODE {facts.configured}", *(f"{name} is {mode}" for name, mode in told.items())]
    )
    wanted = {facts.configured, *told.values()} - {"any"}
    if len(wanted) > 1:
        return failed(
            f"{described}: events of the other mode fail, or are looked up in the wrong one", SET_LIVEMODE
        )
    if facts.configured == "any":
        return warned(f"{described}: test events may reach real users' profiles", SET_LIVEMODE)
    return passed(described)


SELF_CHECK = Check(
    key="self-check",
    area=Area.FUNCTION,
    title="Function's own test",
    why="A policy says what should be allowed; only the function can show what is.",
    checked=(
        "The function is invoked with the self-check: under its own role it reads both tables and tries "
        "each kind of write with a condition that never holds. Whatever is refused, or an error, fails."
    ),
    fixes=(APPLY, READ_ERRORS, DEPLOY, DEPLOY_VERSION),
    judge=judge_self_check,
)
STRIPE_KEY = Check(
    key="stripe-key",
    area=Area.FUNCTION,
    title="Stripe key",
    why=(
        "Ties inside one second, thin events and users nobody has named are asked of Stripe; without it "
        "they wait."
    ),
    checked=(
        "The function reads its key anew and asks Stripe for a subscription and a customer that cannot "
        "exist. A key that cannot be read or that Stripe refuses fails, and so does any key where the zip "
        "was built without stripe. A key in the function's environment, or no answer from Stripe, is a "
        "warning. The key itself is never shown."
    ),
    fixes=(APPLY, PUT_SECRET, PUT_PARAMETER, USE_A_SECRET, DEPLOY, DEPLOY_VERSION),
    judge=judge_stripe_key,
)
LIVEMODE = Check(
    key="livemode",
    area=Area.FUNCTION,
    title="Live or test",
    why="A test payment must never unlock a live profile.",
    checked=(
        "`LIVEMODE`, the event source's name and the Stripe key's mode: a contradiction fails, `any` is a "
        "warning."
    ),
    fixes=(SET_LIVEMODE,),
    judge=judge_livemode,
)

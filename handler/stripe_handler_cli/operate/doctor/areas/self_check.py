"""What the function tells of itself: tables, Stripe key, mode."""

import json
from typing import Any, Literal

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY, DEPLOY, DEPLOY_VERSION, deploy_command
from stripe_handler_cli.operate.doctor.site import LOOK_ERRORS, Site, environment_of, livemode_of
from stripe_handler_cli.stack.event_destinations import mode_of_source
from stripe_subscription_handler.errors import ConfigError, InvalidEventError
from stripe_subscription_handler.operations import names
from stripe_subscription_handler.stripe_side import secret
from stripe_subscription_handler.stripe_side.api import NOT_IN_ZIP

READ_ERRORS = "aws logs tail {log_group_name} --since 15m    # AWS CLI v2"
_KEY_FROM_KEYBOARD = 'read -rs KEY && printf %s "$KEY" | '
"""The key passes through a pipe: it is never an argument, which other users of the machine could see."""
PUT_SECRET = _KEY_FROM_KEYBOARD + (
    "aws secretsmanager put-secret-value --secret-id {secret} --secret-string file:///dev/stdin"
)
PUT_PARAMETER = _KEY_FROM_KEYBOARD + (
    "aws ssm put-parameter --name {secret} --type SecureString --overwrite --value file:///dev/stdin"
)
CORRECT_SETTING = "# correct that setting in {settings}, then\n" + APPLY
SET_LIVEMODE = "# set livemode in {settings}, then\n" + APPLY
USE_A_SECRET = "# name stripe_secret_arn in {settings}, then\n" + APPLY


class FunctionFailedError(CliError):
    """The function was invoked and ended with an error."""


class SettingsError(FunctionFailedError):
    """The function's settings cannot be used: it handles nothing. The message names the variable."""


class UnknownOperationError(FunctionFailedError):
    """The function's code is older than the self-check, and took it for an event."""


def ask_function(site: Site) -> dict[str, Any]:
    """Invoke the function with the self-check.

    Raises:
        CliError: It failed; the message is the function's own.
    """
    answer = site.client("lambda").invoke(
        FunctionName=site.stack.invoked_function,
        Payload=json.dumps({names.OPERATION_KEY: names.SELF_CHECK}).encode(),
    )
    told = json.loads(answer["Payload"].read() or b"null")
    if isinstance(told, dict) and not answer.get("FunctionError"):
        return told
    found = told if isinstance(told, dict) else {}
    kind, message = found.get("errorType", "an error"), found.get("errorMessage", "no message")
    if kind == ConfigError.__name__:
        raise SettingsError(f"its settings cannot be used, so it handles no event: {message}")
    failure = UnknownOperationError if kind == InvalidEventError.__name__ else FunctionFailedError
    raise failure(f"the function ended with {kind}: {message}")


def told_or_none(site: Site) -> dict[str, Any] | None:
    """The function's answer; None where it gave none, which is another check's finding."""
    try:
        return site.see(ask_function)
    except LOOK_ERRORS:
        return None


@attrs.frozen(kw_only=True)
class SelfCheckFacts:
    """The function's answer to the self-check."""

    is_known: bool = True  # to the deployed code
    error: str | None = None
    settings_error: str | None = None  # the variable that cannot be used, and why
    profile_table: str | None = None  # what was refused there
    sync_table: str | None = None
    queues: str | None = None  # what was refused of the look into the dead-letter queues
    alias: str | None = None  # by which the function is invoked


def look_at_self_check(site: Site) -> SelfCheckFacts:
    try:
        told = site.see(ask_function)
    except UnknownOperationError:
        return SelfCheckFacts(is_known=False, alias=site.stack.function_alias)
    except SettingsError as error:
        return SelfCheckFacts(settings_error=str(error))
    except FunctionFailedError as error:
        return SelfCheckFacts(error=str(error))
    return SelfCheckFacts(
        profile_table=told["profileTable"],
        sync_table=told["syncTable"],
        queues=told.get("deadLetterQueues"),
    )


@check(Area.FUNCTION, look_at_self_check, APPLY, CORRECT_SETTING, READ_ERRORS, DEPLOY, DEPLOY_VERSION)
def self_check(facts: SelfCheckFacts) -> Finding:
    """Function's own test.

    A policy says what should be allowed; only the function can show what is.

    The function is invoked with the self-check: under its own role it reads both tables and tries each kind
    of write with a condition that never holds, and looks into the dead-letter queues as its hourly count
    does. Whatever is refused, or an error, fails. A setting that it cannot use, as a JMESPath or a pattern
    that is none, fails too, with the variable's name.
    """
    if not facts.is_known:
        return warned("the deployed code does not know the self-check", deploy_command(facts.alias))
    if facts.settings_error is not None:
        return failed(facts.settings_error, CORRECT_SETTING)
    if facts.error is not None:
        return failed(facts.error, READ_ERRORS)
    problems = {
        "profile table": facts.profile_table,
        "sync table": facts.sync_table,
        "dead-letter queues": facts.queues,
    }
    found = [f"{place}: {problem}" for place, problem in problems.items() if problem]
    if found:
        return failed("refused to the function: " + "; ".join(found))
    return passed("the function may read and write both tables, and look into the queues")


@attrs.frozen(kw_only=True)
class StripeKeyFacts:
    """The function's Stripe key, as the function sees it."""

    place: str | None  # where it is kept; None where none is configured
    secret: str = ""  # name of the secret or parameter, for commands
    is_parameter: bool = False  # of SSM
    is_in_environment: bool = False  # the key itself
    problem: str | None = None  # why it cannot be read
    stripe_problem: str | None = None  # why Stripe does not accept it
    unreadable: tuple[str, ...] = ()  # what a question needs, and Stripe does not show
    alias: str | None = None  # by which the function is invoked


def look_at_stripe_key(site: Site) -> StripeKeyFacts:
    environment = environment_of(site)
    told = site.see(ask_function)["stripeKey"]
    if told is None:
        return StripeKeyFacts(place=None)
    return StripeKeyFacts(
        place=told["place"],
        secret=environment.get(secret.SECRET_ARN_VARIABLE)
        or environment.get(secret.PARAMETER_VARIABLE)
        or "",
        is_parameter=secret.PARAMETER_VARIABLE in environment,
        is_in_environment=secret.KEY_VARIABLE in environment,
        problem=told["problem"],
        stripe_problem=told["stripeProblem"],
        unreadable=tuple(told.get("askingProblems") or ()),
        alias=site.stack.function_alias,
    )


@check(
    Area.FUNCTION, look_at_stripe_key, APPLY, PUT_SECRET, PUT_PARAMETER, USE_A_SECRET, DEPLOY, DEPLOY_VERSION
)
def stripe_key(facts: StripeKeyFacts) -> Finding:  # noqa: PLR0911 - a table of what can be wrong
    """Stripe key.

    Ties inside one second, thin events and users nobody has named are asked of Stripe; without it they
    wait.

    The function reads its key anew and asks Stripe for a subscription and a customer that cannot exist. A
    key that cannot be read or that Stripe refuses fails, and so does any key where the zip was built
    without stripe. A key in the function's environment, or no answer from Stripe, is a warning, and so is a
    key that may not read invoices or checkout sessions, which asking now needs. The key itself is never
    shown.
    """
    if facts.place is None:
        return passed("none configured (it is optional); what only Stripe can tell waits, or fails")
    replace = PUT_PARAMETER if facts.is_parameter else PUT_SECRET
    if facts.problem is not None:
        if "AccessDenied" in facts.problem:
            return failed(facts.problem)
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
    if facts.unreadable:
        missing = " and ".join(facts.unreadable)
        return warned(
            f"readable, but Stripe does not show it {missing}, which asking now (docs/ask-now.md) needs: "
            "allow the restricted key to read them, or put one there that may",
            replace,
            secret=facts.secret,
        )
    return passed(f"{facts.place}: readable, and Stripe lets it read subscriptions and customers")


@attrs.frozen(kw_only=True)
class ModeFacts:
    """Live or test, from three sides."""

    configured: str  # `LIVEMODE`
    of_source: Literal["live", "test"] | None = None  # None on a custom bus
    of_key: Literal["live", "test"] | None = None  # None without one, or where the key does not tell


def look_at_mode(site: Site) -> ModeFacts:
    """`LIVEMODE`, the event source's name, and the key's mode where the function tells it."""
    key = (told_or_none(site) or {}).get("stripeKey")
    return ModeFacts(
        configured=livemode_of(site),
        of_source=mode_of_source(site.stack.partner_event_source),
        of_key=key["mode"] if key else None,
    )


@check(Area.FUNCTION, look_at_mode, SET_LIVEMODE)
def livemode(facts: ModeFacts) -> Finding:
    """Live or test.

    A test payment must never unlock a live profile.

    `LIVEMODE`, the event source's name and the Stripe key's mode: a contradiction fails, `any` is a
    warning.
    """
    modes = {"the event source": facts.of_source, "the Stripe key": facts.of_key}
    told = {name: mode for name, mode in modes.items() if mode is not None}
    described = "; ".join([f"LIVEMODE {facts.configured}", *map(" is ".join, told.items())])
    if len({facts.configured, *told.values()} - {"any"}) > 1:
        return failed(
            f"{described}: events of the other mode fail, or are looked up in the wrong one", SET_LIVEMODE
        )
    if facts.configured == "any":
        return warned(f"{described}: test events may reach real users' profiles", SET_LIVEMODE)
    return passed(described)

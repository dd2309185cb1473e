"""Asks Lambda and CloudWatch Logs: the function's settings, code, attempts, policy, log group, and itself."""

import base64
import hashlib
import json
from importlib.metadata import version
from typing import Any

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.areas.access import PolicyFacts
from stripe_handler_cli.operate.doctor.areas.function import AttemptsFacts, CodeFacts, FunctionFacts, LogFacts
from stripe_handler_cli.operate.doctor.areas.self_check import (
    ModeFacts,
    SelfCheckFacts,
    StripeKeyFacts,
)
from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.looks.events import look_at_target
from stripe_handler_cli.operate.doctor.policies import Admission, Statement, parse_policy, unlike
from stripe_handler_cli.operate.doctor.site import LOOK_ERRORS, Site, found_or_none
from stripe_handler_cli.stack.event_destinations import mode_of_source
from stripe_handler_cli.stack.invoked import qualified
from stripe_subscription_handler.config import STRIPE_API_URL, VARIABLES, Config
from stripe_subscription_handler.decisions.policy import Livemode
from stripe_subscription_handler.errors import ConfigError, InvalidEventError
from stripe_subscription_handler.operations.names import OPERATION_KEY, SELF_CHECK
from stripe_subscription_handler.stripe_side.secret import (
    KEY_VARIABLE,
    PARAMETER_VARIABLE,
    SECRET_ARN_VARIABLE,
)

_DISTRIBUTION = "stripe-subscription-handler"


def look_at_settings(site: Site) -> dict[str, Any] | None:
    """GetFunctionConfiguration of what is invoked; None where that is not there.

    Other looks read what they need from it.
    """
    invoked = site.stack.invoked_function
    return found_or_none(site.client("lambda").get_function_configuration, FunctionName=invoked)


def environment_of(site: Site) -> dict[str, str]:
    """The function's environment; raises `CliError` where there is no function."""
    settings = _settings(site)
    variables: dict[str, str] = settings.get("Environment", {}).get("Variables", {})
    return variables


def livemode_of(site: Site) -> str:
    """The function's `LIVEMODE`."""
    return environment_of(site).get(VARIABLES["livemode"], Livemode.ANY)


def stripe_url_of(site: Site) -> str:
    """Where the function asks Stripe."""
    return environment_of(site).get(VARIABLES["stripe_api_url"]) or STRIPE_API_URL


def look_at_function(site: Site) -> FunctionFacts:
    """The settings, and GetFunctionConcurrency."""
    settings = site.see(look_at_settings)
    if settings is None:
        return FunctionFacts(name=site.stack.invoked_function, state=None)
    environment = environment_of(site)
    concurrency = site.client("lambda").get_function_concurrency(FunctionName=site.output("function_name"))
    return FunctionFacts(
        name=site.stack.invoked_function,
        state=settings.get("State", "Active"),
        last_update=settings.get("LastUpdateStatus", "Successful"),
        handler=settings["Handler"],
        runtime=settings["Runtime"],
        timeout_seconds=settings["Timeout"],
        memory_mb=settings["MemorySize"],
        reserved_concurrency=concurrency.get("ReservedConcurrentExecutions"),
        log_format=settings.get("LoggingConfig", {}).get("LogFormat", "Text"),
        stripe_url=stripe_url_of(site),
        settings_problem=_settings_problem(environment),
        tables=(environment.get(VARIABLES["table_name"]), environment.get(VARIABLES["sync_table_name"])),
        expected_tables=(site.output("profile_table_name"), site.output("sync_table_name")),
        wants_snapshot=site.stack.function_alias is not None,
        has_snapshot=settings.get("SnapStart", {}).get("OptimizationStatus") == "On",
    )


def look_at_code(site: Site) -> CodeFacts:
    """`CodeSha256` of the settings, the digest of the zip at hand, and the version the function tells."""
    settings = _settings(site)
    told = _told(site) or {}
    package = site.package
    digest = None if package is None else hashlib.sha256(package.path.read_bytes()).digest()
    return CodeFacts(
        code_sha256=settings["CodeSha256"],
        package=str(package.path) if package else None,
        package_sha256=base64.b64encode(digest).decode() if digest else None,
        is_package_named=package is not None and package.is_named,
        version=told.get("version"),
        own_version=version(_DISTRIBUTION),
        alias=site.stack.function_alias,
    )


def look_at_attempts(site: Site) -> AttemptsFacts:
    """GetFunctionEventInvokeConfig of what the rule invokes; AWS's own defaults where there is none."""
    config = found_or_none(site.client("lambda").get_function_event_invoke_config, **_invoked(site)) or {}
    return AttemptsFacts(
        retries=config.get("MaximumRetryAttempts", 2),
        maximum_age_seconds=config.get("MaximumEventAgeInSeconds", 21600),
        on_failure=config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
        failure_queue_arn=site.output("failure_queue_arn"),
    )


def look_at_function_policy(site: Site) -> PolicyFacts:
    """GetPolicy of what the rule invokes, and of the function itself: that could let in forgers too."""
    function = Arn.parse(site.output("function_arn"))
    hourly = function.beside("events", f"rule/{site.output('parked_count_rule_name')}")
    expected = tuple(
        Admission("events.amazonaws.com", "lambda:InvokeFunction", "aws:SourceArn", rule)
        for rule in (*site.rule_arns, hourly)
    )
    name = site.output("function_name")
    invoked = _invoked(site)
    statements = _policy_of(site, invoked)
    if "Qualifier" not in invoked:
        return PolicyFacts("function", statements, expected, belongs_to=name)
    _, strangers = unlike(statements, expected)
    _, besides = unlike(_policy_of(site, {"FunctionName": name}), expected)
    holder = name if besides and not strangers else qualified(name, invoked["Qualifier"])
    return PolicyFacts("function", (*statements, *besides), expected, belongs_to=holder)


def look_at_log_group(site: Site) -> LogFacts:
    """DescribeLogGroups."""
    name = site.output("log_group_name")
    answer = site.client("logs").describe_log_groups(logGroupNamePrefix=name)
    found = next((group for group in answer["logGroups"] if group["logGroupName"] == name), None)
    return LogFacts(name, found is not None, (found or {}).get("retentionInDays"))


def ask_function(site: Site) -> dict[str, Any]:
    """Invoke the function with the self-check.

    Raises:
        CliError: It failed; the message is the function's own.
    """
    answer = site.client("lambda").invoke(
        FunctionName=site.stack.invoked_function, Payload=json.dumps({OPERATION_KEY: SELF_CHECK}).encode()
    )
    told = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError") or not isinstance(told, dict):
        raise (UnknownOperationError if _is_unknown(told) else FunctionFailedError)(_error_of(told))
    return told


class FunctionFailedError(CliError):
    """The function was invoked and ended with an error."""


class UnknownOperationError(FunctionFailedError):
    """The function's code is older than the self-check, and took it for an event."""


def look_at_self_check(site: Site) -> SelfCheckFacts:
    """What the function was refused on its tables."""
    try:
        told = site.see(ask_function)
    except UnknownOperationError:
        return SelfCheckFacts(is_known=False, alias=site.stack.function_alias)
    except FunctionFailedError as error:
        return SelfCheckFacts(error=str(error))
    return SelfCheckFacts(profile_table=told["profileTable"], sync_table=told["syncTable"])


def look_at_stripe_key(site: Site) -> StripeKeyFacts:
    """What the function says of its key."""
    environment = environment_of(site)
    told = site.see(ask_function)["stripeKey"]
    if told is None:
        return StripeKeyFacts(place=None)
    return StripeKeyFacts(
        place=told["place"],
        secret=environment.get(SECRET_ARN_VARIABLE) or environment.get(PARAMETER_VARIABLE) or "",
        is_parameter=PARAMETER_VARIABLE in environment,
        is_in_environment=KEY_VARIABLE in environment,
        problem=told["problem"],
        stripe_problem=told["stripeProblem"],
        alias=site.stack.function_alias,
    )


def look_at_mode(site: Site) -> ModeFacts:
    """`LIVEMODE`, the event source's name, and the key's mode where the function tells it."""
    key = (_told(site) or {}).get("stripeKey")
    return ModeFacts(
        configured=livemode_of(site),
        of_source=mode_of_source(site.stack.partner_event_source),
        of_key=key["mode"] if key else None,
    )


def _told(site: Site) -> dict[str, Any] | None:
    """The function's answer; None where it gave none, which is another check's finding."""
    try:
        return site.see(ask_function)
    except LOOK_ERRORS:
        return None


def _settings(site: Site) -> dict[str, Any]:
    settings = site.see(look_at_settings)
    if settings is None:
        raise CliError(f"there is no function {site.stack.invoked_function}")
    return settings


def _policy_of(site: Site, function: dict[str, str]) -> tuple[Statement, ...]:
    found = found_or_none(site.client("lambda").get_policy, **function)
    return parse_policy((found or {}).get("Policy"))


def _invoked(site: Site) -> dict[str, str]:
    """Function and, where the rule invokes a version or alias, that: each has its own policy and attempts."""
    function = {"FunctionName": site.output("function_name")}
    target = site.see(look_at_target).ours
    qualifier = target.arn.removeprefix(site.output("function_arn")).lstrip(":") if target else ""
    return {**function, "Qualifier": qualifier} if qualifier else function


def _settings_problem(environment: dict[str, str]) -> str | None:
    try:
        Config.from_environment(environment)
    except ConfigError as error:
        return str(error)
    return None


def _is_unknown(told: Any) -> bool:
    return isinstance(told, dict) and told.get("errorType") == InvalidEventError.__name__


def _error_of(told: Any) -> str:
    found = told if isinstance(told, dict) else {}
    kind, message = found.get("errorType", "an error"), found.get("errorMessage", "no message")
    return f"the function ended with {kind}: {message}"

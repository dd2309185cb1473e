"""The function: its settings, its code, and the snapshots of its versions (SnapStart)."""

import base64
import hashlib
from importlib.metadata import version

import attrs

from stripe_handler_cli.operate.doctor.areas.self_check import told_or_none
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY, DEPLOY, DEPLOY_VERSION, deploy_command
from stripe_handler_cli.operate.doctor.site import (
    Site,
    environment_of,
    listed,
    look_at_settings,
    settings_of,
    stripe_url_of,
)
from stripe_subscription_handler.config import STRIPE_API_URL, VARIABLES, Config
from stripe_subscription_handler.errors import ConfigError

HANDLER = "stripe_subscription_handler.app.lambda_handler"
RUNTIME = "python3.13"
LEAST_TIMEOUT_SECONDS = 30
LEAST_MEMORY_MB = 256
ASK_STRIPE = "# take stripe_api_url out of {settings}, then\n" + APPLY
FREE_CONCURRENCY = "aws lambda delete-function-concurrency --function-name {function_name}"
DELETE_VERSION = "aws lambda delete-function --function-name {function_name} --qualifier {version}"
MOST_OLD_VERSIONS = 1
"""One, to go back to."""


@attrs.frozen(kw_only=True)
class FunctionFacts:
    """The function as it is set up."""

    name: str
    state: str | None  # AWS's word; None where there is no such function
    last_update: str = "Successful"  # AWS's word
    handler: str = HANDLER
    runtime: str = RUNTIME
    timeout_seconds: int = LEAST_TIMEOUT_SECONDS
    memory_mb: int = 512
    reserved_concurrency: int | None = None
    log_format: str = "Text"  # `Text` or `JSON`
    settings_problem: str | None = None  # why its environment cannot be used
    stripe_url: str = STRIPE_API_URL
    tables: tuple[str | None, str | None] = (None, None)  # profiles and sync, by its environment
    expected_tables: tuple[str | None, str | None] = (None, None)  # by Terraform's outputs
    wants_snapshot: bool = False  # SnapStart is on
    has_snapshot: bool = False


def look_at_function(site: Site) -> FunctionFacts:
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


def _settings_problem(environment: dict[str, str]) -> str | None:
    try:
        Config.from_environment(environment)
    except ConfigError as error:
        return str(error)
    return None


@check(Area.FUNCTION, look_at_function, APPLY, FREE_CONCURRENCY, ASK_STRIPE)
def function_configuration(facts: FunctionFacts) -> Finding:  # noqa: PLR0911 - a table of what can be wrong
    """Configuration.

    Settings other than the code was written for make it fail, stop, or run out of time half-way.

    The function exists and is active; its handler is `{HANDLER}`; its environment can be used and names
    the stack's tables; its reserved concurrency is not 0. Warnings: another runtime than {RUNTIME}, less
    than {LEAST_TIMEOUT_SECONDS} s or {LEAST_MEMORY_MB} MB, log format JSON, another Stripe than Stripe,
    no snapshot with SnapStart on.
    """
    if facts.state is None:
        return failed(f"there is no function {facts.name}")
    if facts.state == "Pending" or facts.last_update == "InProgress":
        return warned("it is being changed just now; look again in a moment")
    if facts.state not in {"Active", "Inactive"} or facts.last_update == "Failed":
        return failed(f"state {facts.state}, last update {facts.last_update}")
    if facts.reserved_concurrency == 0:
        return failed(
            "reserved concurrency 0: it is stopped, every event goes to the failure queue", FREE_CONCURRENCY
        )
    if facts.settings_problem:
        return failed(f"its environment cannot be used: {facts.settings_problem}")
    if facts.handler != HANDLER:
        return failed(f"its handler is {facts.handler}, not {HANDLER}")
    if facts.tables != facts.expected_tables:
        seen, wanted = (" and ".join(map(str, pair)) for pair in (facts.tables, facts.expected_tables))
        return failed(f"it uses the tables {seen}, the stack has {wanted}")
    lacks_snapshot = facts.wants_snapshot and not facts.has_snapshot
    oddities = {
        f"runtime {facts.runtime}: the zip's bytecode is for {RUNTIME}": facts.runtime != RUNTIME,
        f"it asks {facts.stripe_url} instead of Stripe": facts.stripe_url != STRIPE_API_URL,
        f"timeout {facts.timeout_seconds} s": facts.timeout_seconds < LEAST_TIMEOUT_SECONDS,
        f"memory {facts.memory_mb} MB": facts.memory_mb < LEAST_MEMORY_MB,
        f"log format {facts.log_format}: Lambda filters lines by its own level": facts.log_format != "Text",
        "it has no snapshot, and starts as without SnapStart": lacks_snapshot,
    }
    if any(oddities.values()):
        fix = APPLY if facts.stripe_url == STRIPE_API_URL else ASK_STRIPE
        return warned("; ".join(text for text, is_so in oddities.items() if is_so), fix)
    reserved = facts.reserved_concurrency
    return passed(
        f"{facts.runtime}, {facts.memory_mb} MB, timeout {facts.timeout_seconds} s, concurrency reserved: "
        f"{'none' if reserved is None else reserved}" + (", SnapStart" if facts.has_snapshot else "")
    )


@attrs.frozen(kw_only=True)
class CodeFacts:
    """The code that runs, and the code that is here."""

    code_sha256: str  # of the function, as Lambda writes it
    package: str | None  # path of a zip to compare with
    package_sha256: str | None  # the same of that zip
    is_package_named: bool  # else it was found in `dist/`
    version: str | None  # of the library, as the function tells it; None where it does not
    own_version: str  # of this command
    alias: str | None = None  # by which the function is invoked


def look_at_code(site: Site) -> CodeFacts:
    """`CodeSha256` of the settings, the digest of the zip at hand, and the version the function tells."""
    settings = settings_of(site)
    package = site.package
    digest = None if package is None else hashlib.sha256(package.read_bytes()).digest()
    return CodeFacts(
        code_sha256=settings["CodeSha256"],
        package=str(package) if package else None,
        package_sha256=base64.b64encode(digest).decode() if digest else None,
        is_package_named=site.is_package_named,
        version=(told_or_none(site) or {}).get("version"),
        own_version=version("stripe-subscription-handler"),
        alias=site.stack.function_alias,
    )


@check(Area.FUNCTION, look_at_code, DEPLOY, DEPLOY_VERSION)
def function_code(facts: CodeFacts) -> Finding:
    """Code.

    A fix that was merged and not deployed fixes nothing.

    Lambda's `CodeSha256` against `dist/handler.zip`, or the zip of `--package`: another one fails if you
    named the zip, and is a warning otherwise. Without a zip: the version the function tells against this
    command's.
    """
    told = f"version {facts.version}" if facts.version else "a version it does not tell"
    deploy = deploy_command(facts.alias)
    if facts.package is not None:
        if facts.code_sha256 == facts.package_sha256:
            return passed(f"{told}, byte for byte {facts.package}")
        found = f"{told}, and not the code of {facts.package}"
        return failed(found, deploy) if facts.is_package_named else warned(found, deploy)
    if facts.version is None:
        return warned("the function does not tell its version, and there is no zip to compare with", deploy)
    if facts.version != facts.own_version:
        return warned(f"{told}; this command is of version {facts.own_version}", deploy)
    return passed(f"{told}, as this command; no zip to compare with (--package)")


def look_at_snapshots(site: Site) -> tuple[str, ...]:
    """ListVersionsByFunction: versions with a snapshot that are not what is invoked, the oldest first."""
    name = site.output("function_name")
    versions = listed(site.client("lambda"), "list_versions_by_function", "Versions", FunctionName=name)
    kept = {one["Version"] for one in versions if one.get("SnapStart", {}).get("OptimizationStatus") == "On"}
    invoked = (site.see(look_at_settings) or {}).get("Version")
    return tuple(sorted(kept - {invoked}, key=int))


@check(Area.FUNCTION, look_at_snapshots, DELETE_VERSION)
def old_snapshots(old: tuple[str, ...]) -> Finding:
    """Snapshots of old versions.

    AWS charges for each snapshot as long as its version exists, whether or not anything invokes it.

    Published versions with a snapshot (SnapStart) that the alias does not lead to: more than
    {MOST_OLD_VERSIONS} is a warning. Delete them one by one, the oldest first.
    """
    if len(old) > MOST_OLD_VERSIONS:
        found = f"{len(old)} versions that nothing invokes keep a snapshot each: {', '.join(old)}"
        return warned(found, DELETE_VERSION, version=old[0])
    if old:
        return passed(f"version {old[0]} keeps a snapshot besides, to go back to")
    return passed("no version that nothing invokes keeps one")

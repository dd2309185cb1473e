"""What a healthy function is: its settings, its code, its attempts, its log group. Pure."""

import attrs

from stripe_handler_cli.operate.doctor.arns import short
from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_subscription_handler.config import STRIPE_API_URL

HANDLER = "stripe_subscription_handler.app.lambda_handler"
RUNTIME = "python3.13"
LEAST_TIMEOUT_SECONDS = 30
LEAST_MEMORY_MB = 256
LEAST_RETRIES = 2
LEAST_EVENT_AGE_SECONDS = 3600
DEPLOY = (
    "stripe-handler package --out dist/handler.zip && aws lambda update-function-code "
    "--function-name {function_name} --zip-file fileb://dist/handler.zip"
)
DEPLOY_VERSION = "stripe-handler package --out dist/handler.zip && " + APPLY
"""With an alias: new code is invoked when a version of it is published, and the alias leads there."""
FREE_CONCURRENCY = "aws lambda delete-function-concurrency --function-name {function_name}"
SET_RETENTION = "aws logs put-retention-policy --log-group-name {log_group_name} --retention-in-days 30"


@attrs.frozen(kw_only=True)
class FunctionFacts:
    """The function as it is set up.

    Attributes:
        name: Its name.
        state: AWS's word; None where there is no such function.
        last_update: AWS's word for how the last update ended.
        handler: Its entry point.
        runtime: Its runtime.
        timeout_seconds: Longest run of one invocation.
        memory_mb: Its memory.
        reserved_concurrency: Concurrency reserved for it; None for none.
        log_format: `Text` or `JSON`.
        settings_problem: Why its environment cannot be used, None when it can.
        stripe_url: Where it asks Stripe.
        tables: Names of the profile table and the sync table in its environment.
        expected_tables: The same, by Terraform's outputs.
        wants_snapshot: Whether it should start from a snapshot (SnapStart).
        has_snapshot: Whether it does.
    """

    name: str
    state: str | None
    last_update: str = "Successful"
    handler: str = HANDLER
    runtime: str = RUNTIME
    timeout_seconds: int = LEAST_TIMEOUT_SECONDS
    memory_mb: int = 512
    reserved_concurrency: int | None = None
    log_format: str = "Text"
    settings_problem: str | None = None
    stripe_url: str = STRIPE_API_URL
    tables: tuple[str | None, str | None] = (None, None)
    expected_tables: tuple[str | None, str | None] = (None, None)
    wants_snapshot: bool = False
    has_snapshot: bool = False


@attrs.frozen(kw_only=True)
class CodeFacts:
    """The code that runs, and the code that is here.

    Attributes:
        code_sha256: Of the function, as Lambda writes it.
        package: Path of a zip to compare with; None without one.
        package_sha256: The same digest of that zip.
        is_package_named: Whether the person named that zip, instead of its being found in `dist/`.
        version: Version of the library the function runs; None where it does not tell.
        own_version: Version of this command.
        alias: The alias by which the function is invoked; None without one.
    """

    code_sha256: str
    package: str | None
    package_sha256: str | None
    is_package_named: bool
    version: str | None
    own_version: str
    alias: str | None = None


@attrs.frozen
class AttemptsFacts:
    """What Lambda does with an event the function failed on.

    Attributes:
        retries: How often it tries again.
        maximum_age_seconds: How long it keeps trying.
        on_failure: Where the event goes after that; None for nowhere.
        failure_queue_arn: Where it should go.
    """

    retries: int
    maximum_age_seconds: int
    on_failure: str | None
    failure_queue_arn: str


@attrs.frozen
class LogFacts:
    """The function's log group.

    Attributes:
        name: Its name.
        exists: Whether it is there.
        retention_days: How long lines are kept; None for ever.
    """

    name: str
    exists: bool
    retention_days: int | None


def judge_configuration(facts: FunctionFacts) -> Finding:  # noqa: PLR0911 - a table of what can be wrong
    """Able to run, with the settings the code was written for."""
    if facts.state is None:
        return failed(f"there is no function {facts.name}", APPLY)
    if facts.state == "Pending" or facts.last_update == "InProgress":
        return warned("it is being changed just now; look again in a moment")
    if facts.state not in {"Active", "Inactive"} or facts.last_update == "Failed":
        return failed(f"state {facts.state}, last update {facts.last_update}", APPLY)
    if facts.reserved_concurrency == 0:
        return failed(
            "reserved concurrency 0: it is stopped, every event goes to the failure queue", FREE_CONCURRENCY
        )
    if facts.settings_problem:
        return failed(f"its environment cannot be used: {facts.settings_problem}", APPLY)
    if facts.handler != HANDLER:
        return failed(f"its handler is {facts.handler}, not {HANDLER}", APPLY)
    if facts.tables != facts.expected_tables:
        seen, wanted = (" and ".join(map(str, pair)) for pair in (facts.tables, facts.expected_tables))
        return failed(f"it uses the tables {seen}, the stack has {wanted}", APPLY)
    odd = [
        text
        for text, is_odd in (
            (f"runtime {facts.runtime}: the zip's bytecode is for {RUNTIME}", facts.runtime != RUNTIME),
            (f"it asks {facts.stripe_url} instead of Stripe", facts.stripe_url != STRIPE_API_URL),
            (f"timeout {facts.timeout_seconds} s", facts.timeout_seconds < LEAST_TIMEOUT_SECONDS),
            (f"memory {facts.memory_mb} MB", facts.memory_mb < LEAST_MEMORY_MB),
            (
                f"log format {facts.log_format}: Lambda filters lines by its own level",
                facts.log_format != "Text",
            ),
            (
                "it has no snapshot, and starts as without SnapStart",
                facts.wants_snapshot and not facts.has_snapshot,
            ),
        )
        if is_odd
    ]
    if odd:
        return warned("; ".join(odd), APPLY)
    reserved = facts.reserved_concurrency
    return passed(
        f"{facts.runtime}, {facts.memory_mb} MB, timeout {facts.timeout_seconds} s, concurrency reserved: "
        f"{'none' if reserved is None else reserved}" + (", SnapStart" if facts.has_snapshot else "")
    )


def judge_code(facts: CodeFacts) -> Finding:
    """The function runs the zip that is here, or at least the same version."""
    told = f"version {facts.version}" if facts.version else "a version it does not tell"
    deploy = deploy_command(facts.alias)
    if facts.package is not None:
        if facts.code_sha256 == facts.package_sha256:
            return passed(f"{told}, byte for byte {facts.package}")
        if facts.is_package_named:
            return failed(f"{told}, and not the code of {facts.package}", deploy)
        return warned(f"{told}, and not the code of {facts.package}", deploy)
    if facts.version is None:
        return warned("the function does not tell its version, and there is no zip to compare with", deploy)
    if facts.version != facts.own_version:
        return warned(f"{told}; this command is of version {facts.own_version}", deploy)
    return passed(f"{told}, as this command; no zip to compare with (--package)")


def deploy_command(alias: str | None) -> str:
    """What brings new code to where events go."""
    return DEPLOY if alias is None else DEPLOY_VERSION


def judge_retries(facts: AttemptsFacts) -> Finding:
    """Three attempts, for an hour at least."""
    found = f"{facts.retries + 1} attempts within {facts.maximum_age_seconds / 3600:g} hours"
    if facts.retries < LEAST_RETRIES or facts.maximum_age_seconds < LEAST_EVENT_AGE_SECONDS:
        return warned(f"{found}: a short fault of DynamoDB fills the failure queue", APPLY)
    return passed(found)


def judge_failure_path(facts: AttemptsFacts) -> Finding:
    """After the last attempt the event goes to the failure queue."""
    if facts.on_failure is None:
        return failed("no on-failure destination: events that fail three times are dropped", APPLY)
    if facts.on_failure != facts.failure_queue_arn:
        return failed(f"wired to something else: {facts.on_failure}", APPLY)
    return passed(f"to the queue {short(facts.on_failure)}")


def judge_log_retention(facts: LogFacts) -> Finding:
    """The log group exists and does not grow for ever."""
    if not facts.exists:
        return failed(f"there is no log group {facts.name}", APPLY)
    if facts.retention_days is None:
        return warned("lines are kept for ever, at a cost; `log_retention_days` sets it", SET_RETENTION)
    return passed(f"{facts.retention_days} days")


CONFIGURATION = Check(
    key="function-configuration",
    area=Area.FUNCTION,
    title="Configuration",
    why="Settings other than the code was written for make it fail, stop, or run out of time half-way.",
    checked=(
        f"The function exists and is active; its handler is `{HANDLER}`; its environment can be used and "
        "names the stack's tables; its reserved concurrency is not 0. Warnings: another runtime than "
        f"{RUNTIME}, less than {LEAST_TIMEOUT_SECONDS} s or {LEAST_MEMORY_MB} MB, log format JSON, "
        "another Stripe than Stripe, no snapshot with SnapStart on."
    ),
    fixes=(APPLY, FREE_CONCURRENCY),
    judge=judge_configuration,
)
CODE = Check(
    key="function-code",
    area=Area.FUNCTION,
    title="Code",
    why="A fix that was merged and not deployed fixes nothing.",
    checked=(
        "Lambda's `CodeSha256` against `dist/handler.zip`, or the zip of `--package`: another one fails if "
        "you named the zip, and is a warning otherwise. Without a zip: the version the function tells "
        "against this command's."
    ),
    fixes=(DEPLOY, DEPLOY_VERSION),
    judge=judge_code,
)
RETRIES = Check(
    key="function-retries",
    area=Area.FUNCTION,
    title="Attempts",
    why="A moment's fault of DynamoDB or Stripe should heal by itself.",
    checked=f"Less than {LEAST_RETRIES + 1} attempts, or less than an hour for them, is a warning.",
    fixes=(APPLY,),
    judge=judge_retries,
)
FAILURE_PATH = Check(
    key="failure-path",
    area=Area.FUNCTION,
    title="Handling failures kept",
    why="An event that fails in every attempt is dropped unless the function has an on-failure destination.",
    checked="The on-failure destination of what the rule invokes is the failure queue.",
    fixes=(APPLY,),
    judge=judge_failure_path,
)
LOG_RETENTION = Check(
    key="log-retention",
    area=Area.FUNCTION,
    title="Log retention",
    why="The log is how anyone explains a profile; kept for ever, it only costs.",
    checked="The log group exists; no retention is a warning.",
    fixes=(APPLY, SET_RETENTION),
    judge=judge_log_retention,
)

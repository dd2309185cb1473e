"""Cases about the function: settings, code, attempts, log, and what it tells of itself."""

import attrs

from stripe_handler_cli.operate.doctor.areas import function, invocations, self_check, unpaid
from stripe_handler_cli.operate.doctor.commands import APPLY, DEPLOY, DEPLOY_VERSION
from stripe_subscription_handler.stripe_side.api import NOT_IN_ZIP
from support.doctor.cases import FAIL, PASS, WARN, Cases

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:failures"
TABLES = ("profiles", "sync")


def the_function(**changes: object) -> function.FunctionFacts:
    """A good function."""
    facts = function.FunctionFacts(name="f", state="Active", tables=TABLES, expected_tables=TABLES)
    return attrs.evolve(facts, **changes)


def code(**changes: object) -> function.CodeFacts:
    """A function that runs the zip at hand."""
    return attrs.evolve(
        function.CodeFacts(
            code_sha256="a",
            package="dist/handler.zip",
            package_sha256="a",
            is_package_named=False,
            version="0.1.0",
            own_version="0.1.0",
        ),
        **changes,
    )


def attempts(**changes: object) -> invocations.AttemptsFacts:
    """Three attempts within six hours, then the failure queue."""
    return attrs.evolve(invocations.AttemptsFacts(2, 21600, QUEUE, QUEUE), **changes)


def key(**changes: object) -> self_check.StripeKeyFacts:
    """A key that works."""
    facts = self_check.StripeKeyFacts(place="Secrets Manager secret arn:s", secret="arn:s")  # noqa: S106 - a name
    return attrs.evolve(facts, **changes)


def mode(configured: str, **changes: object) -> self_check.ModeFacts:
    """The modes."""
    return attrs.evolve(self_check.ModeFacts(configured=configured), **changes)


NO_ZIP = {"package": None, "package_sha256": None}

CASES: Cases = {
    function.function_configuration: (
        (the_function(), PASS, "python3.13, 512 MB, timeout 30 s"),
        (the_function(state=None), FAIL, "there is no function f", APPLY),
        (the_function(state="Failed"), FAIL, "state Failed", APPLY),
        (the_function(state="Pending"), WARN, "being changed just now"),
        (the_function(last_update="InProgress"), WARN, "being changed just now"),
        (the_function(last_update="Failed"), FAIL, "last update Failed", APPLY),
        (the_function(reserved_concurrency=0), FAIL, "it is stopped", function.FREE_CONCURRENCY),
        (the_function(reserved_concurrency=5), PASS, "concurrency reserved: 5"),
        (
            the_function(stripe_url="http://127.0.0.1:1"),
            WARN,
            "asks http://127.0.0.1:1 instead of Stripe",
            function.ASK_STRIPE,
        ),
        (
            the_function(settings_problem="LIVEMODE must be one of live, test, any"),
            FAIL,
            "LIVEMODE must be one of",
            APPLY,
        ),
        (the_function(handler="app.main"), FAIL, "its handler is app.main", APPLY),
        (
            the_function(tables=("other", "sync")),
            FAIL,
            "it uses the tables other and sync, the stack has profiles and sync",
            APPLY,
        ),
        (the_function(runtime="python3.12"), WARN, "runtime python3.12", APPLY),
        (the_function(timeout_seconds=3), WARN, "timeout 3 s", APPLY),
        (the_function(memory_mb=128), WARN, "memory 128 MB", APPLY),
        (the_function(wants_snapshot=True, has_snapshot=True), PASS, "SnapStart"),
        (the_function(wants_snapshot=True), WARN, "it has no snapshot", APPLY),
        (the_function(log_format="JSON"), WARN, "log format JSON", APPLY),
    ),
    function.function_code: (
        (code(), PASS, "version 0.1.0, byte for byte dist/handler.zip"),
        (code(package_sha256="b"), WARN, "not the code of dist/handler.zip", DEPLOY),
        (code(package_sha256="b", is_package_named=True), FAIL, "not the code of dist/handler.zip", DEPLOY),
        (code(package_sha256="b", alias="live"), WARN, "not the code of dist/handler.zip", DEPLOY_VERSION),
        (code(**NO_ZIP), PASS, "as this command"),
        (code(**NO_ZIP, version="0.0.9"), WARN, "version 0.0.9", DEPLOY),
        (code(**NO_ZIP, version=None), WARN, "does not tell", DEPLOY),
    ),
    function.old_snapshots: (
        ((), PASS, "no version that nothing invokes"),
        (("9",), PASS, "version 9 keeps a snapshot besides"),
        (
            ("9", "10"),
            WARN,
            "2 versions that nothing invokes keep a snapshot each: 9, 10",
            function.DELETE_VERSION,
        ),
    ),
    invocations.function_retries: (
        (attempts(), PASS, "3 attempts within 6 h"),
        (attempts(retries=0), WARN, "1 attempt ", APPLY),
        (attempts(maximum_age_seconds=60), WARN, "within 0.0166667 h", APPLY),
    ),
    invocations.failure_path: (
        (attempts(), PASS, "the queue failures"),
        (attempts(on_failure=None), FAIL, "are dropped", APPLY),
        (attempts(on_failure="arn:x"), FAIL, "something else: arn:x", APPLY),
    ),
    invocations.log_retention: (
        (invocations.LogFacts("g", exists=True, retention_days=30), PASS, "30 days"),
        (
            invocations.LogFacts("g", exists=True, retention_days=None),
            WARN,
            "for ever",
            invocations.SET_RETENTION,
        ),
        (invocations.LogFacts("g", exists=False, retention_days=None), FAIL, "no log group g", APPLY),
    ),
    self_check.self_check: (
        (self_check.SelfCheckFacts(), PASS, "both tables"),
        (
            self_check.SelfCheckFacts(profile_table="UpdateItem: AccessDeniedException"),
            FAIL,
            "profile table: UpdateItem: AccessDeniedException",
            APPLY,
        ),
        (
            self_check.SelfCheckFacts(sync_table="Query: ResourceNotFoundException"),
            FAIL,
            "sync table: Query",
            APPLY,
        ),
        (
            self_check.SelfCheckFacts(error="the function ended with ImportModuleError: x"),
            FAIL,
            "ImportModuleError",
            self_check.READ_ERRORS,
        ),
        (
            self_check.SelfCheckFacts(settings_error="PROFILE_ATTRIBUTES is wrong"),
            FAIL,
            "PROFILE_ATTRIBUTES",
            self_check.CORRECT_SETTING,
        ),
        (self_check.SelfCheckFacts(is_known=False), WARN, "does not know the self-check", DEPLOY),
        (
            self_check.SelfCheckFacts(is_known=False, alias="live"),
            WARN,
            "does not know the self-check",
            DEPLOY_VERSION,
        ),
    ),
    self_check.stripe_key: (
        (key(), PASS, "readable, and Stripe lets it"),
        (self_check.StripeKeyFacts(place=None), PASS, "none configured"),
        (key(problem="cannot be read: AccessDeniedException"), FAIL, "Access", APPLY),
        (
            key(problem="cannot be read: ResourceNotFoundException"),
            FAIL,
            "ResourceNotFound",
            self_check.USE_A_SECRET,
        ),
        (key(problem="holds no key"), FAIL, "holds no key", self_check.PUT_SECRET),
        (key(problem="holds no key", is_parameter=True), FAIL, "holds no key", self_check.PUT_PARAMETER),
        (
            key(stripe_problem="Stripe refuses the API key of arn:s (HTTP 401)"),
            FAIL,
            "HTTP 401",
            self_check.PUT_SECRET,
        ),
        (key(stripe_problem=NOT_IN_ZIP), FAIL, "built without stripe", DEPLOY),
        (key(stripe_problem=NOT_IN_ZIP, alias="live"), FAIL, "built without stripe", DEPLOY_VERSION),
        (key(stripe_problem="no answer from Stripe"), WARN, "readable, but: no answer"),
        (
            key(unreadable=("invoices", "checkout sessions")),
            WARN,
            "does not show it invoices and checkout sessions, which asking now",
            self_check.PUT_SECRET,
        ),
        (key(is_in_environment=True), WARN, "environment", self_check.USE_A_SECRET),
    ),
    unpaid.unpaid_access: (
        (unpaid.UnpaidFacts(limit_days=14), PASS, "limited to 14 days"),
        (unpaid.UnpaidFacts(limit_days=0), PASS, "limited to 0 days"),
        (unpaid.UnpaidFacts(past_due=3), PASS, "has owed an invoice for 60 days (looked at 3)"),
        (unpaid.UnpaidFacts(past_due=100, are_more=True), PASS, "(looked at 100, and not at all there is)"),
        (
            unpaid.UnpaidFacts(past_due=1, owing={"sub_1": "2026-08-01"}),
            WARN,
            "sub_1 is past_due, has owed an invoice since 2026-08-01, and keeps its access",
            unpaid.LIMIT_ACCESS,
        ),
        (
            unpaid.UnpaidFacts(past_due=2, owing={"sub_1": "2026-08-01", "sub_2": "2026-08-02"}),
            WARN,
            "and keeps its access, and 1 more",
            unpaid.LIMIT_ACCESS,
        ),
    ),
    self_check.livemode: (
        (mode("live", of_source="live", of_key="live"), PASS, "LIVEMODE live"),
        (mode("test", of_source="test"), PASS, "the event source is test"),
        (mode("test"), PASS, "LIVEMODE test"),
        (mode("any"), WARN, "test events may reach", self_check.SET_LIVEMODE),
        (mode("any", of_source="live"), WARN, "LIVEMODE any", self_check.SET_LIVEMODE),
        (mode("live", of_source="test"), FAIL, "other mode", self_check.SET_LIVEMODE),
        (mode("live", of_key="test"), FAIL, "key is test", self_check.SET_LIVEMODE),
        (mode("any", of_source="live", of_key="test"), FAIL, "other mode", self_check.SET_LIVEMODE),
    ),
}

"""Cases about the function: settings, code, attempts, log, and what it tells of itself."""

import attrs

from stripe_handler_cli.operate.doctor.areas import function, invocations, self_check
from stripe_handler_cli.operate.doctor.commands import APPLY, DEPLOY, DEPLOY_VERSION
from stripe_subscription_handler.stripe_side.api import NOT_IN_ZIP
from support.doctor.cases import FAIL, PASS, WARN, Case

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

CASES = (
    Case(function.CONFIGURATION, the_function(), PASS, "python3.13, 512 MB, timeout 30 s"),
    Case(function.CONFIGURATION, the_function(state=None), FAIL, "there is no function f", APPLY),
    Case(function.CONFIGURATION, the_function(state="Failed"), FAIL, "state Failed", APPLY),
    Case(function.CONFIGURATION, the_function(state="Pending"), WARN, "being changed just now"),
    Case(function.CONFIGURATION, the_function(last_update="InProgress"), WARN, "being changed just now"),
    Case(function.CONFIGURATION, the_function(last_update="Failed"), FAIL, "last update Failed", APPLY),
    Case(
        function.CONFIGURATION,
        the_function(reserved_concurrency=0),
        FAIL,
        "it is stopped",
        function.FREE_CONCURRENCY,
    ),
    Case(function.CONFIGURATION, the_function(reserved_concurrency=5), PASS, "concurrency reserved: 5"),
    Case(
        function.CONFIGURATION,
        the_function(stripe_url="http://127.0.0.1:1"),
        WARN,
        "asks http://127.0.0.1:1 instead of Stripe",
        APPLY,
    ),
    Case(
        function.CONFIGURATION,
        the_function(settings_problem="LIVEMODE must be one of live, test, any"),
        FAIL,
        "LIVEMODE must be one of",
        APPLY,
    ),
    Case(function.CONFIGURATION, the_function(handler="app.main"), FAIL, "its handler is app.main", APPLY),
    Case(
        function.CONFIGURATION,
        the_function(tables=("other", "sync")),
        FAIL,
        "it uses the tables other and sync, the stack has profiles and sync",
        APPLY,
    ),
    Case(function.CONFIGURATION, the_function(runtime="python3.12"), WARN, "runtime python3.12", APPLY),
    Case(function.CONFIGURATION, the_function(timeout_seconds=3), WARN, "timeout 3 s", APPLY),
    Case(function.CONFIGURATION, the_function(memory_mb=128), WARN, "memory 128 MB", APPLY),
    Case(function.CONFIGURATION, the_function(wants_snapshot=True, has_snapshot=True), PASS, "SnapStart"),
    Case(function.CONFIGURATION, the_function(wants_snapshot=True), WARN, "it has no snapshot", APPLY),
    Case(function.CONFIGURATION, the_function(log_format="JSON"), WARN, "log format JSON", APPLY),
    Case(function.CODE, code(), PASS, "version 0.1.0, byte for byte dist/handler.zip"),
    Case(function.CODE, code(package_sha256="b"), WARN, "not the code of dist/handler.zip", DEPLOY),
    Case(
        function.CODE,
        code(package_sha256="b", is_package_named=True),
        FAIL,
        "not the code of dist/handler.zip",
        DEPLOY,
    ),
    Case(
        function.CODE,
        code(package_sha256="b", alias="live"),
        WARN,
        "not the code of dist/handler.zip",
        DEPLOY_VERSION,
    ),
    Case(function.CODE, code(**NO_ZIP), PASS, "as this command"),
    Case(function.CODE, code(**NO_ZIP, version="0.0.9"), WARN, "version 0.0.9", DEPLOY),
    Case(function.CODE, code(**NO_ZIP, version=None), WARN, "does not tell", DEPLOY),
    Case(function.SNAPSHOTS, (), PASS, "no version that nothing invokes"),
    Case(function.SNAPSHOTS, ("9",), PASS, "version 9 keeps a snapshot besides"),
    Case(
        function.SNAPSHOTS,
        ("9", "10"),
        WARN,
        "2 versions that nothing invokes keep a snapshot each: 9, 10",
        function.DELETE_VERSION,
    ),
    Case(invocations.RETRIES, attempts(), PASS, "3 attempts within 6 hours"),
    Case(invocations.RETRIES, attempts(retries=0), WARN, "1 attempts", APPLY),
    Case(invocations.RETRIES, attempts(maximum_age_seconds=60), WARN, "within 0.0166667 hours", APPLY),
    Case(invocations.FAILURE_PATH, attempts(), PASS, "the queue failures"),
    Case(invocations.FAILURE_PATH, attempts(on_failure=None), FAIL, "are dropped", APPLY),
    Case(invocations.FAILURE_PATH, attempts(on_failure="arn:x"), FAIL, "something else: arn:x", APPLY),
    Case(invocations.LOG_RETENTION, invocations.LogFacts("g", True, 30), PASS, "30 days"),  # noqa: FBT003
    Case(
        invocations.LOG_RETENTION,
        invocations.LogFacts("g", True, None),  # noqa: FBT003
        WARN,
        "for ever",
        invocations.SET_RETENTION,
    ),
    Case(invocations.LOG_RETENTION, invocations.LogFacts("g", False, None), FAIL, "no log group g", APPLY),  # noqa: FBT003
    Case(self_check.SELF_CHECK, self_check.SelfCheckFacts(), PASS, "both tables"),
    Case(
        self_check.SELF_CHECK,
        self_check.SelfCheckFacts(profile_table="UpdateItem: AccessDeniedException"),
        FAIL,
        "profile table: UpdateItem: AccessDeniedException",
        APPLY,
    ),
    Case(
        self_check.SELF_CHECK,
        self_check.SelfCheckFacts(sync_table="Query: ResourceNotFoundException"),
        FAIL,
        "sync table: Query",
        APPLY,
    ),
    Case(
        self_check.SELF_CHECK,
        self_check.SelfCheckFacts(error="the function ended with ImportModuleError: x"),
        FAIL,
        "ImportModuleError",
        self_check.READ_ERRORS,
    ),
    Case(
        self_check.SELF_CHECK,
        self_check.SelfCheckFacts(is_known=False),
        WARN,
        "does not know the self-check",
        DEPLOY,
    ),
    Case(
        self_check.SELF_CHECK,
        self_check.SelfCheckFacts(is_known=False, alias="live"),
        WARN,
        "does not know the self-check",
        DEPLOY_VERSION,
    ),
    Case(self_check.STRIPE_KEY, key(), PASS, "readable, and Stripe lets it"),
    Case(self_check.STRIPE_KEY, self_check.StripeKeyFacts(place=None), PASS, "none configured"),
    Case(self_check.STRIPE_KEY, key(problem="cannot be read: AccessDeniedException"), FAIL, "Access", APPLY),
    Case(
        self_check.STRIPE_KEY,
        key(problem="cannot be read: ResourceNotFoundException"),
        FAIL,
        "ResourceNotFound",
        self_check.USE_A_SECRET,
    ),
    Case(self_check.STRIPE_KEY, key(problem="holds no key"), FAIL, "holds no key", self_check.PUT_SECRET),
    Case(
        self_check.STRIPE_KEY,
        key(problem="holds no key", is_parameter=True),
        FAIL,
        "holds no key",
        self_check.PUT_PARAMETER,
    ),
    Case(
        self_check.STRIPE_KEY,
        key(stripe_problem="Stripe refuses the API key of arn:s (HTTP 401)"),
        FAIL,
        "HTTP 401",
        self_check.PUT_SECRET,
    ),
    Case(
        self_check.STRIPE_KEY,
        key(stripe_problem=NOT_IN_ZIP),
        FAIL,
        "built without stripe",
        DEPLOY,
    ),
    Case(
        self_check.STRIPE_KEY,
        key(stripe_problem=NOT_IN_ZIP, alias="live"),
        FAIL,
        "built without stripe",
        DEPLOY_VERSION,
    ),
    Case(
        self_check.STRIPE_KEY, key(stripe_problem="no answer from Stripe"), WARN, "readable, but: no answer"
    ),
    Case(self_check.STRIPE_KEY, key(is_in_environment=True), WARN, "environment", self_check.USE_A_SECRET),
    Case(self_check.LIVEMODE, mode("live", of_source="live", of_key="live"), PASS, "LIVEMODE live"),
    Case(self_check.LIVEMODE, mode("test", of_source="test"), PASS, "the event source is test"),
    Case(self_check.LIVEMODE, mode("test"), PASS, "LIVEMODE test"),
    Case(self_check.LIVEMODE, mode("any"), WARN, "test events may reach", self_check.SET_LIVEMODE),
    Case(self_check.LIVEMODE, mode("any", of_source="live"), WARN, "LIVEMODE any", self_check.SET_LIVEMODE),
    Case(self_check.LIVEMODE, mode("live", of_source="test"), FAIL, "other mode", self_check.SET_LIVEMODE),
    Case(self_check.LIVEMODE, mode("live", of_key="test"), FAIL, "key is test", self_check.SET_LIVEMODE),
    Case(
        self_check.LIVEMODE,
        mode("any", of_source="live", of_key="test"),
        FAIL,
        "other mode",
        self_check.SET_LIVEMODE,
    ),
)

"""The real stack, deployed by the real Terraform with the real zip, once per session and workspace.

Runs against the AWS behind `AWS_ENDPOINT_URL` (LocalStack in Docker, say), or else starts our embedded local
AWS. LocalStack has no partner event sources, so there the stack is applied on a custom bus, and the tests
marked `partner_bus` are skipped.
"""

import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest
from localstack_client.session import Session

from stripe_handler_cli.lab.chaos.run import admitted_types
from stripe_handler_cli.lab.deployment import Deployment, seed_partner_event_source, seed_stripe_key
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_handler_cli.tools import local_aws
from stripe_handler_cli.tools.packaging import build_zip
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES, GENERATION_FAILURE_EVENT
from support import fault_report, on_call_report
from support.webhooks import SECRET

PROJECT_ROOT = Path(__file__).parents[2]
#: Each process of pytest-xdist has a local AWS and a stack of its own.
STATE_DIRECTORY = PROJECT_ROOT / ".stripe-handler" / "tests" / os.environ.get("PYTEST_XDIST_WORKER", "single")
EMULATOR_VENV = PROJECT_ROOT / ".stripe-handler" / "local-aws" / "venv"
PARTNER_SOURCE = "aws.partner/stripe.com/ed_test_integration"
BRIDGE_SOURCE = "stripe-webhook-bridge"
#: An alarm's five minutes take 5 seconds, its hour a minute. A schedule's hour takes ten, so that no count of
#: parked events comes between the tests; its minute 10 seconds.
CLOCKS = {
    "STRIPE_HANDLER_LOCAL_ALARM_SPEEDUP": "60",
    "STRIPE_HANDLER_LOCAL_EVENT_AGE_SPEEDUP": "60",
    "STRIPE_HANDLER_LOCAL_SCHEDULE_SPEEDUP": "6",
}
#: Ages and durations are real seconds here, so that these alarms can fire within a test.
ALARM_THRESHOLDS = {
    "delivery_queue_age_seconds": 1,
    "failure_queue_age_seconds": 1,
    "function_duration_fraction_of_timeout": 0.05,
    "function_async_event_age_seconds": 240,
    "profile_events_iterator_age_seconds": 5,
}


#: Begun first, so that no process has the longest one left when the others have ended.
LONGEST = ("test_connect.py", "test_runbook.py", "test_doctor.py")


@attrs.frozen
class Stack:
    """One applied workspace.

    Attributes:
        deployment: Its Terraform side.
        outputs: Terraform's outputs.
        pipeline: Its moving parts.
    """

    deployment: Deployment
    outputs: Mapping[str, Any]
    pipeline: Pipeline


def pytest_configure() -> None:
    """Let Ctrl-C end the commands that tests start: what is started in the background ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        fault_report.forget()
        on_call_report.forget()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the faults did, and how long the runbook's commands took."""
    fault_report.show(terminalreporter)
    on_call_report.show(terminalreporter)


def is_given() -> bool:
    """Whether an AWS to test against was given instead of our embedded one."""
    return bool(os.environ.get("AWS_ENDPOINT_URL"))


def _place(item: pytest.Item) -> int:
    """What needs no stack stands first: Terraform waits meanwhile. Then what takes longest.

    What needs a browser stands last, because `.ci/run` may still be installing one.
    """
    path = item.path.relative_to(Path(__file__).parent)
    if path.parts[0] == "local_aws":
        return 0
    if path.name == "test_console.py":
        return 2 + len(LONGEST)
    return 1 + LONGEST.index(path.name) if path.name in LONGEST else 1 + len(LONGEST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put them in order, and skip what a given AWS (LocalStack) cannot do, with the reason."""
    items.sort(key=_place)
    if not is_given():
        return
    reasons = {
        "partner_bus": "LocalStack has no partner event sources",
        "embedded": "needs an AWS behaviour that only our embedded local AWS models",
    }
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def endpoint() -> Iterator[Endpoint]:
    """The AWS to test against, with the clients of `localstack-client`."""
    if is_given():
        yield Endpoint(
            {
                "AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"],
                "AWS_ACCESS_KEY_ID": os.environ.get("AWS_ACCESS_KEY_ID", "test"),
                "AWS_SECRET_ACCESS_KEY": os.environ.get("AWS_SECRET_ACCESS_KEY", "test"),
                "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
            },
            Session(aws_access_key_id="test", aws_secret_access_key="test").client,  # noqa: S106 - a dummy
        )
        return
    directory = STATE_DIRECTORY / "local-aws"
    local_aws.stop(directory)
    shutil.rmtree(STATE_DIRECTORY / "terraform" / "workspaces", ignore_errors=True)
    running = local_aws.start(directory, venv_path=EMULATOR_VENV, settings=CLOCKS)
    session = Session(
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - a dummy
        region_name=running.region,
        localstack_host=urlsplit(running.endpoint_url).netloc,
    )
    try:
        yield Endpoint(running.environment(), session.client)
    finally:
        local_aws.stop(directory)


@pytest.fixture(scope="session")
def is_aws_given() -> bool:
    """Whether the tests run on an AWS that somebody else started."""
    return is_given()


@pytest.fixture(scope="session")
def running(endpoint: Endpoint) -> local_aws.LocalAws:  # noqa: ARG001 - it starts what is found here
    """The embedded local AWS itself, for tests that meddle with its processes."""
    found = local_aws.status(STATE_DIRECTORY / "local-aws")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def terraform_directory() -> Path:
    """Where Terraform, its provider cache and the working copies are kept."""
    return STATE_DIRECTORY / "terraform"


@pytest.fixture(scope="session")
def package() -> Path:
    """The zip, built as `make zip` builds it."""
    return build_zip(PROJECT_ROOT, PROJECT_ROOT / "dist/handler.zip", progress=lambda _: None).path


Applied = tuple[Deployment, dict[str, Any]]
"""A workspace, and its outputs."""


def _apply(endpoint: Endpoint, package: Path, name: str, variables: dict[str, Any]) -> Applied:
    deployment = Deployment.at(
        endpoint,
        project_root=PROJECT_ROOT,
        state_directory=STATE_DIRECTORY / "terraform",
        name=name,
        variables={
            "prefix": "itest",
            "lambda_package_path": str(package),
            "profile_table_name": f"ITest-{name}",
            "create_profile_table": True,
            "livemode": "test",
            "alarm_thresholds": ALARM_THRESHOLDS,
            **variables,
        },
    )
    deployment.workspace.prepare()
    return deployment, deployment.apply()


@pytest.fixture(scope="session")
def stripe() -> Iterator[FakeStripe]:
    """The Stripe that the second workspace's function asks; a test gives it an account."""
    with FakeStripe() as server:
        yield server


@pytest.fixture(scope="session")
def applying(
    endpoint: Endpoint, package: Path, stripe: FakeStripe
) -> Iterator[tuple["Future[Applied]", "Future[Applied]"]]:
    """Two workspaces side by side: one on the partner bus (where there is one), one on a custom bus.

    On our embedded AWS the first one has a webhook bridge beside its partner event source, and profile
    events. The second one has a Stripe key and a drift check, and takes thin events. The first one has no
    key, so that events without a user are parked there without a question.
    """
    custom: dict[str, Any] = {"bridge_event_source": BRIDGE_SOURCE, "alarm_silence_hours": 1}
    if is_given():
        custom["create_saved_queries"] = False  # LocalStack knows none
        partner = custom
    else:
        seed_partner_event_source(endpoint, PARTNER_SOURCE)
        secret_arn = seed_stripe_key(endpoint, "itest-webhook-secret", SECRET)
        partner = {
            "stripe_event_source_name": PARTNER_SOURCE,
            "create_forwarding_bus": True,
            "webhook_bridge": {"signing_secret_arn": secret_arn},
            "alarm_silence_hours": 1,
            # Long enough, with local AWS's short pauses, for the alarm on their age.
            "create_profile_events": True,
            "profile_events_maximum_retry_attempts": 60,
        }
        custom |= {
            "event_types": [*admitted_types(DEFAULT_EVENT_TYPES), GENERATION_FAILURE_EVENT],
            "stripe_secret_arn": seed_stripe_key(endpoint, "itest-stripe-key", API_KEY),
            "stripe_api_url": stripe.url,
            # With a key there is a drift check. Its schedule's day takes four hours: no slice comes between
            # the tests.
            "drift_check_schedule_minutes": 1440,
            "drift_check_interval_hours": 1,
            "drift_check_alarm_hours": 1,
            "drift_check_second_look_seconds": 0,
            "drift_check_requests_per_second": 25,
        }
    with ThreadPoolExecutor() as pool:
        yield (
            pool.submit(_apply, endpoint, package, "first", partner),
            pool.submit(_apply, endpoint, package, "second", custom),
        )


@pytest.fixture(scope="session", autouse=True)
def begun_at_once(request: pytest.FixtureRequest) -> None:
    """Begin to apply before the first test, where any wants it: most of that time the provider waits."""
    if any("stacks" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("applying")


@pytest.fixture(scope="session")
def stacks(
    endpoint: Endpoint, applying: tuple["Future[Applied]", "Future[Applied]"]
) -> Iterator[tuple[Stack, Stack]]:
    """The two workspaces, applied."""
    applied = tuple(future.result() for future in applying)
    sources = BRIDGE_SOURCE if is_given() else PARTNER_SOURCE, BRIDGE_SOURCE
    first, second = (
        Stack(deployment, outputs, Pipeline.of(endpoint, outputs, source))
        for (deployment, outputs), source in zip(applied, sources, strict=True)
    )
    yield first, second
    if is_given():
        for stack in (first, second):
            stack.deployment.destroy()


@pytest.fixture(scope="session")
def stack(stacks: tuple[Stack, Stack]) -> Stack:
    """The workspace most tests use: on the partner bus, where the AWS has one."""
    return stacks[0]


@pytest.fixture(scope="session")
def other_stack(stacks: tuple[Stack, Stack]) -> Stack:
    """A second workspace, on a custom bus, with a Stripe key where we run the AWS."""
    return stacks[1]


@pytest.fixture
def pipeline(stack: Stack) -> Pipeline:
    """The moving parts of the first workspace."""
    return stack.pipeline

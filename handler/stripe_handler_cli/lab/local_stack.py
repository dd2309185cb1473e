"""A stack of one's own on local AWS: zip built, emulator started, Terraform applied; gone at the end.

For commands that show something end to end. It stays where it is the evidence. Knows no Stripe events.
"""

import shutil
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import attrs
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.messages import agrees
from stripe_handler_cli.common.paths import shown_path
from stripe_handler_cli.common.progress import step
from stripe_handler_cli.common.waiting import InVainError
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.lab.deployment import Deployment, seed_partner_event_source, seed_stripe_key
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_handler_cli.tools import local_aws
from stripe_handler_cli.tools.packaging import build_zip

_LOG_LINES = 20


@attrs.frozen
class RunningStack:
    """An applied stack on local AWS."""

    running: local_aws.LocalAws
    endpoint: Endpoint
    deployment: Deployment
    pipeline: Pipeline

    def print_how_to_look_around(
        self, console: Console, user: str | None = None, stripe_key: str | None = None
    ) -> None:
        """Print what to type next, about a user who is in it and with the key of its fake Stripe, if any."""
        directory = shown_path(self.running.log_path.parent)
        command = "stripe-handler" if shutil.which("stripe-handler") else shown_path(Path(sys.argv[0]))
        looks = [f"show {user}", f"explain {user}"] if user else ["parked"]
        looks = ["console --allow-actions --open", *looks, "dlq list"]
        lines = [f"  {command} {look}" for look in looks]
        if stripe_key is not None:
            lines.append(f"  STRIPE_API_KEY={stripe_key} {command} reconcile")
        export = f"local status --export --state-directory {directory}"
        console.print(
            "\nEverything stays up. To look around; each command finds this stack by itself:",
            *lines,
            "For the AWS CLI and Terraform too, and with `stripe-handler` on PATH, in this shell:",
            f'  eval "$({command} {export})"',
            f"  aws dynamodb scan --table-name {self.pipeline.outputs['profile_table_name']}",
            f"  terraform -chdir={shown_path(self.deployment.workspace.directory)} output",
            "To end it:",
            f"  {command} local down --state-directory {directory}",
            sep="\n",
            soft_wrap=True,
            markup=False,
        )


@attrs.frozen
class StackPlan:
    """What to bring up.

    Attributes:
        variables: Terraform variables besides those that follow from the above.
        venv_path: The emulator's venv; one of its own unless given.
        stripe_key: A fake Stripe key, which goes into Secrets Manager; None for none.
    """

    project_root: Path
    state_directory: Path
    name: str
    event_source: str
    variables: Mapping[str, Any]
    venv_path: Path | None = None
    stripe_key: str | None = attrs.field(default=None, repr=False)
    settings: Mapping[str, str] = attrs.Factory(dict)


def let_go(state_directory: Path, *, yes: bool) -> None:
    """See that nobody loses a stack that runs in a state directory without having agreed.

    Raises:
        CliError: Somebody did not, or nobody is there to ask.
    """
    running = local_aws.status(state_directory / "local-aws")
    if running is None or yes:
        return
    lost = (
        f"A stack runs in {state_directory} ({running.endpoint_url}). Its profiles, queues and log would go."
    )
    if sys.stdin.isatty() and agrees(f"{lost} End it and begin anew?"):
        return
    raise CliError(
        f"{lost} It is left as it is. --yes ends it (make demo YES=1), and --state-directory names another "
        "place to run beside it."
    )


@contextmanager
def local_stack(console: Console, plan: StackPlan, *, keep: bool) -> Iterator[RunningStack]:
    """Bring a stack up on a fresh local AWS, and stop that in the end, unless it is kept and no error came.

    Raises:
        CliError: It cannot be brought up.
    """
    with ExitStack() as ending:
        stack = _brought_up(console, plan, ending)
        with kept_as_evidence(console, stack, ending):
            yield stack
        if keep:
            ending.pop_all()


@contextmanager
def kept_as_evidence(console: Console, stack: RunningStack, ending: ExitStack) -> Iterator[None]:
    """Cancel the stack's end when a wait was in vain, and print what there is to see and what to run."""
    try:
        yield
    except InVainError:
        ending.pop_all()
        console.print("\n[bold red]A wait was in vain.[/bold red]")
        _print_evidence(console, stack.pipeline)
        stack.print_how_to_look_around(console)
        raise


def _print_evidence(console: Console, pipeline: Pipeline) -> None:
    """Print what is in both queues, and the last lines of the function's log."""
    try:
        lines = list(_evidence(pipeline))
    except (BotoCoreError, ClientError) as error:
        lines = [f"The stack does not tell: {error}"]
    console.print("", *lines, sep="\n", soft_wrap=True, markup=False)


def _evidence(pipeline: Pipeline) -> Iterator[str]:
    outputs = pipeline.outputs
    yield "Messages in the queues:"
    for queue in ("delivery_dead_letter_queue", "failure_queue"):
        count = pipeline.queues.get_queue_attributes(
            QueueUrl=outputs[f"{queue}_url"],
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        visible = count["ApproximateNumberOfMessages"]
        in_flight = count["ApproximateNumberOfMessagesNotVisible"]
        yield f"  {outputs[f'{queue}_name']}  {visible}, and {in_flight} in flight"
    group = outputs["log_group_name"]
    pages = pipeline.logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=0)
    lines = deque((event["message"] for page in pages for event in page["events"]), maxlen=_LOG_LINES)
    yield f"The last {plural(len(lines), 'line')} of {group}:"
    yield from (f"  {line.rstrip()}" for line in lines)


def _brought_up(console: Console, plan: StackPlan, ending: ExitStack) -> RunningStack:
    aws_directory = plan.state_directory / "local-aws"
    with step(console, "Build the Lambda zip") as detail:
        built = build_zip(plan.project_root, plan.project_root / "dist/handler.zip", progress=detail)
    with step(console, "Start local AWS") as detail:
        local_aws.stop(aws_directory)
        running = local_aws.start(
            aws_directory, venv_path=plan.venv_path, settings=plan.settings, progress=detail
        )
        detail(f"{running.endpoint_url}, log in {running.log_path}")
    ending.callback(_stop, console, aws_directory)
    endpoint = Endpoint(running.environment())
    seed_partner_event_source(endpoint, plan.event_source)
    deployment = _deployment(endpoint, plan, built.path)
    with step(console, "terraform init") as detail:
        deployment.workspace.prepare()
        detail(f"workspace {deployment.workspace.name} in {deployment.workspace.directory}")
    with step(console, "terraform apply") as applying:
        outputs = deployment.apply(applying.counter("resources"))
    return RunningStack(running, endpoint, deployment, Pipeline.of(endpoint, outputs, plan.event_source))


def _stop(console: Console, aws_directory: Path) -> None:
    with step(console, "Stop local AWS"):
        local_aws.stop(aws_directory)


def _deployment(endpoint: Endpoint, plan: StackPlan, package: Path) -> Deployment:
    terraform_directory = plan.state_directory / "terraform"
    # Local AWS starts empty, so a state left by an aborted run describes nothing.
    shutil.rmtree(terraform_directory / "workspaces", ignore_errors=True)
    secret: dict[str, str | bool] = {}
    if plan.stripe_key is not None:
        secret["stripe_secret_arn"] = seed_stripe_key(endpoint, f"{plan.name}-stripe-key", plan.stripe_key)
        # A key brings the drift check, which looks once a day; no stack here lives so long.
        secret["create_drift_check"] = False
    return Deployment.at(
        endpoint,
        project_root=plan.project_root,
        state_directory=terraform_directory,
        name=plan.name,
        variables={
            "prefix": plan.name,
            "stripe_event_source_name": plan.event_source,
            "lambda_package_path": str(package.resolve()),
            "create_profile_table": True,
            "livemode": "test",
            **secret,
            **plan.variables,
        },
    )

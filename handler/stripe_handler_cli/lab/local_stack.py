"""A stack of one's own on local AWS: zip built, emulator started, Terraform applied; gone at the end.

For commands that show something end to end. It stays where it is the evidence. Knows no Stripe events.
"""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import attrs
from rich.console import Console

from stripe_handler_cli.common.progress import step
from stripe_handler_cli.lab.deployment import Deployment, seed_partner_event_source, seed_stripe_key
from stripe_handler_cli.lab.evidence import print_evidence
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import InVainError, Pipeline
from stripe_handler_cli.tools import local_aws
from stripe_handler_cli.tools.packaging import build_zip


@attrs.frozen
class RunningStack:
    """An applied stack.

    Attributes:
        running: Local AWS.
        endpoint: The same, for clients.
        deployment: Its Terraform side.
        pipeline: Its moving parts; holds Terraform's outputs.
    """

    running: local_aws.LocalAws
    endpoint: Endpoint
    deployment: Deployment
    pipeline: Pipeline

    def print_how_to_look_around(self, console: Console) -> None:
        """Print what to type to see what is there, and to end it."""
        directory = self.running.log_path.parent
        outputs = self.pipeline.outputs
        command = "stripe-handler" if shutil.which("stripe-handler") else sys.argv[0]
        console.print(
            "\nEverything stays up. To look around in this shell:\n"
            f'  eval "$({command} local status --export --state-directory {directory})"\n'
            f"  aws dynamodb scan --table-name {outputs['profile_table_name']}\n"
            f"  aws logs tail {outputs['log_group_name']}\n"
            f"  {command} dlq list --local {directory.parent}\n"
            f"  terraform -chdir={self.deployment.workspace.directory} output\n"
            "To end it:\n"
            f"  {command} local down --state-directory {directory}",
            highlight=False,
            soft_wrap=True,
            markup=False,
        )


@attrs.frozen
class StackPlan:
    """What to bring up.

    Attributes:
        project_root: The checkout.
        state_directory: Where local AWS and the Terraform state live.
        name: Of the workspace; also the prefix of the resources' names.
        event_source: The partner event source Stripe would have made.
        variables: Terraform variables besides those that follow from the above.
        venv_path: The emulator's venv; one of its own unless given.
        stripe_key: A fake Stripe key, which goes into Secrets Manager; None for none.
        settings: Environment variables of the emulator.
    """

    project_root: Path
    state_directory: Path
    name: str
    event_source: str
    variables: Mapping[str, Any]
    venv_path: Path | None = None
    stripe_key: str | None = attrs.field(default=None, repr=False)
    settings: Mapping[str, str] = attrs.Factory(dict)


@contextmanager
def local_stack(console: Console, plan: StackPlan, *, keep: bool) -> Iterator[RunningStack]:
    """Bring a stack up on a fresh local AWS, and stop that in the end.

    Args:
        console: Where the steps are shown.
        plan: What to bring up.
        keep: Leave it running, unless an error ended the block.

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
        print_evidence(console, stack.pipeline)
        stack.print_how_to_look_around(console)
        raise


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
    outputs = _apply(console, deployment)
    return RunningStack(running, endpoint, deployment, Pipeline.of(endpoint, outputs, plan.event_source))


def _stop(console: Console, aws_directory: Path) -> None:
    with step(console, "Stop local AWS"):
        local_aws.stop(aws_directory)


def _deployment(endpoint: Endpoint, plan: StackPlan, package: Path) -> Deployment:
    terraform_directory = plan.state_directory / "terraform"
    # Local AWS starts empty, so a state left by an aborted run describes nothing.
    shutil.rmtree(terraform_directory / "workspaces", ignore_errors=True)
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
            **_key_place(endpoint, plan),
            **plan.variables,
        },
    )


def _key_place(endpoint: Endpoint, plan: StackPlan) -> dict[str, str]:
    if plan.stripe_key is None:
        return {}
    return {"stripe_secret_arn": seed_stripe_key(endpoint, f"{plan.name}-stripe-key", plan.stripe_key)}


def _apply(console: Console, deployment: Deployment) -> dict[str, Any]:
    with step(console, "terraform init") as detail:
        deployment.workspace.prepare()
        detail(f"workspace {deployment.workspace.name} in {deployment.workspace.directory}")
    with step(console, "terraform apply") as applying:
        return deployment.apply(applying.counter("resources"))

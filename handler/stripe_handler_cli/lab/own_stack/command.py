"""The command `stripe-handler local apply`; `settings` says with which values."""

from pathlib import Path
from typing import Any

import click

_NAME = "local"
_SOURCE = "stripe_event_source_name"


@click.command(
    epilog="""\b
Examples:
  stripe-handler local apply
  stripe-handler local apply --workspace production
  stripe-handler send customer.subscription.created --user user_7
  stripe-handler local down --state-directory .stripe-handler/local/local-aws
"""
)
@click.option(
    "--workspace", default="development", show_default=True, help="Whose variable file: that of `init`."
)
@click.option(
    "--var-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another variable file instead.",
)
@click.option(
    "--state-directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".stripe-handler/local"),
    show_default=True,
    help="Where local AWS, the fake Stripe and the Terraform state live.",
)
def apply(workspace: str, var_file: Path | None, state_directory: Path) -> None:
    """Apply the stack with your settings to local AWS, in a place of its own. No Docker, no account.

    The first time it starts local AWS and a fake Stripe, which stay up; later it applies what has changed.
    The Terraform code is a copy with a state of its own, so that no workspace of a real account is ever met.
    Secrets, keys and event sources of the account are left out; the Stripe key is the fake one's.
    """
    import shutil

    from stripe_handler_cli.common.console import printer, reporter
    from stripe_handler_cli.common.paths import shown_path
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.lab.deployment import Deployment, seed_stripe_key
    from stripe_handler_cli.lab.fake_stripe import API_KEY
    from stripe_handler_cli.lab.fake_stripe.outliving import standing_by
    from stripe_handler_cli.lab.local_stack import RunningStack
    from stripe_handler_cli.lab.own_stack.settings import BRIDGE_SOURCE, local_values, variable_file
    from stripe_handler_cli.stack.endpoint import Endpoint
    from stripe_handler_cli.stack.pipeline import Pipeline
    from stripe_handler_cli.tools import local_aws
    from stripe_handler_cli.tools.packaging import build_zip, find_project_root
    from stripe_handler_cli.tools.terraform.counting import counting

    console, project_root = reporter(), find_project_root(Path.cwd())
    source_file = var_file or _var_file(project_root / "terraform", workspace)
    console.print(f"Settings: {shown_path(source_file)}", markup=False, soft_wrap=True)
    with step(console, "Build the Lambda zip") as detail:
        built = build_zip(project_root, project_root / "dist/handler.zip", progress=detail)
    aws_directory = state_directory / "local-aws"
    with step(console, "Start local AWS and a fake Stripe") as detail:
        if local_aws.status(aws_directory) is None:
            # It starts empty, so what an earlier one's state tells of is gone.
            shutil.rmtree(state_directory / "terraform" / "workspaces", ignore_errors=True)
        running = local_aws.start(aws_directory, progress=detail)
        stripe_url = standing_by(state_directory)
        detail(f"{running.endpoint_url}, and Stripe at {stripe_url}")
    endpoint = Endpoint(running.environment())
    deployment = Deployment.at(
        endpoint,
        project_root=project_root,
        state_directory=state_directory / "terraform",
        name=_NAME,
        variables={},
    )
    place = deployment.workspace.directory / "environments" / f"{_NAME}.tfvars"
    terraform = deployment.workspace.terraform
    before = _said(terraform, project_root, place) if place.is_file() else {}
    said = _said(terraform, project_root, source_file)
    values = local_values(
        said,
        running,
        package=str(built.path.resolve()),
        stripe_url=stripe_url,
        secret_arn=before.get("stripe_secret_arn") or seed_stripe_key(endpoint, "local-stripe-key", API_KEY),
        source=before.get(_SOURCE),
    )
    with step(console, "terraform init"):
        deployment.workspace.prepare()
        place.write_text(variable_file(values, shown_path(source_file)), encoding="utf-8")
    with step(console, "terraform apply") as applying:
        deployment.workspace.apply(place, on_line=counting(applying.counter("resources")))
    outputs = deployment.workspace.outputs()
    pipeline = Pipeline.of(
        endpoint, outputs, values[_SOURCE] or values["bridge_event_source"] or BRIDGE_SOURCE
    )
    stack = RunningStack(running, endpoint, deployment, pipeline)
    stack.print_how_to_look_around(printer(), stripe_key=API_KEY)
    printer().print(
        "To try connect against the fake Stripe, after that eval line:\n"
        f"  STRIPE_API_KEY={API_KEY} stripe-handler connect --workspace {_NAME} "
        f"--terraform-directory {shown_path(deployment.workspace.directory)}",
        markup=False,
        soft_wrap=True,
    )


def _var_file(root: Path, workspace: str) -> Path:
    """The workspace's variable file, else the example it would be made of."""
    from stripe_handler_cli.common.errors import CliError

    for name in (f"{workspace}.tfvars", f"{workspace}.tfvars.example"):
        if (root / "environments" / name).is_file():
            return root / "environments" / name
    raise CliError(
        f"There is no variable file of {workspace}: `stripe-handler init --workspace {workspace}` writes it."
    )


def _said(terraform: Path, project_root: Path, file: Path) -> dict[str, Any]:
    from stripe_handler_cli.tools.terraform.console import values_in
    from stripe_handler_cli.tools.terraform.variables import declared_in

    return values_in(terraform, file, declared_in(project_root / "terraform"))

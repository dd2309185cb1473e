"""Runs the demo: local AWS up, stack applied, story told event by event, poison, clean plan, destroy."""

import json
import shutil
from pathlib import Path
from typing import Any

import attrs
from rich.console import Console
from rich.markup import escape

from stripe_handler_cli import local_aws
from stripe_handler_cli.demo import life, report
from stripe_handler_cli.errors import CliError
from stripe_handler_cli.packaging import build_zip
from stripe_handler_cli.progress import counter, step
from stripe_handler_cli.stack import Deployment, Endpoint, Pipeline, seed_partner_event_source

EVENT_SOURCE = "aws.partner/stripe.com/ed_test_demo"
WORKSPACE = "demo"


@attrs.frozen
class Demo:
    """One run of the demo.

    Attributes:
        console: Where it is shown.
        project_root: The checkout.
        state_directory: Where local AWS and the Terraform state live.
        keep: Whether everything stays up at the end.
    """

    console: Console
    project_root: Path
    state_directory: Path
    keep: bool

    def run(self) -> None:
        """Run it.

        Raises:
            CliError: Something did not go as promised; the message says what.
        """
        aws_directory = self.state_directory / "local-aws"
        with step(self.console, "Build the Lambda zip") as detail:
            built = build_zip(self.project_root, self.project_root / "dist/handler.zip", progress=detail)
        with step(self.console, "Start local AWS") as detail:
            local_aws.stop(aws_directory)
            running = local_aws.start(aws_directory, progress=detail)
            detail(f"{running.endpoint_url}, log in {running.log_path}")
        endpoint = Endpoint(running.environment())
        kept = False
        try:
            seed_partner_event_source(endpoint, EVENT_SOURCE)
            deployment = self._deployment(endpoint, built.path)
            outputs = self._apply(deployment)
            self._tell(Pipeline.of(endpoint, outputs, EVENT_SOURCE))
            self._check_plan(deployment)
            if self.keep:
                kept = True
                self._say_how_to_look_around(running, outputs, deployment)
            else:
                with step(self.console, "terraform destroy"):
                    deployment.destroy(counter(self.console, "resources"))
        finally:
            if not kept:
                with step(self.console, "Stop local AWS"):
                    local_aws.stop(aws_directory)
        self.console.print("\n[bold green]The demo did all it promised.[/bold green]")

    def _deployment(self, endpoint: Endpoint, package: Path) -> Deployment:
        terraform_directory = self.state_directory / "terraform"
        # Local AWS starts empty, so a state left by an aborted run describes nothing.
        shutil.rmtree(terraform_directory / "workspaces", ignore_errors=True)
        return Deployment.at(
            endpoint,
            project_root=self.project_root,
            state_directory=terraform_directory,
            name=WORKSPACE,
            variables={
                "prefix": "demo",
                "stripe_event_source_name": EVENT_SOURCE,
                "lambda_package_path": str(package.resolve()),
                "profile_table_name": "DemoApp-users",
                "create_profile_table": True,
                "livemode": "test",
            },
        )

    def _apply(self, deployment: Deployment) -> dict[str, Any]:
        with step(self.console, "terraform init") as detail:
            deployment.workspace.prepare()
            detail(f"workspace {deployment.workspace.name} in {deployment.workspace.directory}")
        with step(self.console, "terraform apply"):
            return deployment.apply(counter(self.console, "resources"))

    def _tell(self, pipeline: Pipeline) -> None:
        self.console.print(
            f"\nStripe events → partner bus {pipeline.outputs['event_bus_name']} → rule → Lambda → DynamoDB\n"
        )
        report.print_header(self.console)
        deliveries: dict[str, int] = {}
        profile = pipeline.profile(life.USER_ID)
        story = life.story()
        for number, delivery in enumerate(story, start=1):
            event_id = delivery.event["id"]
            deliveries[event_id] = deliveries.get(event_id, 0) + 1
            pipeline.put(delivery.event)
            line = pipeline.follow(event_id, deliveries[event_id])
            before, profile = profile, pipeline.profile(life.USER_ID)
            changes = report.changed(before, profile)
            report.print_delivery(self.console, number, delivery, line, changes)
            if line["decision"] != delivery.decision or (delivery.decision == "skip" and changes):
                raise CliError(f"event {event_id}: expected {delivery.decision}, got {line['decision']}")
        self._poison(pipeline, len(story) + 1)
        if pipeline.profile(life.USER_ID) != profile:
            raise CliError("the malformed event changed the profile")
        report.print_profile(self.console, profile)

    def _poison(self, pipeline: Pipeline, number: int) -> None:
        poison = life.poison()
        pipeline.put(poison.event)
        line = pipeline.follow(poison.event["id"], deliveries=3)
        report.print_delivery(self.console, number, poison, line, {})
        with step(self.console, "The malformed event reaches the failure queue after three attempts"):
            message = pipeline.receive(pipeline.outputs["failure_queue_url"])
        record = json.loads(message["Body"])
        detail = record["requestPayload"]["detail"]
        if detail["id"] != poison.event["id"]:
            raise CliError(f"the failure queue holds event {detail['id']}, not the malformed one")
        self.console.print(
            f"  queue     {pipeline.outputs['failure_queue_name']}\n"
            f"  event     {detail['id']} ({detail['type']}), kept whole, ready to be sent again\n"
            f"  attempts  {record['requestContext']['approximateInvokeCount']}\n"
            f"  error     {escape(record['responsePayload']['errorType'])}: "
            f"{escape(record['responsePayload']['errorMessage'])}\n",
            highlight=False,
        )

    def _check_plan(self, deployment: Deployment) -> None:
        with step(self.console, "terraform plan: no changes"):
            plan = deployment.plan()
        if plan.has_changes:
            raise CliError(f"a second plan wants to change something:\n{plan.text}")

    def _say_how_to_look_around(
        self, running: local_aws.LocalAws, outputs: dict[str, Any], deployment: Deployment
    ) -> None:
        directory = running.log_path.parent
        self.console.print(
            "\nEverything stays up. To look around in this shell:\n"
            f'  eval "$(stripe-handler local status --export --state-directory {directory})"\n'
            f"  aws dynamodb scan --table-name {outputs['profile_table_name']}\n"
            f"  aws logs tail {outputs['log_group_name']}\n"
            f"  aws sqs receive-message --queue-url {outputs['failure_queue_url']}\n"
            f"  terraform -chdir={deployment.workspace.directory} output\n"
            "To end it:\n"
            f"  stripe-handler local down --state-directory {directory}",
            highlight=False,
            soft_wrap=True,
            markup=False,
        )

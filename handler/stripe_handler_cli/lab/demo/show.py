"""Runs the demo: stack, a life event by event, poison, a comeback no event tells of, a clean plan."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.progress import step
from stripe_handler_cli.common.tables import fields
from stripe_handler_cli.lab.demo import life
from stripe_handler_cli.lab.demo.kept_console import open_beside
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_handler_cli.lab.fake_stripe.outliving import outliving
from stripe_handler_cli.lab.local_stack import RunningStack, StackPlan, local_stack
from stripe_handler_cli.stack.event_rows import (
    VIEW_KEYS,
    changed,
    changes_text,
    decision_text,
    print_header,
    print_row,
    value_text,
)
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.decisions.ledger import PREFIX
from stripe_subscription_handler.reading import Profile

_EVENT_SOURCE = "aws.partner/stripe.com/ed_test_demo"
_NOTICED_SECONDS = 60
"""How long after the comeback somebody looks."""


@attrs.frozen
class Demo:
    """One run of the demo."""

    console: Console
    project_root: Path
    state_directory: Path
    keep: bool

    def run(self) -> None:
        # The account, after the customer subscribed again while the event destination was disabled.
        fake = FakeStripe(objects(*life.stripes_side()), now=lambda: life.BACK + _NOTICED_SECONDS)
        stripe_side = outliving(fake, self.state_directory, _EVENT_SOURCE)
        with stripe_side as stripe, self._stack(stripe.url) as stack:
            self._tell(stack.pipeline)
            self._come_back(stack.pipeline)
            with step(self.console, "terraform plan: no changes"):
                plan = stack.deployment.plan()
            if plan.has_changes:
                raise CliError(f"a second plan wants to change something:\n{plan.text}")
            opened = None
            if self.keep:
                stack.print_how_to_look_around(self.console, life.USER_ID, API_KEY)
                opened = open_beside(self.state_directory)
            else:
                with step(self.console, "terraform destroy") as destroying:
                    stack.deployment.destroy(destroying.counter("resources"))
        self.console.print("\n[bold green]The demo did all it promised.[/bold green]")
        if opened is not None:
            self.console.print("Look at it in the browser, for as long as it stays up:")
            self.console.print(f"  {opened}", markup=False, soft_wrap=True)

    def _stack(self, stripe_url: str) -> AbstractContextManager[RunningStack]:
        plan = StackPlan(
            project_root=self.project_root,
            state_directory=self.state_directory,
            name="demo",
            event_source=_EVENT_SOURCE,
            # The function has no Stripe key and asks nothing; reconcile reads from here where Stripe is.
            variables={
                "profile_table_name": "DemoApp-users",
                "stripe_api_url": stripe_url,
                "plan_product_ids": list(life.PLANS),
            },
        )
        return local_stack(self.console, plan, keep=self.keep)

    def _tell(self, pipeline: Pipeline) -> None:
        self.console.print(
            f"\nStripe events → partner bus {pipeline.outputs['event_bus_name']} → rule → Lambda → DynamoDB\n"
        )
        print_header(self.console)
        deliveries: dict[str, int] = {}
        profile = pipeline.profile(life.USER_ID)
        story = life.story()
        for number, delivery in enumerate(story, start=1):
            event_id = delivery.event["id"]
            deliveries[event_id] = deliveries.get(event_id, 0) + 1
            pipeline.put(delivery.event)
            line = pipeline.follow(event_id, deliveries[event_id])
            before, profile = profile, pipeline.profile(life.USER_ID)
            changes = changed(before, profile)
            self._print_delivery(number, delivery, line, changes)
            if line["decision"] != delivery.decision or (delivery.decision == "skip" and changes):
                raise CliError(f"event {event_id}: expected {delivery.decision}, got {line['decision']}")
            if delivery.asks_at is not None:
                self._ask(profile, delivery.asks_at)
        self._poison(pipeline, len(story) + 1)
        if pipeline.profile(life.USER_ID) != profile:
            raise CliError("the malformed event changed the profile")
        self._print_profile(profile)
        self._ask(profile, life.BACK)

    def _poison(self, pipeline: Pipeline, number: int) -> None:
        poison = life.poison()
        pipeline.put(poison.event)
        line = pipeline.follow(poison.event["id"], deliveries=3)
        self._print_delivery(number, poison, line, {})
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
            f"{escape(record['responsePayload']['errorMessage'])}\n"
        )

    def _come_back(self, pipeline: Pipeline) -> None:
        """Stripe goes on, its events do not arrive, `reconcile` finds that and repairs it."""
        self.console.print(
            "\n[bold]The event destination was disabled for a while, and the customer came back.[/bold] "
            "Stripe\ndoes not send those events again, and the profile still says canceled. "
            "So Stripe is asked (here a\nfake one, by the real client):\n"
        )
        for arguments, expected in (((), 1), (("--apply",), 0), ((), 0)):
            self._reconcile(arguments, expected)
        profile = pipeline.profile(life.USER_ID)
        if profile["subscriptionStatus"] != "active":
            raise CliError("the profile does not show the new subscription")
        self._print_profile(profile)
        self._ask(profile, life.BACK + _NOTICED_SECONDS)

    def _reconcile(self, arguments: tuple[str, ...], expected: int) -> None:
        """Run the command that an operator types, in a process of its own."""
        words = ["reconcile", "--local", str(self.state_directory), *arguments]
        self.console.print(f"$ stripe-handler {' '.join(words)}", style="bold", markup=False)
        completed = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "stripe_handler_cli", *words],
            env={**os.environ, "STRIPE_API_KEY": API_KEY, "COLUMNS": str(self.console.width)},
            check=False,
        )
        if completed.returncode != expected:
            raise CliError(f"reconcile ended with exit code {completed.returncode}, not {expected}")

    def _print_delivery(
        self,
        number: int,
        delivery: life.Delivery,
        line: Mapping[str, Any],
        changes: Mapping[str, tuple[Any, Any]],
    ) -> None:
        event = Text(delivery.event["type"], style="bold")
        event.append(f"\n{delivery.title}", style="dim")
        if delivery.kind:
            event.append(f"\n({delivery.kind})", style="yellow")
        print_row(self.console, number, event, decision_text(line), changes_text(changes))

    def _ask(self, item: Mapping[str, Any], second: int) -> None:
        """Ask the profile what the app asks it, at a moment of the story."""
        profile, now = Profile.from_item(item), datetime.fromtimestamp(second, UTC)
        products = [
            f"{name} ({profile.quantity(name, now) or 1})"
            for name in sorted(profile.products)
            if profile.has_product(name, now)
        ]
        answer = "yes" if profile.has_access(now) else "no"
        until = profile.access_until
        rows = [
            (f"may {life.USER_ID} in", f"{answer}, at {now:%Y-%m-%d %H:%M}"),
            ("access until", "never had any" if until is None else f"{until:%Y-%m-%d %H:%M}"),
            ("to", ", ".join(products) or "nothing"),
        ]
        self.console.print(fields(rows, "The app asks"))
        self.console.rule(style="dim")

    def _print_profile(self, profile: Mapping[str, Any]) -> None:
        names = sorted(profile, key=lambda name: (name not in VIEW_KEYS, name))
        rows = ((name, value_text(profile[name])) for name in names if not name.startswith(PREFIX))
        self.console.print(fields(rows, "The profile your app reads"))

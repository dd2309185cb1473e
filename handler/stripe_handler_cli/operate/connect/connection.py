"""Takes the steps that `planning` finds, one by one, and looks again after each. Its edges are ports."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.progress import Step as Detail
from stripe_handler_cli.common.waiting import poll
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.connect.choosing import Situation, Wanted
from stripe_handler_cli.operate.connect.planning import ACTIVE, Plan, Step, plan_connect, plan_disconnect
from stripe_handler_cli.operate.connect.ports import Aws, Report, Root, Tail
from stripe_handler_cli.operate.connect.settings import SOURCE_VARIABLE, VARIABLES, Settings, read_settings
from stripe_handler_cli.operate.connect.var_file import edit, with_string, without
from stripe_handler_cli.stack.event_destinations import EventDestinations, Payload
from stripe_handler_cli.stack.other_rules import told
from stripe_handler_cli.tools.terraform.counting import counting
from stripe_subscription_handler.config import STRIPE_API_URL
from stripe_subscription_handler.stripe_side.api import key_mode

_LOOK_SECONDS = 2.0
_APPLIES = frozenset({Step.APPLY, Step.UNAPPLY})
_PINGS = 3
"""A ping right after the bus was associated may be lost, so another one is sent, and one more."""
_ELSEWHERE = f"Is {SOURCE_VARIABLE} also set elsewhere, by TF_VAR_{SOURCE_VARIABLE} or another .tfvars file?"
_Found = TypeVar("_Found")


class _DeclinedError(Exception):
    """A person did not agree to Terraform's plan; ends the step, and the run."""


@attrs.frozen(kw_only=True)
class Outcome:
    """What a run came to."""

    destination_id: str | None
    event_source: str | None
    done: tuple[Step, ...] = ()
    left: tuple[Step, ...] = ()
    commands: tuple[str, ...] = ()  # what a person types to go on; empty where nothing is left to type
    ping: Mapping[str, Any] | None = None  # the function's log line about it


@attrs.define(kw_only=True)
class Connection:
    """An environment and a Stripe account."""

    stripe: EventDestinations
    aws: Aws
    root: Root
    tail: Callable[[Mapping[str, Any]], Tail]  # follows the function's log, given the stack's outputs
    report: Report
    payload: Payload = "snapshot"
    identifier: str | None = None  # of the destination that a person chose
    may_apply: bool = True  # else the commands are told
    despite_other_rules: bool = False  # replace a bus that has rules of others
    timeout_seconds: float = 120.0  # how long Stripe, AWS and the function may take for one step
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _outputs: Mapping[str, Any] | None = attrs.field(default=None, init=False)
    _ping: Mapping[str, Any] | None = attrs.field(default=None, init=False)

    @property
    def mode(self) -> str:
        """The Stripe key's mode: `live`, `test`, or `unknown` where its prefix does not tell."""
        return key_mode(self.stripe.access.key) or "unknown"

    def where(self) -> str:
        """Whose account is connected to whose, for people."""
        kind = {"live": "live mode", "test": "test mode (a sandbox)"}.get(self.mode, "unknown mode")
        url = self.stripe.url
        place = "" if url == STRIPE_API_URL else f"a stand-in at {url}, "
        return (
            f"Stripe: {place}{kind}, key in {self.stripe.access.variable}. "
            f"AWS: account {self.aws.account_id()}, region {self.aws.region}. "
            f"Workspace {self.root.workspace}, variable file {self.root.var_file}."
        )

    def plan(self) -> Plan:
        settings = self._settings()
        wanted = self._wanted(settings, settings.types_of(self.payload))
        return plan_connect(wanted, self._situation(settings), self.identifier)

    def plan_without(self, *, delete: bool) -> Plan:
        settings = self._settings()
        wanted, situation = self._wanted(settings), self._situation(settings)
        return plan_disconnect(wanted, situation, self.identifier, delete=delete)

    def connect(self) -> Outcome:
        """Take every step that is left.

        Raises:
            CliError: It cannot be connected like this; or a step failed, and the next run goes on from there.
        """
        plan = self.plan()
        self._check_package(plan)
        self.check_other_rules(plan)
        return self._take(plan, self.plan)

    def disconnect(self, *, delete: bool) -> Outcome:
        plan = self.plan_without(delete=delete)
        self.check_other_rules(plan)
        if plan.destination is not None:
            self.identifier = plan.destination.id  # once the file names it no more, nothing else might tell
        return self._take(plan, lambda: self.plan_without(delete=delete))

    def check_other_rules(self, plan: Plan) -> None:
        """Stop before the first step where the bus that would be replaced has rules of others.

        Raises:
            CliError: It has, and nobody said that this may go on despite them; the message lists them.
        """
        if plan.replaces is None or not plan.other_rules or self.despite_other_rules:
            return
        raise CliError(
            f"{told(plan.other_rules, plan.replaces)}\n"
            "This replaces the bus, and they go with it; or AWS refuses to delete the bus while they are "
            "there, and the apply ends halfway. Have their owners move them first (create_forwarding_bus "
            "makes a bus that stays). --despite-other-rules goes on all the same."
        )

    def _take(self, plan: Plan, look: Callable[[], Plan]) -> Outcome:
        done: list[Step] = []
        left: tuple[Step, ...] = ()
        found = plan.destination
        for note in plan.notes:
            self.report.note(note)
        while plan.steps:
            step = plan.steps[0]
            if done and done[-1] is step:
                hint = _ELSEWHERE if step in _APPLIES else "Please run this again a little later."
                raise CliError(f"{step.words}: done, but nothing has changed. {hint}")
            if not self._could_take(step, plan, done):
                left = plan.steps
                break
            done.append(step)
            if step is Step.PING:
                break
            plan = look()
            found = plan.destination or found
        return Outcome(
            destination_id=found.id if found else None,
            event_source=found.source_name if found else None,
            done=tuple(done),
            left=left,
            commands=self.root.apply_commands if left else (),
            ping=self._ping,
        )

    def _could_take(self, step: Step, plan: Plan, done: Sequence[Step]) -> bool:
        """Take a step; false where it applies, and a person did not agree to that.

        Where it fails or is broken off, a person is told first what is done by then, and what is not.
        """
        if step in _APPLIES and not self.may_apply:
            return False
        try:
            with self.report.doing(step) as detail:
                self._actions[step](plan, detail)
        except _DeclinedError:
            return False
        except BaseException:
            self._tell_halfway(plan, done)
            raise
        return True

    def _tell_halfway(self, plan: Plan, done: Sequence[Step]) -> None:
        if done:
            words = (
                *(f"  done: {step.words}" for step in done),
                *(f"  left: {one.words}" for one in plan.steps),
            )
            self.report.note("\n".join(("This is halfway:", *words, "The same command goes on from here.")))

    @property
    def _actions(self) -> Mapping[Step, Callable[[Plan, Detail], None]]:
        return {
            Step.CREATE: self._create,
            Step.ENABLE: lambda plan, _: self.stripe.enable(plan.listed.id),
            Step.ADD_TYPES: lambda plan, _: self.stripe.send(plan.listed.id, plan.event_types),
            Step.WAIT: self._wait,
            Step.WRITE: self._write,
            Step.DELETE_DEAD: self._delete_dead,
            Step.APPLY: self._apply,
            Step.ACTIVATE: self._activate,
            Step.PING: self._send_ping,
            Step.DISABLE: lambda plan, _: self.stripe.disable(plan.listed.id),
            Step.DELETE: lambda plan, _: self.stripe.delete(plan.listed.id),
            Step.UNWRITE: self._unwrite,
            Step.UNAPPLY: self._apply,
        }

    def _settings(self) -> Settings:
        return read_settings(self.root.values(VARIABLES), str(self.root.var_file))

    def _wanted(self, settings: Settings, event_types: tuple[str, ...] = ()) -> Wanted:
        return Wanted(
            prefix=settings.prefix,
            workspace=self.root.workspace,
            account_id=self.aws.account_id(),
            region=self.aws.region,
            event_types=event_types,
            payload=self.payload,
            livemode=settings.livemode,
            connect_events=settings.connect_events,
            key_mode=key_mode(self.stripe.access.key),
        )

    def _situation(self, settings: Settings) -> Situation:
        if self._outputs is None:
            self._outputs = self.root.outputs()
        return Situation(
            destinations=tuple(self.stripe.eventbridge()),
            sources=self.aws.sources(),
            named=settings.source_name,
            bus=self._outputs.get("event_bus_name"),
            admitted=self.aws.admitted(self._outputs),
            function_arn=self._outputs.get("function_arn"),
            other_rules=self.aws.other_rules(self._outputs),
        )

    def _check_package(self, plan: Plan) -> None:
        path = self._settings().package_path
        if path is None or Step.APPLY not in plan.steps or not self.may_apply:
            return
        if not (self.root.directory / path).is_file():
            raise CliError(f"There is no {self.root.directory / path} to deploy: run `make zip` first.")

    def _create(self, _: Plan, detail: Detail) -> None:
        settings = self._settings()
        wanted = self._wanted(settings, settings.types_of(self.payload))
        made = self.stripe.create(wanted.new)
        self._until(
            lambda: next((one for one in self.stripe.eventbridge() if one.id == made.id), None),
            f"Stripe has made {made.id}, but does not list it. Run this again in a few minutes: at once, it "
            "would make a second one.",
        )
        detail(
            f"{made.id}, {plural(len(wanted.event_types), 'type')} as {made.payload} events to {wanted.place}"
        )

    def _wait(self, plan: Plan, _: Detail) -> None:
        name = plan.listed.source_name
        self._until(
            lambda: self.aws.sources().get(name),
            f"EventBridge shows no event source {name}, which Stripe makes in account "
            f"{self.aws.account_id()}, region {self.aws.region}. Run this again a little later.",
        )

    def _delete_dead(self, plan: Plan, detail: Detail) -> None:
        for one in plan.dead:
            self.stripe.delete(one.id)
            detail(f"{one.id} is gone")

    def _write(self, plan: Plan, _: Detail) -> None:
        name = plan.listed.source_name
        self._edit(lambda text: with_string(text, SOURCE_VARIABLE, name), name)

    def _unwrite(self, _: Plan, __: Detail) -> None:
        self._edit(lambda text: without(text, SOURCE_VARIABLE), None)

    def _edit(self, change: Callable[[str], str], name: str | None) -> None:
        before = self.root.values(VARIABLES)

        def check(file: Path) -> None:
            try:
                understood = self.root.values(VARIABLES, file) == {**before, SOURCE_VARIABLE: name}
            except CliError:
                understood = False
            if not understood:
                raise CliError(
                    f"{self.root.var_file} is written in a way that is not understood here. Please "
                    + (f'set {SOURCE_VARIABLE} = "{name}"' if name else f"take {SOURCE_VARIABLE} out")
                    + " yourself, then run this again."
                )

        self.report.note(edit(self.root.var_file, change, check))

    def _apply(self, _: Plan, detail: Detail) -> None:
        self._outputs = None
        on_line = counting(detail.counter("resources"))
        if not self.root.apply(lambda planned: self.report.agreed(planned, detail), on_line):
            raise _DeclinedError

    def _activate(self, plan: Plan, _: Detail) -> None:
        name = plan.listed.source_name
        self._until(
            lambda: self.aws.sources().get(name) == ACTIVE or None,
            f"The event source {name} is not ACTIVE yet. Run this again a little later.",
        )

    def _send_ping(self, plan: Plan, detail: Detail) -> None:
        identifier = plan.listed.id
        tail = self.tail(self._outputs or {})
        sent: set[str] = set()
        for number in range(_PINGS):
            sent.add(self.stripe.ping(identifier))
            if number:
                detail(f"no answer yet; ping {number + 1} of {_PINGS}")
            self._ping = self._poll(lambda: _answered(tail, sent), self.timeout_seconds / _PINGS)
            if self._ping is not None:
                break
        if self._ping is None:
            raise CliError(
                "Stripe has sent a ping, but the function has logged none within "
                f"{self.timeout_seconds:.0f} s. `stripe-handler doctor` looks at everything on the way."
            )
        if self._ping.get("decision") == "error":
            raise CliError(f"The function refused the ping: {self._ping.get('reason')}")
        detail(f"{self._ping['event_id']} arrived in the function's log")

    def _until(self, look: Callable[[], object | None], complaint: str) -> None:
        if self._poll(look, self.timeout_seconds) is None:
            raise CliError(complaint)

    def _poll(self, look: Callable[[], _Found | None], seconds: float) -> _Found | None:
        return poll(
            look, every_seconds=_LOOK_SECONDS, timeout_seconds=seconds, sleep=self.sleep, clock=self.clock
        )


def _answered(tail: Tail, sent: set[str]) -> Mapping[str, Any] | None:
    return next((line for line in tail.read() if line.get("event_id") in sent), None)

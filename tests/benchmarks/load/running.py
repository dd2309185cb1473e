"""One stack at one concurrency: the simulated account, hot users, the no-op, and every profile compared."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import attrs
from rich.console import Console

from benchmarks.load import figures
from benchmarks.load.delivering import Delivered, Deliverer, Event
from benchmarks.load.hot_user import hot_events, truth
from benchmarks.load.noop import for_noop, make_noop
from benchmarks.load.processes import Processes, Sampler
from benchmarks.load.scale import Scale, account, parts
from benchmarks.setting import ROOT, STATE, Setting
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.lab.chaos.accounts import Account
from stripe_handler_cli.lab.chaos.counterexamples import differences
from stripe_handler_cli.lab.local_stack import RunningStack, StackPlan, local_stack
from stripe_handler_cli.lab.simulator import told_by
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_handler_cli.tools import local_aws
from stripe_handler_cli.tools.local_aws import DEFAULT_STATE_DIRECTORY

_SOURCE = "aws.partner/stripe.com/ed_test_benchmark"
_WARM_UP_EVENTS = 50
_READ_THREADS = 4
_LATE_LINES_SECONDS = 15.0
_RATE_SHARE = 0.5
"""Of the throughput, for the latency without a queue."""
HOT_SUBSCRIPTIONS = (1, 5)

Flows = tuple[figures.Flow, ...]


@attrs.frozen
class Hot:
    """A user for whom many events came at once.

    Attributes:
        subscriptions: How many the events were about.
        flow: How fast it went.
        effort: What it took.
    """

    subscriptions: int
    flow: figures.Flow
    effort: figures.Effort


@attrs.frozen
class Run:
    """What one concurrency did. Flows come one for each round.

    Attributes:
        concurrency: Lambda's.
        noop: The no-op function, as fast as it could.
        ours: The handler, as fast as it could, in turn with it.
        noop_steady: The no-op function at half that rate.
        ours_steady: The handler at half its own rate, in turn with it.
        effort: What the simulated events took.
        memory: Resident memory meanwhile.
        hot: Users with many events at once.
        profiles: How many were compared with the truth; all were the same.
    """

    concurrency: int
    noop: Flows
    ours: Flows
    noop_steady: Flows
    ours_steady: Flows
    effort: figures.Effort
    memory: figures.Memory
    hot: tuple[Hot, ...]
    profiles: int


@attrs.define
class _Function:
    """A function under load, and what it did.

    Attributes:
        pipeline: The bus the events are put on, and the function's log.
        deliverer: Puts events for it.
        processes: The emulator and its workers.
        accounts: Lambda's own counts, one for each delivery.
        lines: Everything it logged about what was delivered.
    """

    pipeline: Pipeline
    deliverer: Deliverer
    processes: Processes
    accounts: list[Account] = attrs.field(factory=list, init=False)
    lines: list[dict[str, Any]] = attrs.field(factory=list, init=False)

    @classmethod
    def of(cls, stack: RunningStack, name: str, log_group_name: str) -> "_Function":
        """Get hold of a function of a stack."""
        outputs = {**stack.pipeline.outputs, "log_group_name": log_group_name}
        return cls(
            attrs.evolve(stack.pipeline, outputs=outputs),
            Deliverer(stack.endpoint, stack.pipeline, name),
            Processes(stack.running.pid, lambda: local_aws.lambda_workers(stack.running, name)),
        )

    def take(self, events: Sequence[Event], deliver: Callable[[Sequence[Event]], Delivered]) -> figures.Flow:
        """Deliver events and see how fast they went.

        Raises:
            CliError: An event has no line in the log.
        """
        began, before = datetime.now(UTC), self.processes.look()
        delivered = deliver(events)
        after, wanted = self.processes.look(), delivered.put_at.keys()

        def logged() -> list[dict[str, Any]] | None:
            lines = [line for line in self.pipeline.log_lines(began) if line.get("event_id") in wanted]
            return None if wanted - {line["event_id"] for line in lines} else lines

        lines = wait_for(logged, "every event is in the function's log", _LATE_LINES_SECONDS)
        self.accounts.append(delivered.account)
        self.lines += lines
        return figures.flow(delivered, lines, before, after)


def run_at(concurrency: int, scale: Scale, setting: Setting, console: Console) -> Run:
    """Bring a stack up whose functions run so many at a time, load it, compare, and take it down.

    Raises:
        CliError: An event was not handled, or a profile is not the truth.
    """
    plan = StackPlan(
        project_root=ROOT,
        state_directory=STATE / "load",
        name="bench",
        event_source=_SOURCE,
        variables={"profile_table_name": "Benchmark-users"},
        venv_path=ROOT / DEFAULT_STATE_DIRECTORY / "venv",
        settings={"LAMBDA_ACCOUNT_CONCURRENCY": str(concurrency)},
    )
    with local_stack(console, plan, keep=False) as stack:
        return _loaded(stack, concurrency, scale, setting)


def _loaded(stack: RunningStack, concurrency: int, scale: Scale, setting: Setting) -> Run:
    simulation = account(scale.events)
    events = simulation.events
    busy, quiet = events[: -scale.steady_events], events[-scale.steady_events :]
    noop_name = make_noop(stack)
    noop = _Function.of(stack, noop_name, f"/aws/lambda/{noop_name}")
    outputs = stack.pipeline.outputs
    ours = _Function.of(stack, outputs["function_name"], outputs["log_group_name"])
    for function, user in ((noop, "noop"), (ours, "warm")):
        warm_up = hot_events(_WARM_UP_EVENTS, subscriptions=1, user=user)
        function.deliverer.deliver(for_noop(warm_up) if function is noop else warm_up)
    with Sampler(ours.processes) as sampler:
        setting.say(f"{concurrency} at a time: {len(busy)} events as fast as they go, in turn with the no-op")
        idle = for_noop(events[: scale.noop_events], mark="fast")
        fast = _in_turn(
            scale.rounds,
            (noop, idle, noop.deliverer.deliver),
            (ours, busy, ours.deliverer.deliver),
            setting,
        )
        setting.say(f"{concurrency} at a time: {len(quiet)} events at half that rate")
        rates = [_RATE_SHARE * sum(flow.events_per_second for flow in flows) / len(flows) for flows in fast]
        steady = _in_turn(
            scale.rounds,
            (noop, for_noop(quiet, mark="steady"), lambda part: noop.deliverer.deliver_at(part, rates[0])),
            (ours, quiet, lambda part: ours.deliverer.deliver_at(part, rates[1])),
            setting,
        )
    effort = figures.effort(ours.accounts, ours.lines, {event["id"]: event for event in events})
    compare(ours.pipeline, simulation.profiles)
    hot = tuple(_hot(stack, count, scale, setting) for count in HOT_SUBSCRIPTIONS)
    return Run(
        concurrency=concurrency,
        noop=fast[0],
        ours=fast[1],
        noop_steady=steady[0],
        ours_steady=steady[1],
        effort=effort,
        memory=figures.memory(sampler.samples),
        hot=hot,
        profiles=len(simulation.profiles) + len(hot),
    )


_Load = tuple[_Function, Sequence[Event], Callable[[Sequence[Event]], Delivered]]


def _in_turn(rounds: int, first: _Load, second: _Load, setting: Setting) -> tuple[Flows, Flows]:
    """Divide both loads into rounds, and deliver a part of one and a part of the other in turn."""
    flows: dict[int, list[figures.Flow]] = {0: [], 1: []}
    divided = [parts(events, rounds) for _, events, _ in (first, second)]
    for number in range(rounds):
        for place in (0, 1) if number % 2 == 0 else (1, 0):
            function, _, deliver = (first, second)[place]
            flows[place].append(function.take(divided[place][number], deliver))
        setting.say(
            f"round {number + 1} of {rounds}: no-op {flows[0][-1].events_per_second:.0f}, "
            f"handler {flows[1][-1].events_per_second:.0f} events/s"
        )
    return tuple(flows[0]), tuple(flows[1])


def _hot(stack: RunningStack, subscriptions: int, scale: Scale, setting: Setting) -> Hot:
    setting.say(f"one user, {scale.hot_events} events at once about {subscriptions} subscriptions")
    user = f"hot{subscriptions}"
    events = hot_events(scale.hot_events, subscriptions=subscriptions, user=user)
    outputs = stack.pipeline.outputs
    function = _Function.of(stack, outputs["function_name"], outputs["log_group_name"])
    flow = function.take(events, lambda all_: function.deliverer.deliver(all_, ahead=None))
    compare(function.pipeline, {user: truth(events)})
    effort = figures.effort(function.accounts, function.lines, {event["id"]: event for event in events})
    return Hot(subscriptions, flow, effort)


def compare(pipeline: Pipeline, profiles: Mapping[str, Mapping[str, Any]]) -> None:
    """Compare every profile with the truth: a fast wrong answer is no figure.

    Raises:
        CliError: One differs.
    """
    with ThreadPoolExecutor(_READ_THREADS) as pool:
        found = dict(zip(profiles, pool.map(pipeline.profile, profiles), strict=True))
    wrong = {
        user: differing
        for user, expected in profiles.items()
        if (differing := differences(expected, told_by(found[user])))
    }
    if wrong:
        user, differing = next(iter(wrong.items()))
        raise CliError(
            f"{len(wrong)} of {len(profiles)} profiles are not the truth, for example {user}: {differing}"
        )

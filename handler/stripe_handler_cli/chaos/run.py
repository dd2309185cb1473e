"""One chaos run: simulate, deliver, compare. Knows the stack only as an endpoint and a pipeline."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs

from stripe_handler_cli import local_aws
from stripe_handler_cli.chaos import certificate
from stripe_handler_cli.chaos.certificate import Certificate
from stripe_handler_cli.chaos.plan import plan_deliveries
from stripe_handler_cli.chaos.play import Played, Player
from stripe_handler_cli.errors import CliError
from stripe_handler_cli.simulator import EVENT_TYPES, Simulation, SimulationOptions, simulate
from stripe_handler_cli.stack import Endpoint, Pipeline

ALSO = ("owner_move",)
"""Scenarios that are off by default and need neither a Stripe key nor further event types."""

_READ_THREADS = 4


@attrs.frozen
class Chaos:
    """What to run.

    Attributes:
        users: Simulated customers.
        seed: Of the simulation and of the mischief.
        duplicates: Additional deliveries, as a share of the events.
        window: How many places an event may move; None shuffles all of them.
        kills: How many times a handler process is killed; None scales it to the number of events.
        event_types: The types the stack's rule admits.
    """

    users: int
    seed: int = 1
    duplicates: float = 0.3
    window: int | None = None
    kills: int | None = None
    event_types: tuple[str, ...] = EVENT_TYPES

    def simulation(self) -> Simulation:
        """The simulated account."""
        # A cycle inside one second needs a look at Stripe, and here is no key.
        options = SimulationOptions(also=ALSO, event_types=self.event_types, same_second_cycles=False)
        return simulate(self.seed, self.users, options)

    def run(
        self,
        endpoint: Endpoint,
        pipeline: Pipeline,
        running: local_aws.LocalAws,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> Certificate:
        """Play it on a deployed stack on local AWS.

        Raises:
            CliError: The events could not all be delivered and handled.
        """
        simulation = self.simulation()
        plan = plan_deliveries(
            simulation.events,
            seed=self.seed,
            duplicates=self.duplicates,
            window=self.window,
            kills=self.kills,
        )
        function_name = pipeline.outputs["function_name"]
        player = Player(
            endpoint,
            pipeline,
            find_workers=lambda: local_aws.lambda_workers(running, function_name),
            kill=local_aws.kill_lambda_worker,
            rng=random.Random(self.seed),  # noqa: S311 - repeatable on purpose
        )
        played = player.play(plan, progress)
        event_ids = {event["id"] for event in simulation.events}
        lines = [line for line in pipeline.log_lines() if line.get("event_id") in event_ids]
        missing = certificate.unhandled(event_ids, lines)
        if missing:
            raise CliError(
                f"{len(missing)} of {len(event_ids)} events have no log line that says write or skip, "
                f"for example {missing[0]}"
            )
        with ThreadPoolExecutor(_READ_THREADS) as pool:
            profiles = dict(
                zip(simulation.profiles, pool.map(pipeline.profile, simulation.profiles), strict=True)
            )
        return self._certify(simulation, played, plan.duplicates, lines, profiles)

    def _certify(
        self,
        simulation: Simulation,
        played: Played,
        duplicates: int,
        lines: Iterable[Mapping[str, Any]],
        profiles: Mapping[str, Mapping[str, Any]],
    ) -> Certificate:
        lines = list(lines)
        errors = Counter(str(line.get("error_type")) for line in lines if line["decision"] == "error")
        return Certificate(
            seed=self.seed,
            users=self.users,
            events=len(simulation.events),
            deliveries=len(simulation.events) + duplicates,
            duplicates=duplicates,
            reorderings=certificate.reorderings(simulation, lines),
            kills=played.kills,
            attempts=played.account.attempts,
            cut_short=max(0, played.account.failed - errors.total()),
            errors=dict(sorted(errors.items())),
            redriven=played.redriven,
            refetches=sum(int(line.get("stripe_requests", 0)) for line in lines),
            profiles_compared=len(simulation.profiles),
            seconds=played.seconds,
            counterexamples=certificate.counterexamples(simulation, profiles, lines),
        )

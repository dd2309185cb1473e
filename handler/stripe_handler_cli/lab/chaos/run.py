"""One chaos run: simulate, deliver, compare. Knows the stack only as an endpoint and a pipeline."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.lab.chaos import certificate
from stripe_handler_cli.lab.chaos.certificate import Certificate
from stripe_handler_cli.lab.chaos.configured import Configured
from stripe_handler_cli.lab.chaos.counterexamples import counterexamples
from stripe_handler_cli.lab.chaos.plan import plan_deliveries
from stripe_handler_cli.lab.chaos.play import Player
from stripe_handler_cli.lab.fake_stripe import CustomerClocks, FakeStripe, SimulatedAccount
from stripe_handler_cli.lab.simulator import EVENT_TYPES, Settings, Simulation, SimulationOptions, simulate
from stripe_handler_cli.lab.simulator.options import ENTITLEMENTS_UPDATED
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_handler_cli.tools import local_aws
from stripe_subscription_handler.events.event_types import HANDLED_TYPES

_THIN_SHARE = 0.5
_SHRUNK = 3
"""Counterexamples that are made as small as possible."""
_READ_THREADS = 4


SENT_TYPES = tuple(kind for kind in EVENT_TYPES if kind in HANDLED_TYPES)
"""All that the simulator tells and the function handles."""


def admitted_types(event_types: Iterable[str]) -> list[str]:
    """What the rule must admit so that these events can be thin, too; those of entitlements are not."""
    kinds = list(event_types)
    return [*kinds, *(f"v1.{kind}" for kind in kinds if kind != ENTITLEMENTS_UPDATED)]


@attrs.frozen
class Chaos:
    """What to run. Kills and Stripe's faults that are None follow from the number of events.

    Attributes:
        window: How many places an event may move; None shuffles all of them.
        asks_stripe: Whether the function has a key. Without one, nothing happens that only Stripe can tell.
        event_types: The types that are sent, without the `v1.` of thin ones.
        names_users_elsewhere: Whether checkout sessions and customers name users too, and labels move.
        settings: What the function's profiles show. With a filter, other apps are on the account too.
    """

    users: int
    seed: int = 1
    duplicates: float = 0.3
    window: int | None = None
    kills: int | None = None
    stripe_faults: int | None = None
    asks_stripe: bool = True
    event_types: tuple[str, ...] = SENT_TYPES
    names_users_elsewhere: bool = True
    settings: Settings = attrs.field(factory=Settings)

    def simulation(self) -> Simulation:
        also = ["owner_move", "shared_customer"]
        also += ["customer_metadata"] if self.asks_stripe else []
        options = SimulationOptions(
            also=tuple(also),
            event_types=self.event_types,
            same_second_cycles=self.asks_stripe,
            thin_share=_THIN_SHARE if self.asks_stripe else 0.0,
            sessions=self.names_users_elsewhere,
            customers=self.names_users_elsewhere,
            moves=self.names_users_elsewhere,
            entitlements=True,
            long_entitlements=self.asks_stripe,
            settings=self.settings,
        )
        return simulate(self.seed, self.users, options)

    def run(
        self,
        endpoint: Endpoint,
        pipeline: Pipeline,
        running: local_aws.LocalAws,
        stripe: FakeStripe,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> Certificate:
        """Play it on a deployed stack on local AWS; Stripe becomes the simulated account.

        Raises:
            CliError: The events could not all be delivered and handled.
        """
        simulation = self.simulation()
        # The rule holds back what cannot matter, so nothing would ever be heard of it.
        events = list(filter(pipeline.event_pattern.admits, simulation.events))
        plan = plan_deliveries(
            events,
            seed=self.seed,
            duplicates=self.duplicates,
            window=self.window,
            kills=self.kills,
            stripe_faults=self.stripe_faults if self.asks_stripe else 0,
        )
        stripe.account = simulated = SimulatedAccount(simulation, CustomerClocks())
        asked, failed = len(stripe.received), stripe.misbehaved
        function_name = pipeline.outputs["function_name"]
        player = Player(
            endpoint,
            pipeline,
            find_workers=lambda: local_aws.lambda_workers(running, function_name),
            kill=local_aws.kill_lambda_worker,
            rng=random.Random(self.seed),  # noqa: S311 - repeatable on purpose
            sent=simulated.sent,
            misbehave=stripe.misbehave,
        )
        account = player.play(plan, progress)
        event_ids = {event["id"] for event in events}
        lines = [line for line in pipeline.log_lines() if line.get("event_id") in event_ids]
        missing = certificate.unhandled(event_ids, lines)
        if len(missing) > player.kills:
            # Lambda's own count has every event; each killed process may have taken one line with it.
            raise CliError(
                f"{len(missing)} of {plural(len(event_ids), 'event')} left no log line that says write or "
                f"skip, for example {missing[0]}"
            )
        with ThreadPoolExecutor(_READ_THREADS) as pool:
            found = pool.map(pipeline.profile, simulation.profiles)
            profiles = dict(zip(simulation.profiles, found, strict=True))
        examples = counterexamples(simulation, profiles, lines)
        configured = Configured.by(self.settings, can_ask_stripe=self.asks_stripe)
        errors = Counter(str(line.get("error_type")) for line in lines if line["decision"] == "error")
        return Certificate(
            seed=self.seed,
            users=self.users,
            events=len(events),
            thin_events=sum(event["type"].startswith("v1.") for event in events),
            deliveries=len(plan.deliveries),
            duplicates=plan.duplicates,
            reorderings=certificate.reorderings(simulation, lines),
            kills=player.kills,
            attempts=account.attempts,
            cut_short=max(0, account.failed - errors.total()),
            errors=dict(sorted(errors.items())),
            redriven=player.redriven,
            parked=sum(line["reason"] == "parked" for line in lines),
            profiles_compared=len(simulation.profiles),
            seconds=player.seconds,
            unlogged=len(missing),
            refetches=len(stripe.received) - asked,
            stripe_faults=stripe.misbehaved - failed,
            profiles_showing=certificate.showing(profiles.values()),
            counterexamples=[
                *(example.shrunk(configured) for example in examples[:_SHRUNK]),
                *examples[_SHRUNK:],
            ],
        )

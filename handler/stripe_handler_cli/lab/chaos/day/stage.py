"""Where a day is played: a stack, and what of it can be reached. Finds out; plays nothing."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.chaos.day.incidents import Amounts
from stripe_handler_cli.lab.fake_stripe import FakeStripe
from stripe_handler_cli.lab.simulator import EVENT_TYPES, Settings, SimulationOptions
from stripe_handler_cli.lab.simulator.catalogue import OUR_PRODUCTS
from stripe_handler_cli.lab.simulator.options import ENTITLEMENTS_UPDATED, USER_ID_KEY
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import Livemode, Unmapped
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT

_USER_PREFIX = "chaos"
_ERA = "2026-endive"
"""All of an account's events are of one version, and what the API shows is of the newest."""
_THIN_SHARE = 0.5
_PRODUCTION = "prod"


@attrs.frozen
class Stage:
    """A stack to play a day on.

    Attributes:
        config: The deployed function's settings.
        stripe: The Stripe that the function asks, where that is ours.
        kill: Kills one of the function's processes, where they can be reached.
        is_own: Whether the stack is this run's alone, and ends with it.
    """

    endpoint: Endpoint
    pipeline: Pipeline
    config: Config
    stripe: FakeStripe | None = None
    kill: Callable[[], bool] | None = None
    is_own: bool = True

    @property
    def outputs(self) -> Mapping[str, Any]:
        return self.pipeline.outputs

    @property
    def drift_check(self) -> str | None:
        """The drift check's function, if it can help here."""
        name = self.outputs.get("drift_check_function_name")
        return str(name) if name and self.stripe is not None else None

    @property
    def settings(self) -> Settings:
        """What profiles show here, in the simulator's words."""
        names = [field.name for field in attrs.fields(Settings)]
        return Settings(**{name: getattr(self.config.shows, name) for name in names})

    def check(self, workspace: str | None) -> None:
        """See that nobody's real profiles are met, and that the stack can tell the truth of made-up users.

        Raises:
            CliError: The environment is production, or its settings leave a day's users out.
        """
        config = self.config
        if config.livemode is not Livemode.TEST:
            raise CliError(
                f'This environment takes {config.livemode} events (livemode = "{config.livemode}"): it may '
                'be production, and a day of chaos is not for that. Apply a workspace with livemode = "test".'
            )
        if (workspace or "").lower().startswith(_PRODUCTION):
            raise CliError(f"{workspace} is production by its name, and a day of chaos is not for that.")
        if config.user_id_metadata_key != USER_ID_KEY:
            raise CliError(
                f"The simulated subscriptions name their user under {USER_ID_KEY}, and this environment "
                f"reads {config.user_id_metadata_key} (user_id_metadata_key)."
            )
        if config.unmapped is not Unmapped.PARK or not config.create_missing_profile:
            raise CliError(
                "A simulated day wants events without a user parked (unmapped), and profiles made where "
                "there are none (create_missing_profile)."
            )
        shows = self.settings
        sold = shows.handled_product_ids >= OUR_PRODUCTS if shows.handled_product_ids else True
        if shows.required_metadata or not sold:
            raise CliError(
                "This environment shows some products or metadata only (handled_product_ids, "
                "required_metadata), so a simulated day would show nothing."
            )

    def amounts(self, wanted: Amounts) -> tuple[Amounts, tuple[str, ...]]:
        """What of it can be done here, and what is left out for which reason."""
        left_out = []
        if self.drift_check is None:
            wanted = wanted.without_stripe()
            left_out.append(
                "lost events, a disabled destination, events not generated, PutItem, a restored table, "
                "Stripe's faults: the function asks a Stripe that is not the simulated one, or nothing "
                "would heal them"
            )
        elif GENERATION_FAILURE_EVENT not in self.pipeline.event_pattern.event_types:
            wanted = attrs.evolve(wanted, not_generated=0)
            left_out.append("events not generated: the rule does not admit what Stripe says of them")
        if self.kill is None:
            wanted = wanted.without_processes()
            left_out.append("killed processes: the function's cannot be reached")
        return wanted, tuple(left_out)

    def simulation(self) -> SimulationOptions:
        """Lives of every kind that this stack hears of, label moves included."""
        admitted = self.pipeline.event_pattern
        asks = self.stripe is not None
        kinds = tuple(kind for kind in EVENT_TYPES if kind in admitted.handled_types)
        is_thin = all(f"v1.{kind}" in admitted.event_types for kind in kinds if kind != ENTITLEMENTS_UPDATED)
        return SimulationOptions(
            also=("owner_move", "shared_customer", *(("customer_metadata",) if asks else ())),
            eras=(_ERA,),
            event_types=kinds,
            thin_share=_THIN_SHARE if asks and is_thin else 0.0,
            same_second_cycles=asks,
            sessions=True,
            customers=True,
            moves=True,
            entitlements=True,
            long_entitlements=asks,
            settings=self.settings,
            user_prefix=_USER_PREFIX,
        )

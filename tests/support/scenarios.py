"""Options under which a scenario of the simulator can be lived."""

from typing import Any

from stripe_handler_cli.lab.simulator import SCENARIOS, SimulationOptions
from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN, DEFAULTS


def options_for(name: str, **options: Any) -> SimulationOptions:
    """Nothing but this scenario, and what it needs."""
    needs = SCENARIOS[name].needs
    settings = CHOSEN if "tells_apps_apart" in needs else DEFAULTS
    needed = dict.fromkeys(set(needs) - {"tells_apps_apart"}, True)
    return SimulationOptions(scenarios=(name,), settings=settings, **{**needed, **options})

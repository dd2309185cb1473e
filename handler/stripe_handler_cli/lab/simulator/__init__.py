"""A pure, seeded simulator of Stripe subscriptions: the events Stripe would send, and the truth."""

from stripe_handler_cli.lab.simulator.api_versions import CURRENT, ERAS, ApiVersion
from stripe_handler_cli.lab.simulator.book import Book
from stripe_handler_cli.lab.simulator.delivery import envelope, second_of, subject_id, thin_event
from stripe_handler_cli.lab.simulator.options import EVENT_TYPES, SimulationError, SimulationOptions
from stripe_handler_cli.lab.simulator.scenarios import DEFAULT_SCENARIOS, SCENARIOS
from stripe_handler_cli.lab.simulator.simulation import SimulatedLife, Simulation, iterate_lives, simulate
from stripe_handler_cli.lab.simulator.truth.profile import told_by, true_profile
from stripe_handler_cli.lab.simulator.truth.settings import Settings

__all__ = [
    "CURRENT",
    "DEFAULT_SCENARIOS",
    "ERAS",
    "EVENT_TYPES",
    "SCENARIOS",
    "ApiVersion",
    "Book",
    "Settings",
    "SimulatedLife",
    "Simulation",
    "SimulationError",
    "SimulationOptions",
    "envelope",
    "iterate_lives",
    "second_of",
    "simulate",
    "subject_id",
    "thin_event",
    "told_by",
    "true_profile",
]

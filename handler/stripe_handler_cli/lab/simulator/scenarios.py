"""The table of scenarios: name, story, weight, and which API versions have what it needs. Table only."""

from collections.abc import Callable, Iterable

import attrs

from stripe_handler_cli.lab.simulator import stories
from stripe_handler_cli.lab.simulator.api_versions import CURRENT, ERAS, ApiVersion
from stripe_handler_cli.lab.simulator.options import EVENT_TYPES, SimulationError, SimulationOptions

_WORDS = {"tells_apps_apart": "a filter among the settings"}
"""Property of the options → what a person has to ask for."""


@attrs.frozen
class Scenario:
    """One row of the table; `fits` tells which API versions have what the story needs."""

    story: stories.Story
    weight: int
    fits: Callable[[ApiVersion], bool] = lambda _version: True
    default: bool = True
    alone: bool = False  # no other scenario runs in the same life
    needs: tuple[str, ...] = ()  # options without which it would not be what it is
    tells: tuple[str, ...] = ()  # event types without which a thin event would tell more than the events do

    def missing(self, options: SimulationOptions) -> list[str]:
        """What it needs and the options do not have."""
        off = [_WORDS.get(need, need) for need in self.needs if not getattr(options, need)]
        return [*off, *(kind for kind in self.tells if kind not in options.event_types)]

    @property
    def summary(self) -> str:
        return (self.story.__doc__ or "").partition("\n")[0]


def _is_modern(version: ApiVersion) -> bool:
    return version.has_modern_subscriptions


def _has_sessions(version: ApiVersion) -> bool:
    return version.has_checkout_sessions


SCENARIOS = {
    "checkout": Scenario(stories.buy, 10),
    "first_payment_abandoned": Scenario(stories.leave_unpaid, 4, _is_modern, tells=("invoice.voided",)),
    "trial_converts": Scenario(stories.trial_converts, 6),
    "trial_fails": Scenario(stories.trial_fails, 3),
    "trial_pauses": Scenario(stories.trial_pauses, 3, lambda version: version.has_paused),
    "trial_cancels": Scenario(stories.trial_cancels, 3),
    "upgrade": Scenario(stories.upgrade, 6),
    "quantity": Scenario(stories.quantities, 5),
    "several_items": Scenario(stories.several_items, 5, lambda version: version.has_items),
    "portal_cancel": Scenario(stories.portal_cancel, 6),
    "portal_uncancel": Scenario(stories.portal_uncancel, 4),
    "immediate_cancel": Scenario(stories.immediate_cancel, 4),
    "collection_paused": Scenario(stories.collection_paused, 5, _is_modern),
    "dunning_recovered": Scenario(stories.dunning_recovered, 5),
    "dunning_past_due": Scenario(stories.dunning_past_due, 2),
    "dunning_unpaid": Scenario(stories.dunning_unpaid, 3),
    "dunning_canceled": Scenario(stories.dunning_canceled, 4),
    "canceled_while_due": Scenario(stories.canceled_while_due, 3),
    "paid_out_of_band": Scenario(stories.paid_out_of_band, 3, _is_modern, tells=("invoice.paid",)),
    "invoice_voided": Scenario(stories.invoice_voided, 3, _is_modern, tells=("invoice.voided",)),
    "invoice_written_off": Scenario(
        stories.invoice_written_off,
        3,
        _is_modern,
        tells=("invoice.marked_uncollectible", "invoice.voided", "invoice.paid"),
    ),
    "zero_invoices": Scenario(stories.zero_invoices, 4),
    "resubscribe": Scenario(stories.resubscribe, 6),
    "several_subscriptions": Scenario(stories.several_subscriptions, 5),
    "one_off_invoices": Scenario(stories.one_off_invoices, 3),
    "metadata_later": Scenario(stories.metadata_later, 4),
    "same_second": Scenario(stories.same_second, 6),
    "mixed": Scenario(stories.mixed, 12),
    "owner_move": Scenario(stories.owner_move, 4, default=False, alone=True),
    "shared_customer": Scenario(stories.shared_customer, 4, default=False, alone=True),
    "customer_metadata": Scenario(stories.customer_metadata, 4, default=False, alone=True),
    "other_app": Scenario(
        stories.other_app, 8, lambda version: version.has_products, default=False, needs=("tells_apps_apart",)
    ),
    "moved_about": Scenario(stories.moved_about, 8, default=False, alone=True, needs=("moves",)),
    "shared_by_sessions": Scenario(
        stories.shared_by_sessions, 6, _has_sessions, default=False, alone=True, needs=("sessions",)
    ),
    "customer_relabelled": Scenario(
        stories.customer_relabelled, 6, default=False, alone=True, needs=("customers",)
    ),
    "session_and_customer": Scenario(
        stories.session_and_customer,
        6,
        _has_sessions,
        default=False,
        alone=True,
        needs=("sessions", "customers"),
    ),
}
"""Scenario name → scenario, in the order in which they are drawn from."""

DEFAULT_SCENARIOS = tuple(name for name, scenario in SCENARIOS.items() if scenario.default)


@attrs.frozen
class Choice:
    """One scenario that the options allow, and the API versions it can be lived in."""

    name: str
    scenario: Scenario
    versions: tuple[ApiVersion, ...]


def choices(options: SimulationOptions) -> tuple[Choice, ...]:
    """What the options leave to draw from.

    Raises:
        SimulationError: A name is unknown, or nothing is left.
    """
    default = (
        *(name for name in DEFAULT_SCENARIOS if not SCENARIOS[name].missing(options)),
        *(name for name, row in SCENARIOS.items() if row.needs and not row.missing(options)),
    )
    wanted = {*(default if options.scenarios is None else options.scenarios), *options.also}
    _check_names("event type", options.event_types, EVENT_TYPES)
    _check_names("scenario", wanted, SCENARIOS)
    for name in sorted(wanted):
        if missing := SCENARIOS[name].missing(options):
            raise SimulationError(f"the scenario {name} needs {' and '.join(missing)}")
    _check_names("era", options.eras, ERAS)
    eras = [era for era in ERAS if era in options.eras and (era == CURRENT.era or not options.thin)]
    pinned = [ApiVersion(name, era) for era in eras for name in ERAS[era]]
    if options.settings.handled_product_ids:
        # Where nothing tells the products, none is one that is handled.
        pinned = [version for version in pinned if version.has_products]
    found = [
        Choice(name, scenario, fitting)
        for name, scenario in SCENARIOS.items()
        if name in wanted and (fitting := tuple(version for version in pinned if scenario.fits(version)))
    ]
    if not found:
        raise SimulationError(_nothing_left(wanted, eras, options))
    return tuple(found)


def _check_names(kind: str, given: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise SimulationError(f"unknown {kind} {', '.join(unknown)}; known are {', '.join(known)}")


def _nothing_left(wanted: set[str], eras: list[str], options: SimulationOptions) -> str:
    if options.thin and not eras:
        return f"thin events exist only in era {CURRENT.era}, which is not among the eras asked for"
    asked = ", ".join(sorted(wanted)) or "(no scenario)"
    return f"no era of {', '.join(eras) or '(none)'} has what {asked} needs"

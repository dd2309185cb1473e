"""What a simulation may contain. Pure; knows names only, not what they do."""

import attrs

from stripe_handler_cli.lab.simulator.api_versions import ERAS
from stripe_handler_cli.lab.simulator.truth.settings import DEFAULTS, Settings

ENTITLEMENTS_UPDATED = "entitlements.active_entitlement_summary.updated"

EVENT_TYPES = (
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.voided",
    "invoice.marked_uncollectible",
    "checkout.session.completed",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    ENTITLEMENTS_UPDATED,
)
"""Every event type the simulator knows."""

USER_ID_KEY = "userId"
"""Key of the metadata that names the user."""


@attrs.frozen
class SimulationOptions:
    """What to simulate; the defaults are a mix of everything that needs no asking for.

    Attributes:
        scenarios: Names of scenarios to draw from, by their weights; None draws from all default ones.
        also: Scenarios to draw from besides (those that are off by default, such as `owner_move`).
        event_types: Event types the destination subscribes to; others happen silently.
        thin: Send thin events (`v2.core.event`) only. They exist since 2026-09-30.endive.
        thin_share: Share of the other lives of that era that send thin events only.
        same_second_cycles: Whether updates of one second may end where they began, so that only a look at
            Stripe tells which was the last.
        sessions: Whether checkouts complete a session and say so, if that type is among the event types. In
            some lives only the session names the user.
        customers: Whether customers tell of themselves, if their types are among the event types. In some
            lives only their metadata names the user.
        moves: Whether there are scenarios in which labels go from user to user.
        entitlements: Whether what customers are entitled to is told, if that is among the event types.
        long_entitlements: Whether these may be more than an event holds, so that only Stripe tells all.
        settings: The handler's settings, which the true profiles follow. With a filter there is a scenario
            with another app on the same account; with one by products, no life of a version without them.
        own_page_share: Share of the lives whose app has a payment page of its own, of those in whose version
            Checkout differs from that: it makes a subscription `incomplete`, and completes no session.
        entitled_share: Share of the lives with entitlements, of those that can have them.
        second_scenario_share: Share of lives that run a second scenario at the same time.
        test_clock_share: Share of the lives of versions since 2020-08-27 that are under a test clock each.
        expanded_share: Share of lives whose events carry expanded objects.
        spread_seconds: How long after it the last life may begin.
        user_prefix: How the ids of users begin.
    """

    scenarios: tuple[str, ...] | None = None
    also: tuple[str, ...] = ()
    eras: tuple[str, ...] = tuple(ERAS)
    event_types: tuple[str, ...] = EVENT_TYPES
    thin: bool = False
    thin_share: float = 0.0
    same_second_cycles: bool = True
    sessions: bool = False
    customers: bool = False
    moves: bool = False
    entitlements: bool = False
    long_entitlements: bool = True
    settings: Settings = DEFAULTS
    own_page_share: float = 0.3
    entitled_share: float = 0.7
    second_scenario_share: float = 0.25
    test_clock_share: float = 0.0
    expanded_share: float = 0.15
    livemode: bool = False
    start_second: int = 1_717_236_000  # 2024-06-01T10:00:00Z: lives of two years end before today
    spread_seconds: int = 15_552_000
    user_prefix: str = "user"

    @property
    def tells_sessions(self) -> bool:
        return self.sessions and "checkout.session.completed" in self.event_types

    @property
    def tells_customers(self) -> bool:
        return self.customers and {f"customer.{kind}" for kind in ("created", "updated", "deleted")} <= {
            *self.event_types
        }

    @property
    def tells_entitlements(self) -> bool:
        return self.entitlements and ENTITLEMENTS_UPDATED in self.event_types

    @property
    def tells_apps_apart(self) -> bool:
        return self.settings.has_filter


class SimulationError(ValueError):
    """The options ask for something that cannot be simulated; the message says what."""

"""Stripe's API versions, by what their objects look like. Tables and flags only; pure.

Every flag compares the version's date with the day a shape changed. Renderers ask the flags, never the date.
"""

import attrs

ERAS = {
    "2014": ("2014-06-17",),
    "2016": ("2016-07-06", "2017-02-14", "2017-08-15", "2018-02-28"),
    "2019": ("2019-05-16", "2020-08-27", "2022-11-15"),
    "2023": ("2023-10-16", "2024-06-20"),
    "2025-basil": ("2025-03-31.basil", "2025-07-30.basil"),
    "2025-clover": ("2025-09-30.clover",),
    "2026-endive": ("2026-09-30.endive", "2026-10-28.endive"),
}
"""Era → the API versions a simulated account of that era may be pinned to."""


@attrs.frozen
class _Since:
    """A flag that holds for versions of this date or later."""

    date: str

    def __get__(self, version: "ApiVersion", _owner: type) -> bool:
        return version.name >= self.date


@attrs.frozen
class _Until:
    """A flag that holds for versions before this date."""

    date: str

    def __get__(self, version: "ApiVersion", _owner: type) -> bool:
        return version.name < self.date


@attrs.frozen
class _Gap:
    """A flag that holds but for the versions from a day on and before another."""

    since: str
    until: str

    def __get__(self, version: "ApiVersion", _owner: type) -> bool:
        return not self.since <= version.name < self.until


@attrs.frozen
class ApiVersion:
    """A version of Stripe's API, named as in an event's `api_version`; its era is a key of `ERAS`."""

    name: str
    era: str

    tells_whole_plan = _Until("2015-01-01")
    """The old plan in `previous_attributes` is whole; later, it holds what changed."""
    has_items = _Since("2016-07-06")
    """A subscription has items; before, one plan."""
    has_created = _Since("2016-07-06")
    """A subscription tells its creation; before, only `start`, which moves when the plan changes."""
    tells_whole_arrays = _Since("2017-04-06")
    """Old arrays in `previous_attributes` are whole; before, their elements hold what changed."""
    has_request_object = _Since("2017-05-25")
    """An event's `request` is an object; before, an id."""
    has_billing = _Since("2017-08-15")
    """A subscription has `billing_cycle_anchor` and how it is collected."""
    has_amount_paid = _Since("2018-01-23")
    """An invoice tells what was paid, beside what was due."""
    has_products = _Since("2018-02-05")
    """A plan belongs to a product; before, it has a name of its own."""
    has_modern_subscriptions = _Since("2019-03-14")
    """Subscriptions can be `incomplete` until they are paid; they have `cancel_at` and `latest_invoice`."""
    has_checkout_sessions = _Since("2019-03-14")
    """A checkout is a session, which names the subscription it made."""
    reads_like_the_current_one = _Since("2019-03-14")
    """An event tells the same as today's API; before there is no `cancel_at`, product or creation."""
    has_start = _Until("2019-10-17")
    """A subscription has `start`, the moment of its last change of plan."""
    has_prices = _Since("2020-08-27")
    """An item has a price beside its plan."""
    has_paused = _Since("2022-11-15")
    """A trial without a payment method can end in the status `paused`."""
    has_subscription_details = _Since("2023-08-16")
    """An invoice carries a snapshot of its subscription's metadata."""
    has_item_periods = _Since("2024-06-20")
    """Each item has its own period (2024-06-20 payloads carry them beside the subscription's own)."""
    has_own_period = _Until("2025-03-31")
    """The subscription itself has a period."""
    checkout_charges_first = _Since("2025-03-31")
    """Checkout makes the subscription after it was paid for; before, it makes it `incomplete`."""
    has_parents = _Since("2025-03-31")
    """What an invoice or a line bills stands in its `parent`; items' periods may differ."""
    has_thresholds = _Gap("2025-03-31.basil", "2025-05-28")
    """A subscription and its items tell billing thresholds; the first basil had none."""
    has_invoice_settings = _Since("2024-06-20")
    """A subscription tells who issues its invoices."""
    has_billing_mode = _Since("2025-06-30")
    """A subscription tells its billing mode."""
    has_flexible_billing = _Since("2025-09-30")
    """New subscriptions bill flexibly: a portal cancel sets `cancel_at` only."""
    has_own_plan = _Until("2026-09-30")
    """The subscription itself has a `plan` and a `quantity`, null where it has several items."""
    has_thin_events = _Since("2026-09-30")
    """There are thin events about subscriptions and invoices."""


CURRENT = ApiVersion("2026-10-28.endive", "2026-endive")
"""What Stripe's API answers in."""

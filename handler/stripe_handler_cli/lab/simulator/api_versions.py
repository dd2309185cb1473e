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
class ApiVersion:
    """One version of Stripe's API.

    Attributes:
        name: As in an event's `api_version`.
        era: Key of `ERAS`.
    """

    name: str
    era: str

    def _since(self, date: str) -> bool:
        """Whether this version is of the given date or later."""
        return self.name >= date

    @property
    def has_items(self) -> bool:
        """A subscription has items; before, one plan."""
        return self._since("2016-07-06")

    @property
    def has_created(self) -> bool:
        """A subscription tells its creation; before, only `start`, which moves when the plan changes."""
        return self._since("2016-07-06")

    @property
    def has_start(self) -> bool:
        """A subscription has `start`, the moment of its last change of plan."""
        return not self._since("2019-10-17")

    @property
    def has_billing(self) -> bool:
        """A subscription has `billing_cycle_anchor` and how it is collected."""
        return self._since("2017-08-15")

    @property
    def has_products(self) -> bool:
        """A plan belongs to a product; before, it has a name of its own."""
        return self._since("2018-02-05")

    @property
    def has_modern_subscriptions(self) -> bool:
        """Subscriptions start `incomplete` until paid, and have `cancel_at` and `latest_invoice`."""
        return self._since("2019-03-14")

    @property
    def has_amount_paid(self) -> bool:
        """An invoice tells what was paid, beside what was due."""
        return self._since("2018-01-23")

    @property
    def has_prices(self) -> bool:
        """An item has a price beside its plan."""
        return self._since("2020-08-27")

    @property
    def has_paused(self) -> bool:
        """A trial without a payment method can end in the status `paused`."""
        return self._since("2022-11-15")

    @property
    def has_subscription_details(self) -> bool:
        """An invoice carries a snapshot of its subscription's metadata."""
        return self._since("2023-08-16")

    @property
    def has_item_periods(self) -> bool:
        """Each item has its own period (2024-06-20 payloads carry them beside the subscription's own)."""
        return self._since("2024-06-20")

    @property
    def has_own_period(self) -> bool:
        """The subscription itself has a period."""
        return not self._since("2025-03-31")

    @property
    def has_parents(self) -> bool:
        """What an invoice or a line bills stands in its `parent`; items' periods may differ."""
        return self._since("2025-03-31")

    @property
    def has_flexible_billing(self) -> bool:
        """New subscriptions bill flexibly: a portal cancel sets `cancel_at` only."""
        return self._since("2025-09-30")

    @property
    def has_own_plan(self) -> bool:
        """The subscription itself has a `plan` and a `quantity`, null where it has several items."""
        return not self._since("2026-09-30")

    @property
    def has_thin_events(self) -> bool:
        """There are thin events about subscriptions and invoices."""
        return self._since("2026-09-30")

    @property
    def has_request_object(self) -> bool:
        """An event's `request` is an object; before, an id."""
        return self._since("2017-05-25")

    @property
    def tells_whole_arrays(self) -> bool:
        """Old arrays in `previous_attributes` are whole; before, their elements hold what changed."""
        return self._since("2017-04-06")

    @property
    def tells_whole_plan(self) -> bool:
        """The old plan in `previous_attributes` is whole; later, it holds what changed."""
        return not self._since("2015-01-01")

    @property
    def reads_like_the_current_one(self) -> bool:
        """Whether an event of this version tells the same as today's API.

        Before 2019 it does not: there is no `cancel_at`, earlier no product, earlier still no creation.
        """
        return self.has_modern_subscriptions


def versions(era: str) -> tuple[ApiVersion, ...]:
    """The versions of one era."""
    return tuple(ApiVersion(name, era) for name in ERAS[era])


CURRENT = ApiVersion("2026-10-28.endive", "2026-endive")
"""What Stripe's API answers in."""

"""What the simulator knows of Stripe's objects, free of any API version's shape. Plain mutable state."""

from typing import Any

import attrs

from stripe_handler_cli.lab.simulator.catalogue import Price

Json = dict[str, Any]


@attrs.define
class Customer:
    """A Stripe customer.

    Attributes:
        test_clock: The id of the test clock under which the customer and all that is theirs lives, if any.
    """

    id: str
    created: int
    number: int
    livemode: bool = False
    metadata: dict[str, str] = attrs.Factory(dict)
    description: str | None = None
    deleted: bool = False
    test_clock: str | None = None

    def copy(self) -> "Customer":
        return attrs.evolve(self, metadata=dict(self.metadata))


@attrs.frozen
class CheckoutSession:
    """A completed Stripe checkout session, which made a subscription; it never changes again."""

    id: str
    created: int
    customer: Customer
    subscription: "Subscription"
    metadata: dict[str, str]
    client_reference_id: str | None = None

    def copy(self) -> "CheckoutSession":
        return self


@attrs.frozen
class Entitlements:
    """What a customer is entitled to from a second on: lookup keys of features, sorted."""

    customer: Customer
    lookup_keys: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.customer.id

    def copy(self) -> "Entitlements":
        return self


@attrs.define
class Item:
    """One item of a subscription; `quantity` is None for metered prices."""

    id: str
    price: Price
    quantity: int | None
    created: int
    period_start: int
    period_end: int


@attrs.define
class Subscription:
    """A Stripe subscription.

    Attributes:
        owner: Who bought it, whatever the metadata tells so far.
        changed_plan_at: `start` of old API versions.
        gone: Items that were deleted in this period: Stripe still lists them, as deleted.
        free_until: A coupon makes everything free that is billed before this second.
        pause_behavior: What becomes of invoices while collection is paused, Stripe's word; None: it is not.
    """

    id: str
    customer: Customer
    owner: str
    created: int
    status: str
    items: list[Item]
    anchor: int
    flexible: bool
    changed_plan_at: int
    missing_payment_method: str = "create_invoice"
    metadata: dict[str, str] = attrs.Factory(dict)
    description: str | None = None
    default_payment_method: str | None = None
    latest_invoice: str | None = None
    gone: list[Item] = attrs.Factory(list)
    free_until: int = 0
    pause_behavior: str | None = None
    pause_resumes_at: int | None = None
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    canceled_at: int | None = None
    cancel_reason: str | None = None
    cancel_feedback: str | None = None
    ended_at: int | None = None
    trial_start: int | None = None
    trial_end: int | None = None

    @property
    def plan(self) -> Item:
        """The item that was not sold beside another one; the first if all were."""
        return next((item for item in self.items if not item.price.is_add_on), self.items[0])

    @property
    def period_start(self) -> int:
        """Start of the period that ends last."""
        return max(self.items, key=lambda item: item.period_end).period_start

    @property
    def period_end(self) -> int:
        """End of the period that ends last."""
        return max(item.period_end for item in self.items)

    @property
    def next_renewal(self) -> int:
        return min(item.period_end for item in self.items)

    @property
    def is_over(self) -> bool:
        """Whether Stripe will never change it again."""
        return self.status in {"canceled", "incomplete_expired"}

    def copy(self) -> "Subscription":
        return attrs.evolve(
            self,
            items=[attrs.evolve(item) for item in self.items],
            gone=[attrs.evolve(item) for item in self.gone],
            metadata=dict(self.metadata),
        )


@attrs.frozen
class Line:
    """One line of an invoice; `item_id` is None on one-off lines."""

    id: str
    price: Price
    amount: int
    quantity: int | None
    start: int
    end: int
    proration: bool = False
    item_id: str | None = None
    subscription_id: str | None = None


@attrs.define
class Invoice:
    """A Stripe invoice, with the metadata that its subscription had when it was finalised.

    Attributes:
        status: `open`, `paid`, `void` or `uncollectible`.
        total: Below zero where something is credited.
    """

    id: str
    number: int
    customer: Customer
    subscription: Subscription | None
    created: int
    reason: str
    lines: tuple[Line, ...]
    metadata: dict[str, str]
    status: str = "open"
    attempt_count: int = 0
    next_attempt: int | None = None
    paid_at: int | None = None
    voided_at: int | None = None
    uncollectible_at: int | None = None
    out_of_band: bool = False

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def amount_due(self) -> int:
        return max(0, self.total)

    def copy(self) -> "Invoice":
        return attrs.evolve(self)

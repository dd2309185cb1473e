"""Which keys of an event the library looks at. For tests that change events."""

from support.trees import Path

READ_KEYS = frozenset(
    (
        "account",
        "amount_due",
        "amount_paid",
        "attempt_count",
        "cancel_at",
        "cancel_at_period_end",
        "canceled_at",
        "client_reference_id",
        "context",
        "created",
        "currency",
        "current_period_end",
        "current_period_start",
        "customer",
        "data",
        "date",
        "deleted",
        "detail",
        "ended_at",
        "id",
        "invoice_item",
        "items",
        "lines",
        "livemode",
        "metadata",
        "mode",
        "next_payment_attempt",
        "object",
        "paid_at",
        "parent",
        "plan",
        "previous_attributes",
        "price",
        "product",
        "quantity",
        "related_object",
        "start",
        "start_date",
        "status",
        "status_transitions",
        "subscription",
        "subscription_details",
        "subscription_item_details",
        "trial_end",
        "type",
        "userId",
    )
)
"""Keys the library looks at; changes go there more often than elsewhere."""


def is_read(path: Path) -> bool:
    """Whether the library may look at the node: it, and all that lead to it, are of the known keys."""
    return all(isinstance(key, int) or key in READ_KEYS for key in path)

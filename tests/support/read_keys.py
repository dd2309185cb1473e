"""Which keys of an event the library looks at. For tests that change events."""

from support.trees import Path

READ_KEYS = frozenset(
    (
        "account",
        "amount_due",
        "amount_paid",
        "attempt_count",
        "behavior",
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
        "entitlements",
        "has_more",
        "id",
        "invoice_item",
        "items",
        "lines",
        "livemode",
        "lookup_key",
        "marked_uncollectible_at",
        "metadata",
        "mode",
        "next_payment_attempt",
        "object",
        "paid_at",
        "parent",
        "pause_collection",
        "plan",
        "previous_attributes",
        "price",
        "product",
        "quantity",
        "recurring",
        "related_object",
        "resumes_at",
        "snapshot_event",
        "start",
        "start_date",
        "status",
        "status_transitions",
        "subscription",
        "subscription_details",
        "subscription_item_details",
        "total",
        "trial_end",
        "type",
        "url",
        "usage_type",
        "userId",
        "voided_at",
    )
)
"""Keys the library looks at; changes go there more often than elsewhere."""


def is_read(path: Path) -> bool:
    """Whether the library may look at the node: it, and all that lead to it, are of the known keys."""
    return all(isinstance(key, int) or key in READ_KEYS for key in path)

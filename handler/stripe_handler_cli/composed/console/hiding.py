"""An event with everything hidden that could be personal: its shape, ids and Stripe's own words stay. Pure.

What stays is named; a key that nobody has thought of is hidden.
"""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "•••"
_ID = re.compile(r"[a-z]{2,12}(_[a-z]+)?_[A-Za-z0-9]+")
"""What Stripe's ids look like: `cus_…`, `sub_…`, `evt_test_…`."""
_KEPT_WORDS = """
id object type status created livemode api_version pending_webhooks version source account region time
detail-type billing_reason collection_method currency start end start_date ended_at canceled_at cancel_at
cancel_at_period_end current_period_start current_period_end trial_start trial_end attempt_count attempted
next_payment_attempt paid period_start period_end quantity interval interval_count usage_type has_more
mode payment_status proration billing_cycle_anchor latest_invoice customer subscription invoice price product
plan charge payment_intent behavior resumes_at reason total_count active lookup_key idempotency_key
"""
_KEPT = frozenset(_KEPT_WORDS.split())
"""Keys whose values say nothing of a person."""
_NEVER = re.compile(r"secret|password|token", re.IGNORECASE)
"""Keys whose values no page shows."""


def hide(value: Any, key: str = "", *, user_key: str = "") -> Any:
    """The same value with what may be personal replaced; `user_key` is the metadata key of user ids."""
    if isinstance(value, Mapping):
        return {str(name): hide(one, str(name), user_key=user_key) for name, one in value.items()}
    if isinstance(value, list):
        return [hide(one, key, user_key=user_key) for one in value]
    if value is None or isinstance(value, bool):
        return value
    is_kept = key in _KEPT or key == user_key or (isinstance(value, str) and _ID.fullmatch(value) is not None)
    return value if is_kept and not _NEVER.search(key) else HIDDEN


def without_secrets(value: Any, key: str = "") -> Any:
    """The same value, whole, but for what no page may show."""
    if isinstance(value, Mapping):
        return {str(name): without_secrets(one, str(name)) for name, one in value.items()}
    if isinstance(value, list):
        return [without_secrets(one, key) for one in value]
    return HIDDEN if value is not None and _NEVER.search(key) else value

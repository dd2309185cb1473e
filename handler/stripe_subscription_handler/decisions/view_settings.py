"""The settings that shape what a profile shows. Pure."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.value import Value

_FORMULA = 1
"""Raise it whenever the same ledger and settings are to show something else than before."""
_FINGERPRINT_BYTES = 6


@attrs.frozen(repr=False)
class ViewSettings(Value):
    """What an environment wants its profiles to show; the view is a function of these and of the ledger.

    Attributes:
        access_renewal_grace_hours: How long access goes on after a period's end while the subscription lives,
            so that a renewal event that comes late locks nobody out.
        access_past_due_days: Until when a subscription that is past due gives access: so many days after its
            period began, or after its newest failed invoice was made. None: as long as Stripe tries to
            collect.
        access_while_collection_paused: Whether a subscription gives access while its collection is paused.
        plan_product_ids: Products of the plans, the best first. The rest are add-ons.
        handled_product_ids: A subscription that holds none of them is another app's; empty: all are ours.
        required_metadata: A subscription whose metadata does not have these values is another app's.
        profile_attributes: Name of an own attribute → JMESPath over Stripe's subscription.
        fingerprint: Text that is another one where any of these is.
    """

    access_renewal_grace_hours: int = 72
    access_past_due_days: int | None = None
    access_while_collection_paused: bool = True
    plan_product_ids: tuple[str, ...] = ()
    handled_product_ids: frozenset[str] = frozenset()
    required_metadata: Mapping[str, str] = attrs.Factory(dict)
    profile_attributes: Mapping[str, str] = attrs.Factory(dict)
    fingerprint: str = attrs.field(
        init=False, default=attrs.Factory(lambda self: self._own_fingerprint(), takes_self=True)
    )

    @property
    def limits_past_due(self) -> bool:
        """Whether access while past due also depends on the newest invoice."""
        return bool(self.access_past_due_days)

    @property
    def has_filter(self) -> bool:
        """Whether some subscriptions of the Stripe account are another app's."""
        return bool(self.handled_product_ids or self.required_metadata)

    def _own_fingerprint(self) -> str:
        values = {field.name: getattr(self, field.name) for field in attrs.fields(type(self)) if field.init}
        values["handled_product_ids"] = sorted(self.handled_product_ids)
        return fingerprint_of([_FORMULA, values])

    def place(self, product_id: str | None) -> int:
        """The place of a product among those of the plans, the best 0; unlisted ones come last."""
        products = self.plan_product_ids
        return products.index(product_id) if product_id in products else len(products)


def fingerprint_of(settings: Any) -> str:
    """Text that is another one where some settings, as JSON has them, are others."""
    text = json.dumps(settings, sort_keys=True)
    digest = hashlib.sha256(text.encode()).digest()[:_FINGERPRINT_BYTES]
    return base64.urlsafe_b64encode(digest).decode()


DEFAULTS = ViewSettings()
"""What a profile shows where nothing is chosen."""
